//! What is left of a display name. The cases are shared with the interface, which tests its `cleanName` against the
//! same file.

use std::borrow::Cow;

use maru_protocol::{ClientMessage, DecodeError, ErrorCode, ServerMessage, clean_name};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    what: String,
    input: String,
    name: String,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("names.json")).expect("a list of cases")
}

#[test]
fn the_shared_cases() {
    for Case { what, input, name } in cases() {
        assert_eq!(
            clean_name(&input).escape_unicode().to_string(),
            name.escape_unicode().to_string(),
            "{what}"
        );
    }
}

fn joined_as(name: &str) -> Result<String, DecodeError> {
    let frame = serde_json::json!({ "type": "join", "room": "a", "name": name }).to_string();
    match ClientMessage::decode(&frame)? {
        ClientMessage::Join { name, .. } => Ok(name.into_owned()),
        other => panic!("not a join: {other:?}"),
    }
}

/// A client that does not know the rule gets in, with a name that harms nobody.
#[test]
fn a_join_is_cleaned_and_refused_only_for_its_length_and_control_characters() {
    for Case { what, input, name } in cases() {
        let joined = joined_as(&input);
        if input.chars().count() > 64 || input.chars().any(char::is_control) {
            assert_eq!(
                joined.map_err(|error| error.code),
                Err(ErrorCode::InvalidName),
                "{what}"
            );
        } else {
            assert_eq!(joined, Ok(name), "{what}");
        }
    }
}

/// An earlier server passes names on as they were given.
#[test]
fn names_from_a_server_are_cleaned() {
    let id = "3f2a6c1e-8b7d-4e5f-9a01-2b3c4d5e6f70";
    let participant = serde_json::json!({ "id": id, "name": "\u{202E}exe\u{200B}" });
    let joined = serde_json::json!({
        "type": "joined", "self": id, "room": { "id": "a", "incarnation": id, "capacity": 8 },
        "participants": [participant], "iceServers": [], "resume": "",
    });
    let arrived = serde_json::json!({ "type": "participant-joined", "participant": participant });
    for frame in [joined.to_string(), arrived.to_string()] {
        let name = match ServerMessage::decode(&frame) {
            Ok(ServerMessage::Joined { participants, .. }) => participants[0].name.clone(),
            Ok(ServerMessage::ParticipantJoined { participant }) => participant.name,
            other => panic!("{other:?}"),
        };
        assert_eq!(name, "exe");
    }
}

#[test]
fn a_clean_name_is_not_copied() {
    assert!(matches!(clean_name("민지 👩\u{200D}👧"), Cow::Borrowed(_)));
}

/// Characters of all kinds that the rule tells apart, close together.
fn hostile() -> impl Strategy<Value = String> {
    let special = "[\u{200B}-\u{200F}\u{202A}-\u{202E}\u{2066}-\u{2069}\u{FE0E}\u{FE0F}\u{300}-\u{303}\u{20E3}\
                   \u{1F3F4}\u{1F468}\u{1F3FD}\u{E0061}-\u{E0064}\u{E007F}\u{E0100}\u{915}\u{94D}\u{3164}\u{6F22} a1]";
    proptest::collection::vec(
        prop_oneof![4 => special.prop_map(String::from), 1 => any::<char>().prop_map(String::from)],
        0..24,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn cleaning_again_changes_nothing(text in hostile()) {
        let once = clean_name(&text).into_owned();
        prop_assert_eq!(clean_name(&once), Cow::Borrowed(&once));
    }

    #[test]
    fn cleaning_only_removes(text in hostile()) {
        prop_assert!(clean_name(&text).chars().count() <= text.chars().count());
    }

    #[test]
    fn nothing_that_changes_direction_is_left(text in hostile()) {
        let changes_direction = clean_name(&text).contains(|character: char| matches!(
            character,
            '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
        ));
        prop_assert!(!changes_direction);
    }
}
