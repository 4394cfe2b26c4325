//! `cargo xtask test`: all checks and tests, cheapest first.

use std::process::Command;

use crate::{
    command::{binary, cargo, command, run as run_command, stdout_of},
    doc_examples,
    failure::Failure,
    interrupt, modules, npm,
    options::Options,
    packages::{self, Purpose},
    platforms,
    report::Report,
    system, wasm,
};

/// A part that can be run alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Formatting, lints, types and circles of modules.
    Lint,
    /// Rust: unit, property and integration tests.
    Unit,
    /// TypeScript: unit and component tests.
    Ui,
    /// Real browsers and the real desktop app.
    EndToEnd,
    /// Windows and macOS.
    Platforms,
}

impl Part {
    const ALL: [(&'static str, Self); 5] = [
        ("lint", Self::Lint),
        ("unit", Self::Unit),
        ("ui", Self::Ui),
        ("e2e", Self::EndToEnd),
        ("platforms", Self::Platforms),
    ];
}

pub(crate) fn run(mut options: Options) -> Result<(), Failure> {
    let keep_going = options.flag("--keep-going");
    let parts = parts(&mut options)?;
    options.finish()?;
    interrupt::listen()?;

    let has = |part| parts.contains(&part);
    let lints = has(Part::Lint);
    let mut purposes = Vec::new();
    if has(Part::Lint) || has(Part::Unit) || has(Part::EndToEnd) {
        purposes.extend([Purpose::Build, Purpose::Desktop]);
    }
    // The tests of the peer call a real browser and use a real TURN server.
    if has(Part::Unit) || has(Part::EndToEnd) {
        purposes.push(Purpose::Tests);
    }
    if has(Part::Platforms) {
        purposes.extend([Purpose::Build, Purpose::Platforms]);
    }

    let mut report = Report::new(keep_going);
    let builds_ui = has(Part::Lint) || has(Part::Unit) || has(Part::EndToEnd);
    // Every step after these depends on them.
    report.step("system packages", || {
        if (builds_ui || has(Part::Ui)) && !wasm::can_build()? {
            purposes.push(Purpose::WebAssembly);
        }
        system::require(&purposes)
    })?;
    if builds_ui || has(Part::Ui) {
        report.step("npm packages", || {
            system::require_node().and_then(|()| npm::install())
        })?;
    }
    if has(Part::Lint) {
        report.step("rustfmt", || {
            run_command(cargo(["fmt", "--all", "--check"]))
        })?;
        report.step("Rust modules", modules::check)?;
        report.step("Rust documentation", doc_examples::check)?;
        report.step("biome", || {
            run_command(command("npx", ["--no-install", "biome", "ci", "."]))
        })?;
        report.step("TypeScript types", || {
            run_command(command("npm", ["run", "typecheck", "--silent"]))
        })?;
    }
    if builds_ui || has(Part::Ui) {
        report.step("WebAssembly module", wasm::build)?;
    }
    if has(Part::Ui) {
        report.step("interface tests", || {
            run_command(command("npm", ["test", "--workspace", "ui", "--silent"]))
        })?;
    }
    if builds_ui {
        report.step("interface build", npm::build_ui)?;
    }
    if has(Part::Lint) {
        report.step("clippy", || clippy(has(Part::Unit)))?;
    }
    if has(Part::Unit) {
        report.step("Rust tests", || rust_tests(lints))?;
        report.step("sound through PipeWire", || live_sound(lints))?;
    }
    if has(Part::EndToEnd) {
        report.step("binaries", || {
            // All targets, like the tests before: with fewer, features are unified differently, and Tauri, WebRTC and
            // half of this workspace are compiled a second time.
            run_command(building(
                lints,
                ["build", "--locked", "--workspace", "--all-targets"],
            ))
        })?;
        report.step("end-to-end tests", end_to_end)?;
    }
    if has(Part::Platforms) {
        report.step("Windows and macOS", platforms::check)?;
    }
    report.finish()
}

fn parts(options: &mut Options) -> Result<Vec<Part>, Failure> {
    let mut parts = Vec::new();
    while let Some(word) = options.word() {
        let (_, part) = Part::ALL
            .into_iter()
            .find(|(name, _)| *name == word)
            .ok_or_else(|| Failure::Usage(format!("the suite has no part '{word}'")))?;
        parts.push(part);
    }
    if parts.is_empty() {
        parts.extend(Part::ALL.map(|(_, part)| part));
    }
    Ok(parts)
}

/// Cargo for a part of the suite. If the run lints as well, Clippy's compiler replaces rustc for the crates of this
/// workspace, as in `cargo clippy`, but in every command: `cargo clippy` only checks, and the tests after it would
/// compile every dependency again, five minutes on two cores. Cargo keeps its artifacts apart from rustc's.
fn building<'a>(lints: bool, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut cargo = cargo(arguments);
    if lints {
        cargo.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver");
        // As `cargo clippy -- -D warnings` sets it.
        cargo.env(
            "CLIPPY_ARGS",
            "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__",
        );
    }
    cargo
}

/// Lints every target; builds them too if tests follow.
fn clippy(tested: bool) -> Result<(), Failure> {
    if stdout_of("clippy-driver", ["--version"]).is_none() {
        return Err(Failure::Needs(
            "Clippy is not installed: rustup component add clippy".into(),
        ));
    }
    let mut arguments = if tested {
        vec!["test", "--no-run"]
    } else {
        vec!["check"]
    };
    arguments.extend(["--workspace", "--all-targets", "--locked"]);
    run_command(building(true, arguments))
}

fn rust_tests(lints: bool) -> Result<(), Failure> {
    if !has_nextest() {
        // Not installed here: building it takes longer than it saves.
        eprintln!(
            "cargo-nextest is not installed; cargo test runs the same tests, a little slower."
        );
    }
    // One more than cores: a few wait for most of their time.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = format!("--test-threads={}", cores + 1);
    cargo_tests(lints, &["--no-fail-fast", &threads], &["--no-fail-fast"])
}

/// The one ignored test, alone: other load on the machine would interrupt its sound.
fn live_sound(lints: bool) -> Result<(), Failure> {
    if !system::has(packages::PIPEWIRE_ALSA) {
        eprintln!("Skipped: {} is not installed.", packages::PIPEWIRE_ALSA);
        return Ok(());
    }
    cargo_tests(lints, &["--run-ignored", "only"], &["--", "--ignored"])
}

/// Tests of the workspace: nextest with the arguments `nextest`, or Cargo with `test` if nextest is not installed.
/// Always of all targets: with fewer, features are unified differently and much is compiled again.
fn cargo_tests(lints: bool, nextest: &[&str], test: &[&str]) -> Result<(), Failure> {
    let arguments = if has_nextest() {
        [&["nextest", "run", "--workspace", "--locked"], nextest].concat()
    } else {
        [&["test", "--workspace", "--locked", "--all-targets"], test].concat()
    };
    run_command(building(lints, arguments))
}

fn has_nextest() -> bool {
    stdout_of("cargo-nextest", ["nextest", "--version"]).is_some()
}

fn end_to_end() -> Result<(), Failure> {
    let test = ["npm", "test", "--workspace", "tests/e2e", "--silent"];
    let mut tests = if cfg!(target_os = "linux") {
        // A separate display and session bus: nothing opens on the screen of the person who runs this.
        let display = [
            "--",
            "xvfb-run",
            "--auto-servernum",
            "--server-args=-screen 0 1280x800x24",
        ];
        command("dbus-run-session", display.into_iter().chain(test))
    } else {
        command(test[0], test[1..].iter().copied())
    };
    if let Some(folder) = binary("maru", false).parent() {
        tests.env("MARU_BIN_DIR", folder);
    }
    if let Some(chromium) = playwrights_chromium()? {
        tests.env("MARU_CHROMIUM", chromium);
    }
    run_command(tests)
}

/// Playwright's own Chromium, if the distribution has none that tests can drive.
fn playwrights_chromium() -> Result<Option<String>, Failure> {
    if std::path::Path::new("/usr/bin/chromium").exists()
        || std::env::var_os("MARU_CHROMIUM").is_some()
    {
        return Ok(None);
    }
    run_command(command(
        "npx",
        [
            "--no-install",
            "playwright",
            "install",
            "--with-deps",
            "chromium",
        ],
    ))?;
    let script = "console.log(require('@playwright/test').chromium.executablePath())";
    Ok(stdout_of("node", ["--eval", script]))
}
