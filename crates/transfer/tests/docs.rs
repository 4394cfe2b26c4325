//! `docs/transfer.md` is the specification and must agree with the code: every example decodes, every message has an
//! example and a row, and so has every code.

use std::{collections::BTreeSet, fs, path::Path};

use bytes::Bytes;
use maru_transfer::{
    bulk::{BulkEncoder, BulkMessage, Content},
    control::{Code, ControlMessage},
    limits::{self, MAX_BULK_BYTES},
};

fn document() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/transfer.md");
    fs::read_to_string(path)
        .expect("docs/transfer.md is there")
        .replace("\r\n", "\n")
}

/// Lines of the blocks that begin with this fence, with their numbers.
fn blocks<'a>(document: &'a str, fence: &str) -> Vec<(usize, &'a str)> {
    let mut found = Vec::new();
    let mut lines = document.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        if line == fence {
            let body = lines.by_ref().take_while(|(_, line)| *line != "```");
            found.extend(body.map(|(index, line)| (index + 1, line)));
        }
    }
    found
}

/// What is between backticks in the first cell of each row of the table below this heading.
fn rows(document: &str, heading: &str) -> BTreeSet<String> {
    let section = document
        .split("\n## ")
        .find_map(|section| section.strip_prefix(heading)?.strip_prefix('\n'))
        .expect("the section is there");
    section
        .lines()
        .skip_while(|line| !line.starts_with("|---"))
        .filter(|line| line.starts_with("| `"))
        .filter_map(|line| line.split('|').nth(1))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

/// The `type` of a message. Has no wildcard, so that a new message is not forgotten in [`TYPES`].
const fn kind(message: &ControlMessage) -> &'static str {
    match message {
        ControlMessage::Hello { .. } => "hello",
        ControlMessage::Offer { .. } => "offer",
        ControlMessage::Manifest { .. } => "manifest",
        ControlMessage::Accept { .. } => "accept",
        ControlMessage::Decline { .. } => "decline",
        ControlMessage::Want { .. } => "want",
        ControlMessage::List { .. } => "list",
        ControlMessage::Verify { .. } => "verify",
        ControlMessage::Credit { .. } => "credit",
        ControlMessage::Durable { .. } => "durable",
        ControlMessage::Pause { .. } => "pause",
        ControlMessage::Resume { .. } => "resume",
        ControlMessage::Cancel { .. } => "cancel",
        ControlMessage::Error { .. } => "error",
        ControlMessage::Done { .. } => "done",
        ControlMessage::Stripe { .. } => "stripe",
        ControlMessage::Known { .. } => "known",
        ControlMessage::Ping { .. } => "ping",
        ControlMessage::Pong { .. } => "pong",
    }
}

const TYPES: [&str; 19] = [
    "hello", "offer", "manifest", "accept", "decline", "list", "want", "verify", "credit",
    "durable", "pause", "resume", "cancel", "error", "done", "stripe", "known", "ping", "pong",
];

#[test]
fn every_example_decodes_and_every_message_has_one() {
    let document = document();
    let mut shown = BTreeSet::new();
    for (line, text) in blocks(&document, "```json control") {
        let message = match ControlMessage::decode(text.as_bytes()) {
            Ok(Some(message)) => message,
            other => panic!("docs/transfer.md:{line}: {other:?}"),
        };
        // The example is what this crate writes, field by field: none of its fields is unknown, and none is missing.
        let encoded = message.encode().expect("short");
        let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
        assert_eq!(json(&encoded), json(text), "docs/transfer.md:{line}");
        shown.insert(kind(&message));
    }
    assert_eq!(shown, BTreeSet::from(TYPES));
    let types = TYPES.map(str::to_owned);
    assert_eq!(rows(&document, "Control messages"), BTreeSet::from(types));
}

#[test]
fn every_example_of_an_entry_is_one() {
    let document = document();
    let examples = blocks(&document, "```json transfer");
    assert_eq!(examples.len(), 2, "a file and a folder");
    for (line, entry) in examples {
        let id = "0".repeat(32);
        let manifest = format!(
            r#"{{"type":"manifest","id":"{id}","first":0,"entries":[{entry}],"last":true}}"#
        );
        let message = match ControlMessage::decode(manifest.as_bytes()) {
            Ok(Some(message)) => message,
            other => panic!("docs/transfer.md:{line}: {other:?}"),
        };
        assert_eq!(
            message.encode().as_deref(),
            Ok(&*manifest),
            "docs/transfer.md:{line}"
        );
    }
}

#[test]
fn the_bulk_example_is_a_whole_file() {
    let document = document();
    let digits: String = blocks(&document, "```hex bulk")
        .iter()
        .filter_map(|(_, line)| line.split('#').next())
        .flat_map(str::split_whitespace)
        .collect();
    let example: Bytes = (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("two digits"))
        .collect();
    let message = BulkMessage::decode(example.clone()).expect("it decodes");
    let records: Vec<_> = message.records().collect();
    let [first, last] = &records[..] else {
        panic!("not two records: {records:?}");
    };
    let (Content::Data { offset: 0, bytes }, Content::End { size, hash }) =
        (&first.content, &last.content)
    else {
        panic!("not data and end: {records:?}");
    };
    assert_eq!(*size, bytes.len() as u64);
    assert_eq!(hash.map(blake3::Hash::from), Some(blake3::hash(bytes)));
    assert_eq!((first.number, first.entry), (last.number, last.entry));

    let mut encoder = BulkEncoder::new(MAX_BULK_BYTES);
    for record in &records {
        encoder.push(record).expect("it fits");
    }
    assert_eq!(encoder.finish(message.sent_ms()), Some(example));
}

#[test]
fn every_code_has_its_row() {
    let codes = Code::ALL.map(|code| match serde_json::to_value(code) {
        Ok(serde_json::Value::String(code)) => code,
        other => panic!("{other:?}"),
    });
    assert_eq!(rows(&document(), "Codes"), BTreeSet::from(codes));
}

#[test]
fn every_limit_has_its_row_and_figures() {
    let document = document();
    let figures = |name: &str| -> Vec<u64> {
        let row = document
            .lines()
            .find_map(|line| line.strip_prefix(&format!("| {name} | ")));
        row.expect(name)
            .replace(',', "")
            .split(|character: char| !character.is_ascii_digit())
            .filter_map(|digits| digits.parse().ok())
            .collect()
    };
    for (name, values) in [
        ("Control message", vec![limits::MAX_CONTROL_BYTES as u64]),
        ("Bulk message", vec![limits::MAX_BULK_BYTES as u64]),
        (
            "Records of a bulk message",
            vec![limits::MAX_RECORDS as u64],
        ),
        (
            "Groups of all files of which some bytes were sent and others not, of a connection",
            vec![limits::MAX_PARTIAL_GROUPS as u64],
        ),
        (
            "Files of which some bytes were sent and others not, of a connection",
            vec![limits::MAX_OPEN_FILES as u64],
        ),
        (
            "Digests that wait for their group, and groups that wait for their digest, of a connection",
            vec![limits::MAX_DIGESTS as u64],
        ),
        ("Entries of a transfer", vec![limits::MAX_ENTRIES.into()]),
        (
            "Unfinished transfers of one sender",
            vec![limits::MAX_TRANSFERS as u64],
        ),
        (
            "Ranges wanted and not yet sent, of one transfer",
            vec![limits::MAX_WANTED as u64],
        ),
        ("Stripes", vec![limits::MAX_STRIPES.into()]),
        (
            "Path",
            vec![
                limits::MAX_PATH_BYTES as u64,
                limits::MAX_PATH_COMPONENTS as u64,
                limits::MAX_COMPONENT_BYTES as u64,
            ],
        ),
    ] {
        assert_eq!(figures(name), values, "the row of {name}");
    }
    assert_eq!(figures("Size of a file"), [2, 53, 1], "2^53 - 1");
    assert_eq!(limits::MAX_FILE_BYTES, 2u64.pow(53) - 1);
}
