//! `cargo xtask check-platforms`: every crate of the workspace, type-checked for Windows and macOS from Linux.

use std::process::Command;

use crate::{
    command::{cargo, command, root, run as run_command, stdout_of, target},
    debian_toolchain,
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
    /// Target of the clang that compiles the C in dependencies; `None` if Cargo finds a compiler by name.
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

/// Replaces Apple's C headers: nothing compiled against them is linked or run.
const APPLE_HEADERS: &str = "xtask/apple-headers";

pub(crate) fn run(options: Options) -> Result<(), Failure> {
    options.finish()?;
    interrupt::listen()?;
    system::require(&[Purpose::Build, Purpose::Platforms])?;
    check()
}

/// Checks every platform, even after a failure.
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
    // Libraries and binaries, not tests: some of those need Linux (/proc, Xvfb).
    let arguments = [
        "check",
        "--workspace",
        "--locked",
        "--keep-going",
        "--target",
        platform.target,
    ];
    let mut check = if let Some(check) = debian_toolchain::cargo(&arguments) {
        check
    } else if let Some(installed) = stdout_of("rustup", ["target", "list", "--installed"]) {
        if !installed.lines().any(|line| line == platform.target) {
            run_command(command("rustup", ["target", "add", platform.target]))?;
        }
        cargo(arguments)
    } else {
        return Err(Failure::Needs(
            "This needs Debian's rustc-web, cargo-web and rust-web-src, or rustup.".into(),
        ));
    };
    // A folder of its own: other compilers and flags would invalidate the artifacts of `cargo build`.
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
            // These flags alone, and quoted: a folder's name may have a space.
            .env("CRATE_CC_NO_DEFAULTS", "1")
            .env("CC_SHELL_ESCAPED_FLAGS", "1")
            // libopus needs more of Apple's headers than these. A check links nothing, so the library need not be
            // built: `true` replaces CMake.
            .env(format!("CMAKE_{suffix}"), "true")
            // For the same reason mac-notification-sys and objc2-exception-helper need not compile their Objective-C,
            // which takes the headers of Cocoa. Their build scripts leave it out where docs.rs builds.
            .env("DOCS_RS", "1");
    }
    Ok(check)
}
