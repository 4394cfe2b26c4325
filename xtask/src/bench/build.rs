//! Optimised builds of what is measured.

use crate::{
    command::{cargo, run},
    failure::Failure,
    interrupt, npm,
    packages::Purpose,
    system, wasm,
};

/// Builds the server with its web client, and `packages`, in release.
pub(super) fn prepare(purposes: &[Purpose], packages: &[&str]) -> Result<(), Failure> {
    interrupt::listen()?;
    system::require(purposes)?;
    system::require_node()?;
    npm::install()?;
    wasm::build_if_possible()?;
    npm::build_ui()?;
    let mut build = vec!["build", "--release", "--package", "maru-signaling"];
    build.extend(packages.iter().flat_map(|package| ["--package", *package]));
    run(cargo(build))
}
