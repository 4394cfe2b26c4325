//! Replays what the fuzzer found, and its seeds: see `docs/transfer-tests.md`, "Fuzzing".

use std::path::Path;

#[path = "../fuzz/targets.rs"]
mod targets;

fn replay(name: &str, target: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(name);
    let mut count = 0;
    for file in std::fs::read_dir(&folder).expect("a corpus") {
        let path = file.expect("a file").path();
        eprintln!("{}", path.display());
        target(&std::fs::read(&path).expect("readable"));
        count += 1;
    }
    assert!(count >= 3, "{name} has a corpus");
}

#[test]
fn the_corpus_of_each_target_is_harmless() {
    replay("control", targets::control);
    replay("bulk", targets::bulk);
    replay("endpoint", targets::endpoint);
}
