use maru_protocol::{ErrorCode, Open};
use serde_json::json;

use super::harness::{
    Harness, OTHER, ROOM, SELF, error, join, joined, request, request_at, signal,
};
use crate::session::{Event, Status, timing::LEAVE_TIMEOUT};

#[test]
fn a_join_is_sent_once_the_connection_is_open() {
    let mut harness = Harness::new();
    harness.handle(join("Daily"));
    assert_eq!(harness.status(), &Status::Connecting);
    assert_eq!(harness.connected_to, ["http://localhost:7880"]);
    harness.connected();
    assert_eq!(
        harness.sent,
        [json!({ "type": "join", "room": "daily", "name": "Minji" })]
    );
    harness.receive(&joined(SELF, ROOM));
    assert_eq!(harness.status(), &Status::Online);
    assert_eq!(harness.messages.len(), 1);
    assert_eq!(harness.messages[0]["self"], SELF);
}

#[test]
fn the_resume_secret_is_not_reported() {
    let mut harness = Harness::new();
    harness.handle(join("daily"));
    harness.connected();
    harness.receive(&joined(SELF, ROOM));
    assert_eq!(harness.messages[0]["resume"], "");
}

#[test]
fn joining_the_same_room_again_reports_its_present_state() {
    let mut harness = Harness::joined();
    let someone = json!({ "id": OTHER, "name": "Jun" });
    harness.receive(&json!({ "type": "participant-joined", "participant": someone }));
    harness.clear_effects();
    // As a page does that was reloaded.
    harness.handle(join("daily"));
    assert_eq!(harness.messages[0]["participants"], json!([someone]));
    assert_eq!(harness.status(), &Status::Online);
    assert!(harness.sent.is_empty());
    harness.receive(&json!({ "type": "participant-left", "participant": OTHER, "reason": "left" }));
    harness.clear_effects();
    harness.handle(join("daily"));
    assert_eq!(harness.messages[0]["participants"], json!([]));
}

#[test]
fn after_leave_nothing_more_is_reported() {
    let mut harness = Harness::joined();
    harness.handle(Event::Leave);
    assert_eq!(harness.sent_types(), ["leave"]);
    assert_eq!(harness.status(), &Status::Idle);
    assert!(harness.closed.is_empty());
    harness.receive(&json!({ "type": "signal", "from": OTHER, "data": 1 }));
    harness.receive(&json!({ "type": "left" }));
    assert!(harness.messages.is_empty());
    assert_eq!(harness.closed.len(), 1);
    assert_eq!(harness.session.deadline(), None);
}

#[test]
fn leaving_without_an_answer_times_out() {
    let mut harness = Harness::joined();
    harness.handle(Event::Leave);
    harness.advance(LEAVE_TIMEOUT);
    assert_eq!(harness.closed.len(), 1);
}

#[test]
fn a_join_right_after_leave_uses_the_same_connection() {
    let mut harness = Harness::joined();
    harness.handle(Event::Leave);
    harness.handle(join("daily"));
    assert_eq!(harness.sent_types(), ["leave"]);
    harness.receive(&json!({ "type": "left" }));
    assert_eq!(harness.sent_types(), ["leave", "join"]);
    assert!(harness.sent[1].get("resume").is_none());
    assert!(harness.connected_to.is_empty());
}

#[test]
fn a_room_on_another_server_uses_another_connection() {
    let mut harness = Harness::joined();
    harness.handle(Event::Join(request_at("daily", "https://example.org")));
    harness.receive(&json!({ "type": "left" }));
    assert_eq!(harness.closed.len(), 1);
    assert_eq!(harness.connected_to, ["https://example.org"]);
}

#[test]
fn a_newer_goal_survives_the_answer_to_the_older_join() {
    let mut harness = Harness::new();
    harness.handle(join("first"));
    harness.connected();
    harness.handle(join("second"));
    harness.receive(&joined(SELF, ROOM));
    assert_eq!(harness.sent_types(), ["join", "leave"]);
    assert!(
        harness.messages.is_empty(),
        "the first room is not reported"
    );
    harness.receive(&json!({ "type": "left" }));
    assert_eq!(harness.sent_types(), ["join", "leave", "join"]);
    assert_eq!(harness.sent[2]["room"], "second");
}

#[test]
fn a_refusal_of_the_older_join_does_not_refuse_the_newer_goal() {
    let mut harness = Harness::new();
    harness.handle(join("first"));
    harness.connected();
    harness.handle(join("second"));
    harness.receive(&error("room-full"));
    assert_eq!(harness.connected_to.len(), 2);
    assert_eq!(harness.status(), &Status::Connecting);
}

#[test]
fn fatal_errors_stop_the_session() {
    for code in [
        "room-full",
        "invalid-room",
        "invalid-name",
        "unauthorized",
        "unsupported-version",
        "bad-message",
        "too-large",
        "of-a-later-version",
    ] {
        let mut harness = Harness::new();
        harness.handle(join("daily"));
        harness.connected();
        harness.receive(&error(code));
        assert!(
            matches!(harness.status(), Status::Refused { code: refused, .. } if refused.to_string() == code),
            "{code}"
        );
        assert_eq!(harness.closed.len(), 1, "{code}");
        assert_eq!(harness.session.deadline(), None, "{code}");
        harness.handle(Event::Join(request("daily")));
        assert_eq!(harness.status(), &Status::Connecting, "{code}");
    }
}

#[test]
fn a_full_room_may_say_when_a_seat_is_free() {
    let mut harness = Harness::new();
    harness.handle(join("daily"));
    harness.connected();
    let mut full = error("room-full");
    full["retryAfterMs"] = 14_800.into();
    harness.receive(&full);
    assert!(matches!(
        harness.status(),
        Status::Refused {
            code: Open::Known(ErrorCode::RoomFull),
            retry_after: Some(14_800),
            ..
        }
    ));
}

#[test]
fn a_participant_resumed_elsewhere_is_not_resumed_again() {
    let mut harness = Harness::joined();
    harness.receive(&error("replaced"));
    assert!(matches!(
        harness.status(),
        Status::Refused {
            code: Open::Known(ErrorCode::Replaced),
            ..
        }
    ));
}

#[test]
fn renewed_credentials_are_reported_and_part_of_the_snapshot() {
    let mut harness = Harness::joined();
    let renewed = json!([{ "urls": ["turn:example.org"], "username": "2", "credential": "two" }]);
    let pong = json!({ "type": "pong", "iceServers": renewed });
    harness.receive(&json!({ "type": "pong" }));
    assert!(harness.messages.is_empty());
    harness.receive(&pong);
    assert_eq!(harness.messages, [pong]);
    assert_eq!(harness.joined_in_snapshot()["iceServers"], renewed);
}

#[test]
fn removed_participants_are_reported_once() {
    let mut harness = Harness::new();
    harness.handle(join("daily"));
    harness.connected();
    let mut message = joined(SELF, ROOM);
    message["removed"] = json!([OTHER]);
    harness.receive(&message);
    assert_eq!(harness.messages[0]["removed"], json!([OTHER]));
    assert_eq!(harness.joined_in_snapshot().get("removed"), None);
}

#[test]
fn an_error_about_one_message_is_reported_and_nothing_more() {
    for code in [
        "unknown-participant",
        "rate-limited",
        "too-large",
        "bad-message",
    ] {
        let mut harness = Harness::joined();
        harness.receive(&error(code));
        assert_eq!(harness.messages, [error(code)]);
        assert!(harness.closed.is_empty() && harness.statuses.is_empty());
    }
}

#[test]
fn signals_outside_a_room_are_dropped() {
    let mut harness = Harness::new();
    harness.handle(signal(1));
    harness.handle(join("daily"));
    harness.handle(signal(2));
    harness.connected();
    harness.receive(&joined(SELF, ROOM));
    assert_eq!(harness.sent_types(), ["join"]);
}

#[test]
fn unknown_messages_are_ignored() {
    let mut harness = Harness::joined();
    for frame in [json!({ "type": "news" }), json!([])] {
        harness.receive(&frame);
    }
    assert!(harness.messages.is_empty() && harness.closed.is_empty());
}
