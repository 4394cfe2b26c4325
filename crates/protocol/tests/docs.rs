//! `docs/protocol.md` is the contract and must agree with the code: every example decodes, every message has an example,
//! every code and limit has its row with the right figures.

use std::{collections::BTreeSet, fs, path::Path};

use maru_protocol::{ClientMessage, ErrorCode, PeerMessage, PeerSignal, ServerMessage, limits};

fn document() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/protocol.md");
    fs::read_to_string(path)
        .expect("docs/protocol.md is there")
        .replace("\r\n", "\n")
}

struct Example {
    line: usize,
    /// The word after `json` on the fence: who decodes it.
    who: String,
    text: String,
}

fn examples(document: &str) -> Vec<Example> {
    let mut found = Vec::new();
    let mut lines = document.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let Some(who) = line.strip_prefix("```json") else {
            continue;
        };
        let body: Vec<&str> = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| !line.starts_with("```"))
            .collect();
        found.push(Example {
            line: index + 1,
            who: who.trim().to_owned(),
            text: body.join("\n"),
        });
    }
    found
}

/// The message's `type`, or what stands in for one in a peer signal.
fn kind(text: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(text).expect("decoded before");
    match value.get("type").and_then(serde_json::Value::as_str) {
        Some(kind) => kind.to_owned(),
        None if value.get("description").is_some() => value["description"]["type"].to_string(),
        None if value["candidate"].is_null() => "no candidate".to_owned(),
        None => "candidate".to_owned(),
    }
}

#[test]
fn every_example_decodes_and_every_message_has_one() {
    let mut shown = BTreeSet::new();
    for Example { line, who, text } in examples(&document()) {
        let problem = match who.as_str() {
            "client" => ClientMessage::decode(&text)
                .err()
                .map(|error| error.to_string()),
            "server" => ServerMessage::decode(&text)
                .err()
                .map(|error| error.to_string()),
            "signal" => serde_json::from_str::<PeerSignal>(&text)
                .err()
                .map(|error| error.to_string()),
            "peer" => serde_json::from_str::<PeerMessage>(&text)
                .err()
                .map(|error| error.to_string()),
            _ => Some(format!("```json {who}: not client, server, signal or peer")),
        };
        assert_eq!(
            problem, None,
            "docs/protocol.md, the example at line {line}"
        );
        shown.insert(format!("{who} {}", kind(&text)));
    }
    let expected = [
        "client join",
        "client leave",
        "client ping",
        "client signal",
        "peer chat",
        "peer hello",
        "peer reaction",
        "peer shown",
        "peer state",
        "server error",
        "server joined",
        "server left",
        "server participant-joined",
        "server participant-left",
        "server pong",
        "server signal",
        "signal \"answer\"",
        "signal \"offer\"",
        "signal candidate",
        "signal no candidate",
    ];
    assert_eq!(shown, expected.map(str::to_owned).into());
}

#[test]
fn every_error_code_has_its_row_and_close_code() {
    let document = document();
    for code in ErrorCode::ALL {
        let row = format!("| `{code}` | {} |", code.close_code());
        assert!(document.contains(&row), "no row begins {row}");
    }
    let rows = document
        .lines()
        .filter(|line| line.starts_with("| `") && line.matches('|').count() == 6)
        .count();
    assert_eq!(
        rows,
        ErrorCode::ALL.len(),
        "a row of the error table is of no code"
    );
}

#[test]
fn every_limit_has_its_row_and_figure() {
    let document = document();
    let row = |name: &str, value: u64| {
        let line = document
            .lines()
            .find(|line| line.contains(&format!("`{name}`")));
        let figure = line
            .and_then(|line| line.split('|').nth(2))
            .unwrap_or_default();
        let digits: String = figure
            .trim()
            .split(' ')
            .next()
            .unwrap_or_default()
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        assert_eq!(digits.parse().ok(), Some(value), "the row of {name}");
    };
    for (name, value) in [
        ("MAX_FRAME_BYTES", limits::MAX_FRAME_BYTES),
        ("MAX_DATA_BYTES", limits::MAX_DATA_BYTES),
        ("MAX_NESTING", limits::MAX_NESTING),
        ("MAX_ROOM_ID_CHARS", limits::MAX_ROOM_ID_CHARS),
        ("MAX_NAME_CHARS", limits::MAX_NAME_CHARS),
        ("MAX_SECRET_BYTES", limits::MAX_SECRET_BYTES),
        ("DEFAULT_ROOM_CAPACITY", limits::DEFAULT_ROOM_CAPACITY),
        ("MAX_CHAT_UNITS", limits::MAX_CHAT_UNITS),
        ("MAX_PEER_MESSAGE_BYTES", limits::MAX_PEER_MESSAGE_BYTES),
    ] {
        row(name, value as u64);
    }
    row("DEAD_AFTER_MS", limits::DEAD_AFTER_MS);
    row("PING_INTERVAL_MS", limits::PING_INTERVAL_MS);
    row("RESUME_WINDOW_MS", limits::RESUME_WINDOW_MS);
}
