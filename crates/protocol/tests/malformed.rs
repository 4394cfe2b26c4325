//! A corpus of frames that must be refused, each with the code its folder names.
//!
//! `malformed/<who decodes>/<expected code>/<what is wrong>.frame`; messages between peers have no codes and no folder
//! for them. Other implementations can run the same files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use maru_protocol::{ClientMessage, ErrorCode, PeerMessage, PeerSignal, ServerMessage};

fn frames(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the corpus is there") {
        let path = entry.expect("readable").path();
        if path
            .extension()
            .is_some_and(|extension| extension == "frame")
        {
            let text =
                fs::read_to_string(&path).expect("UTF-8: the WebSocket refuses the rest before us");
            found.push((path, text));
        }
    }
    assert!(!found.is_empty(), "no frames in {}", folder.display());
    found
}

fn corpus(who: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/malformed")
        .join(who)
}

/// Runs every frame of `who` and returns the codes that were seen.
fn refused_with_the_code_of_the_folder(
    who: &str,
    decode: impl Fn(&str) -> Option<ErrorCode>,
) -> Vec<ErrorCode> {
    let mut seen = Vec::new();
    for entry in fs::read_dir(corpus(who)).expect("the corpus is there") {
        let folder = entry.expect("readable").path();
        let name = folder
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a code");
        let expected: ErrorCode =
            serde_json::from_value(name.into()).expect("folders are named by codes");
        for (path, text) in frames(&folder) {
            assert_eq!(decode(&text), Some(expected), "{}", path.display());
        }
        seen.push(expected);
    }
    seen
}

#[test]
fn client_frames() {
    let seen = refused_with_the_code_of_the_folder("client", |text| {
        ClientMessage::decode(text).err().map(|error| error.code)
    });
    for code in [
        ErrorCode::BadMessage,
        ErrorCode::TooLarge,
        ErrorCode::InvalidRoom,
        ErrorCode::InvalidName,
        ErrorCode::UnknownParticipant,
    ] {
        assert!(seen.contains(&code), "no frame is refused with {code}");
    }
}

#[test]
fn server_frames() {
    let seen = refused_with_the_code_of_the_folder("server", |text| {
        ServerMessage::decode(text).err().map(|error| error.code)
    });
    assert!(seen.contains(&ErrorCode::BadMessage) && seen.contains(&ErrorCode::TooLarge));
}

#[test]
fn peer_signals() {
    for (path, text) in frames(&corpus("peer-signal")) {
        assert!(
            serde_json::from_str::<PeerSignal>(&text).is_err(),
            "{}",
            path.display()
        );
    }
}

#[test]
fn peer_messages() {
    for (path, text) in frames(&corpus("peer-message")) {
        assert!(
            serde_json::from_str::<PeerMessage>(&text).is_err(),
            "{}",
            path.display()
        );
    }
}
