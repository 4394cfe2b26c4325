//! The packages of this workspace, as Cargo lists them.

use std::{path::PathBuf, process::Stdio};

use serde_json::Value;

use crate::{
    command::{cargo, stdout},
    failure::Failure,
};

/// One package. Its paths are relative to the repository.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) folder: PathBuf,
    /// The root files of its targets: library, binaries, tests, examples, build script.
    pub(crate) roots: Vec<PathBuf>,
}

pub(crate) fn packages() -> Result<Vec<Package>, Failure> {
    let mut metadata = cargo(["metadata", "--no-deps", "--format-version=1"]);
    let text = stdout(metadata.stderr(Stdio::inherit()))
        .ok_or_else(|| Failure::Step("cargo metadata failed".into()))?;
    serde_json::from_str(&text)
        .ok()
        .and_then(|metadata| parse(&metadata))
        .ok_or_else(|| Failure::Step("the output of cargo metadata cannot be read".into()))
}

/// Read field by field: the `cargo_metadata` crate would bring a dozen dependencies for these fields.
fn parse(metadata: &Value) -> Option<Vec<Package>> {
    let repository = metadata["workspace_root"].as_str()?;
    let relative = |path: &Value| {
        let path = PathBuf::from(path.as_str()?);
        Some(path.strip_prefix(repository).ok()?.to_owned())
    };
    let package = |package: &Value| {
        let targets = package["targets"].as_array()?;
        Some(Package {
            folder: relative(&package["manifest_path"])?.parent()?.to_owned(),
            roots: targets
                .iter()
                .map(|target| relative(&target["src_path"]))
                .collect::<Option<_>>()?,
        })
    };
    metadata["packages"]
        .as_array()?
        .iter()
        .map(package)
        .collect()
}
