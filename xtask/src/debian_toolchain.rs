//! Debian's own compiler with the source of its standard library (rustc-web, cargo-web, rust-web-src): it can build for
//! systems of which it has no compiled standard library, without access to Rust's servers.

use std::{path::Path, process::Command};

use crate::command::{command, stdout_of};

const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";

/// Compiles the standard library too, which takes an unstable flag.
const BUILD_STD: &str = "-Zbuild-std=std,panic_abort";

/// Debian's Cargo with `arguments`, for a target that has to be among them; `None` if a part of the toolchain is missing.
pub(crate) fn cargo(arguments: &[&str]) -> Option<Command> {
    if !is_installed() {
        return None;
    }
    let mut cargo = command(CARGO, arguments.iter().copied().chain([BUILD_STD]));
    cargo
        .env("RUSTC", RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        // Set by cargo and rustup for this program: they would select rustup's toolchain.
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("RUSTC_WRAPPER")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .env_remove("CARGO");
    Some(cargo)
}

pub(crate) fn is_installed() -> bool {
    let source = stdout_of(RUSTC, ["--print", "sysroot"]).is_some_and(|sysroot| {
        Path::new(&sysroot)
            .join("lib/rustlib/src/rust/library/std")
            .exists()
    });
    // Cargo compares its version with the workspace's rust-version.
    source && stdout_of(CARGO, ["--version"]).is_some()
}
