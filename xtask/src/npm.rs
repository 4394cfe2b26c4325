//! The npm packages and what is built from them.

use std::{fs, io};

use crate::{
    command::{command, root, run},
    failure::Failure,
};

/// A copy of the lockfile of the installed packages, in their folder so that it is deleted with them.
const INSTALLED_LOCKFILE: &str = "node_modules/.maru-lockfile";

/// `npm ci`, if the lockfile has changed since it last ran.
pub(crate) fn install() -> Result<(), Failure> {
    let lockfile = read("package-lock.json")?;
    if fs::read(root().join(INSTALLED_LOCKFILE)).is_ok_and(|installed| installed == lockfile) {
        return Ok(());
    }
    run(command(
        "npm",
        ["ci", "--no-audit", "--no-fund", "--loglevel=error"],
    ))?;
    fs::write(root().join(INSTALLED_LOCKFILE), lockfile)
        .map_err(|error| unwritable(INSTALLED_LOCKFILE, &error))
}

/// Builds the interface into `ui/dist`. Needed before the Rust builds, since both binaries embed it.
pub(crate) fn build_ui() -> Result<(), Failure> {
    run(command(
        "npm",
        ["run", "build", "--workspace", "ui", "--silent"],
    ))
}

fn read(path: &str) -> Result<Vec<u8>, Failure> {
    fs::read(root().join(path))
        .map_err(|error| Failure::Step(format!("cannot read {path}: {error}")))
}

fn unwritable(path: &str, error: &io::Error) -> Failure {
    Failure::Step(format!("cannot write {path}: {error}"))
}
