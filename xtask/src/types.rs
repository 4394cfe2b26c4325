//! `cargo xtask types`: generates the TypeScript types of the wire.

use std::fs;

use crate::{
    command::{cargo, root},
    failure::Failure,
    options::Options,
};

const FILE: &str = "ui/src/protocol/generated.ts";

pub(crate) fn run(mut options: Options) -> Result<(), Failure> {
    let check = options.flag("--check");
    options.finish()?;
    // In another process, so that xtask does not depend on the protocol crate and its macros.
    let output = cargo([
        "run",
        "--quiet",
        "--package",
        "maru-protocol",
        "--example",
        "typescript",
    ])
    .stderr(std::process::Stdio::inherit())
    .output()
    .map_err(|error| Failure::Step(format!("cannot run cargo: {error}")))?;
    if !output.status.success() {
        return Err(Failure::Step("the protocol crate does not build".into()));
    }
    let path = root().join(FILE);
    let current = fs::read(&path).is_ok_and(|written| written == output.stdout);
    match (current, check) {
        (true, _) => println!("{FILE} is current"),
        (false, true) => {
            return Err(Failure::Step(format!(
                "{FILE} is stale: run cargo xtask types and commit it"
            )));
        }
        (false, false) => {
            fs::write(&path, output.stdout)
                .map_err(|error| Failure::Step(format!("cannot write {FILE}: {error}")))?;
            println!("wrote {FILE}");
        }
    }
    Ok(())
}
