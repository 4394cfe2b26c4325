//! The stack stays behind this crate: no public item names it, and the parts that need no I/O do not know it.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    let name = |path: &Path| {
        path.strip_prefix(&root)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/")
    };
    found
        .iter()
        .map(|path| (name(path), fs::read_to_string(path).unwrap()))
        .collect()
}

/// Names a file imports from the stack.
fn imported(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for statement in text
        .split(';')
        .filter_map(|part| part.trim_start().split_once("use ").map(|(_, rest)| rest))
    {
        if statement.starts_with("webrtc::") || statement.starts_with("rtc::") {
            let words = statement.split(|c: char| !c.is_alphanumeric() && c != '_');
            names.extend(
                words
                    .filter(|word| word.starts_with(char::is_uppercase))
                    .map(str::to_owned),
            );
        }
    }
    names
}

/// Every public signature, field and re-export, up to its body.
fn public(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for line in text.lines().map(str::trim) {
        if open.is_none() && line.starts_with("pub ") {
            open = Some(String::new());
        }
        if let Some(item) = &mut open {
            item.push_str(line);
            item.push(' ');
            if line.ends_with(['{', ';', ',', '}']) {
                found.extend(open.take());
            }
        }
    }
    found
}

#[test]
fn no_public_item_names_the_stack() {
    let mut items = 0;
    for (name, text) in all() {
        let stack = imported(&text);
        for item in public(&text) {
            items += 1;
            let words: Vec<&str> = item
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .collect();
            let leak = words.iter().find(|word| {
                ["rtc", "webrtc"].contains(word) || stack.iter().any(|known| known == *word)
            });
            assert_eq!(leak, None, "{name}: {item}");
        }
    }
    assert!(items > 50, "the search finds public items: {items}");
}

#[test]
fn what_needs_no_stack_does_not_know_it() {
    let free = [
        "candidate.rs",
        "candidate_filter.rs",
        "checks/limiter.rs",
        "config.rs",
        "connection_state.rs",
        "dtls_role.rs",
        "error.rs",
        "events.rs",
        "handshake/flights.rs",
        "handshake/wire.rs",
        "kind.rs",
        "network.rs",
        "pace/bandwidth.rs",
        "pace/chain_state.rs",
        "pace/dispersion.rs",
        "pace/queueing_delay.rs",
        "pace/sent_packets.rs",
        "pace/token_bucket.rs",
        "rejection.rs",
        "repair/missing.rs",
        "rtp/",
        "sdp.rs",
        "stats.rs",
        "stun.rs",
        "turn/framing.rs",
    ];
    for part in free {
        let files: Vec<_> = all()
            .into_iter()
            .filter(|(name, _)| name.starts_with(part))
            .collect();
        assert!(!files.is_empty(), "{part} is gone: mend this list");
        for (name, text) in files {
            assert!(
                !text.contains("webrtc::") && !text.contains(" rtc::"),
                "{name} knows the stack"
            );
        }
    }
}
