//! Replays what the fuzzer found, and its seeds: see `docs/transfer-tests.md`, "Fuzzing".

use std::path::Path;

#[path = "../fuzz/targets.rs"]
mod targets;

/// `valid`: seeds that are read without an error. If they are not, the format changed, and the fuzzer starts with garbage.
fn replay(name: &str, target: impl Fn(&[u8]) -> bool, valid: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(name);
    let mut read = Vec::new();
    for file in std::fs::read_dir(&folder).expect("a corpus") {
        let path = file.expect("a file").path();
        eprintln!("{}", path.display());
        if target(&std::fs::read(&path).expect("readable")) {
            read.extend(
                path.file_name()
                    .and_then(|name| name.to_str().map(str::to_owned)),
            );
        }
    }
    for seed in valid {
        assert!(
            read.iter().any(|name| name == seed),
            "{name}/{seed}: {read:?}"
        );
    }
}

#[test]
fn no_journal_of_the_corpus_does_harm() {
    let valid = [
        "concluded",
        "done",
        "failed",
        "groups",
        "present",
        "present-concluded",
        "present-gone",
        "present-in-folder",
        "present-staged",
        "present-then-reset",
        "publishing",
        "staging",
        "torn",
    ];
    replay("journal", targets::journal, &valid);
}

#[test]
fn no_manifest_of_the_corpus_does_harm() {
    replay(
        "manifest",
        targets::manifest,
        &["entries", "renamed", "torn"],
    );
    replay("source", targets::source, &["entries", "file", "folder"]);
}

#[test]
fn no_record_of_the_corpus_does_harm() {
    let valid = ["accepted", "ended", "receiver", "sender"];
    replay("record", targets::record, &valid);
    replay("progress", targets::progress, &["behind", "progress"]);
}
