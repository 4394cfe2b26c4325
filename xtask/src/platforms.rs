//! `cargo xtask check-platforms`: every crate of the workspace, type-checked for Windows and macOS from Linux,
//! so that nothing Linux-only creeps in unseen.

use std::{path::Path, process::Command};

use crate::{
    command::{ask, cargo, command, root, run as run_command, target},
    failure::Failure,
    interrupt,
    options::Options,
    packages::Purpose,
    system,
};

/// One system to check for.
struct Platform {
    name: &'static str,
    target: &'static str,
    /// Compiles the C in dependencies; `None` where Cargo finds the right one by its name.
    clang: Option<&'static str>,
}

const PLATFORMS: [Platform; 2] = [
    Platform {
        name: "Windows",
        target: "x86_64-pc-windows-gnu",
        clang: None,
    },
    Platform {
        name: "macOS",
        target: "aarch64-apple-darwin",
        clang: Some("arm64-apple-macos11"),
    },
];

/// What stands in for Apple's C headers: nothing compiled against them is ever linked or run.
const APPLE_HEADERS: &str = "xtask/apple-headers";

/// Debian's own compiler, and the source of its standard library.
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

pub(crate) fn run(options: Options) -> Result<(), Failure> {
    options.finish()?;
    interrupt::listen()?;
    system::require(&[Purpose::Build, Purpose::Platforms])?;
    check()
}

/// Checks every platform, also after one has failed.
pub(crate) fn check() -> Result<(), Failure> {
    let mut failed = Vec::new();
    for platform in &PLATFORMS {
        eprintln!("-- {} ({})", platform.name, platform.target);
        match run_command(check_command(platform)?) {
            Ok(()) => {}
            Err(Failure::Interrupted) => return Err(Failure::Interrupted),
            // Cargo has named the crate: "could not compile `...`".
            Err(_) => failed.push(platform.name),
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::Step(format!(
        "{} failed; the crate is named above, after 'could not compile'",
        failed.join(" and ")
    )))
}

fn check_command(platform: &Platform) -> Result<Command, Failure> {
    // Libraries and binaries, not tests: some of those are about Linux itself (/proc, Xvfb).
    let mut arguments = vec![
        "check",
        "--workspace",
        "--locked",
        "--keep-going",
        "--target",
        platform.target,
    ];
    let mut check = if has_debian_toolchain() {
        // The toolchain's own standard library is only there for Linux, so it is compiled along: that is what
        // the source package is for, and why a stable compiler is told to accept unstable flags.
        arguments.push("-Zbuild-std=std,panic_abort");
        let mut check = command(DEBIAN_CARGO, arguments);
        check
            .env("RUSTC", DEBIAN_RUSTC)
            .env("RUSTC_BOOTSTRAP", "1")
            // What cargo and rustup hand to this program would lead back to rustup's toolchain.
            .env_remove("RUSTUP_TOOLCHAIN")
            .env_remove("RUSTC_WRAPPER")
            .env_remove("CARGO");
        check
    } else if let Some(installed) = ask("rustup", ["target", "list", "--installed"]) {
        if !installed.lines().any(|line| line == platform.target) {
            run_command(command("rustup", ["target", "add", platform.target]))?;
        }
        cargo(arguments)
    } else {
        return Err(Failure::Needs(
            "This needs Debian's rustc-web, cargo-web and rust-web-src, or rustup.".into(),
        ));
    };
    // A folder of its own: other compilers and flags would throw away what `cargo build` has built.
    let folder = target().with_file_name("target-platforms");
    check.env("CARGO_TARGET_DIR", folder);
    if let Some(clang) = platform.clang {
        let headers = root().join(APPLE_HEADERS);
        let flags = format!(
            "--target={clang} -fobjc-exceptions -ffreestanding -nostdlibinc -isystem '{}'",
            headers.display()
        );
        let suffix = platform.target.replace('-', "_");
        check
            .env(format!("CC_{suffix}"), "clang")
            .env(format!("CFLAGS_{suffix}"), flags)
            // Our flags alone, and in quotes: a folder's name may have a space.
            .env("CRATE_CC_NO_DEFAULTS", "1")
            .env("CC_SHELL_ESCAPED_FLAGS", "1")
            // libopus needs more of Apple's headers than ours have. A check links nothing, so that the library
            // need not be there: `true` stands in for CMake.
            .env(format!("CMAKE_{suffix}"), "true");
    }
    Ok(check)
}

fn has_debian_toolchain() -> bool {
    let source = ask(DEBIAN_RUSTC, ["--print", "sysroot"]).is_some_and(|sysroot| {
        Path::new(&sysroot)
            .join("lib/rustlib/src/rust/library/std")
            .exists()
    });
    // Whether it is new enough is for the workspace's rust-version to say.
    source && ask(DEBIAN_CARGO, ["--version"]).is_some()
}
