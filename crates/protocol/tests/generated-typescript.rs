//! The checked-in TypeScript equals the generated one.

use std::{fs, path::Path};

use maru_protocol::{ErrorCode, typescript};

#[test]
fn the_checked_in_file_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/protocol/generated.ts");
    let checked_in = fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    // Not `assert_eq`: two whole files in a panic message help nobody.
    let generated = typescript::module();
    let differing = generated
        .lines()
        .zip(checked_in.lines())
        .position(|(new, old)| new != old);
    assert!(
        generated == checked_in,
        "{} is stale from line {}: run `cargo xtask types` and commit what it writes",
        path.display(),
        differing.map_or(
            generated.lines().count().min(checked_in.lines().count()),
            |line| line
        ) + 1,
    );
}

#[test]
fn no_rustdoc_syntax_leaks_into_it() {
    let module = typescript::module();
    for leak in ["[`", "crate::", "`]", "Self::"] {
        assert!(
            !module.contains(leak),
            "the generated file contains {leak:?}"
        );
    }
}

#[test]
fn every_error_code_is_exported() {
    let module = typescript::module();
    for code in ErrorCode::ALL {
        assert!(module.contains(&format!("\"{code}\"")), "{code} is missing");
    }
}
