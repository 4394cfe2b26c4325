//! Messages of later versions, as this version decodes them: `later-versions.json`, which the TypeScript side is tested with too.

use maru_protocol::{ClientMessage, PeerMessage, PeerSignal, ServerMessage};
use serde_json::{Value, json};

fn each(side: &str, read: impl Fn(&str) -> Option<Value>) {
    let corpus: Value = serde_json::from_str(include_str!("later-versions.json")).expect("JSON");
    let cases = corpus[side].as_array().expect("cases");
    assert!(!cases.is_empty());
    for case in cases {
        let [name, sent, expected] = case.as_array().expect("a case").as_slice() else {
            panic!("what is new, as it is sent, as it is read: {case}");
        };
        let read = read(&sent.to_string()).unwrap_or_default();
        assert_eq!(&read, expected, "{side}: {name}");
    }
}

#[test]
fn of_the_server() {
    each("server", |frame| {
        ServerMessage::decode(frame)
            .ok()
            .map(|message| json!(message))
    });
}

#[test]
fn of_clients() {
    each("client", |frame| {
        ClientMessage::decode(frame)
            .ok()
            .map(|message| json!(message))
    });
}

#[test]
fn of_peers() {
    each("signal", |text| {
        let signal: Option<PeerSignal> = serde_json::from_str(text).ok();
        signal.map(|signal| json!(signal))
    });
    each("peer", |text| {
        let message: Option<PeerMessage> = serde_json::from_str(text).ok();
        message.map(|message| json!(message))
    });
}
