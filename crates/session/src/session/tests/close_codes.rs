use maru_protocol::{ErrorCode, Open};
use serde_json::{Value, json};

use super::harness::{Harness, ROOM, SELF, disconnect, join, joined};
use crate::session::{Disconnect, Event, Status, backoff};

#[test]
fn a_close_code_stands_for_its_error() {
    let mut harness = Harness::new();
    harness.handle(join("daily"));
    harness.connected();
    harness.lose_connection(Some(ErrorCode::RoomFull.close_code()));
    assert!(matches!(
        harness.status(),
        Status::Refused {
            code: Open::Known(ErrorCode::RoomFull),
            ..
        }
    ));
}

/// With a code that this version does not know.
fn refused(code: &str, detail: &str) -> Status {
    Status::Refused {
        code: Open::Other(code.into()),
        detail: detail.into(),
        retry_after: None,
    }
}

#[test]
fn close_codes_of_later_versions_are_fatal_or_transient_by_range() {
    let corpus: Value = serde_json::from_str(include_str!(
        "../../../../protocol/tests/later-versions.json"
    ))
    .unwrap();
    for case in corpus["closes"].as_array().unwrap() {
        let code = case[0].as_u64().and_then(|code| u16::try_from(code).ok());
        let mut harness = Harness::joined();
        harness.lose_connection(code);
        let is_fatal = match harness.status() {
            Status::Refused { code: reported, .. } => {
                assert_eq!(
                    Some(reported.to_string()),
                    code.map(|code| code.to_string())
                );
                true
            }
            _ => false,
        };
        assert_eq!(Some(is_fatal), case[1].as_bool(), "{case}");
        assert_eq!(harness.session.deadline().is_none(), is_fatal, "{case}");
    }
}

#[test]
fn an_unknown_error_explains_the_fatal_close_that_follows() {
    let banned = json!({ "type": "error", "code": "banned", "message": "for a week" });
    let mut harness = Harness::joined();
    harness.receive(&banned);
    assert_eq!(harness.messages, std::slice::from_ref(&banned));
    assert!(harness.closed.is_empty() && harness.statuses.is_empty());
    harness.lose_connection(Some(4490));
    assert_eq!(harness.status(), &refused("banned", "for a week"));

    // A transient close does not stop the session, and the error explains no close of a later connection.
    let mut harness = Harness::joined();
    harness.receive(&banned);
    harness.lose_connection(None);
    harness.advance(backoff::INITIAL_DELAY);
    harness.connected();
    harness.receive(&joined(SELF, ROOM));
    harness.lose_connection(Some(4490));
    assert_eq!(harness.status(), &refused("4490", "gone"));
}

#[test]
fn a_server_of_another_version_is_not_retried() {
    let mut harness = Harness::new();
    harness.handle(join("daily"));
    let connection = harness.connection.take().unwrap();
    let refusal = Some(ErrorCode::UnsupportedVersion);
    harness.handle(Event::Closed(
        connection,
        Disconnect {
            refusal,
            ..disconnect(None)
        },
    ));
    assert!(matches!(
        harness.status(),
        Status::Refused {
            code: Open::Known(ErrorCode::UnsupportedVersion),
            ..
        }
    ));
}
