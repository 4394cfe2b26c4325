use maru_protocol::{ErrorCode, Open};
use serde_json::json;

use super::world::{OTHER, ROOM, SELF, World, error, join, joined, request, request_at, signal};
use crate::signaling::session::{Event, LEAVE_TIMEOUT, Status};

#[test]
fn a_join_is_asked_for_and_answered() {
    let mut world = World::new();
    world.feed(join("Daily"));
    assert_eq!(world.status(), &Status::Connecting);
    assert_eq!(world.connected_to, ["http://localhost:7880"]);
    world.connected();
    assert_eq!(
        world.sent,
        [json!({ "type": "join", "room": "daily", "name": "Minji" })]
    );
    world.receive(&joined(SELF, ROOM));
    assert_eq!(world.status(), &Status::Online);
    assert_eq!(world.messages.len(), 1);
    assert_eq!(world.messages[0]["self"], SELF);
}

#[test]
fn the_resume_secret_stays_out_of_the_webview() {
    let mut world = World::new();
    world.feed(join("daily"));
    world.connected();
    world.receive(&joined(SELF, ROOM));
    assert_eq!(world.messages[0]["resume"], "");
}

#[test]
fn a_reload_is_told_the_room_as_it_is_now() {
    let mut world = World::joined();
    let someone = json!({ "id": OTHER, "name": "Jun" });
    world.receive(&json!({ "type": "participant-joined", "participant": someone }));
    world.forget();
    // The same request again, as a reloaded interface makes it.
    world.feed(join("daily"));
    assert_eq!(world.messages[0]["participants"], json!([someone]));
    assert_eq!(world.status(), &Status::Online);
    assert!(world.sent.is_empty());
    world.receive(&json!({ "type": "participant-left", "participant": OTHER, "reason": "left" }));
    world.forget();
    world.feed(join("daily"));
    assert_eq!(world.messages[0]["participants"], json!([]));
}

#[test]
fn leaving_waits_for_the_answer_and_says_nothing_more() {
    let mut world = World::joined();
    world.feed(Event::Leave);
    assert_eq!(world.sent_types(), ["leave"]);
    assert_eq!(world.status(), &Status::Idle);
    assert!(world.closed.is_empty());
    world.receive(&json!({ "type": "signal", "from": OTHER, "data": 1 }));
    world.receive(&json!({ "type": "left" }));
    assert!(world.messages.is_empty());
    assert_eq!(world.closed.len(), 1);
    assert_eq!(world.session.next_wake(), None);
}

#[test]
fn a_server_that_does_not_answer_leave_is_not_waited_for() {
    let mut world = World::joined();
    world.feed(Event::Leave);
    world.pass(LEAVE_TIMEOUT);
    assert_eq!(world.closed.len(), 1);
}

#[test]
fn coming_back_at_once_follows_the_leave_on_the_same_socket() {
    let mut world = World::joined();
    world.feed(Event::Leave);
    world.feed(join("daily"));
    assert_eq!(world.sent_types(), ["leave"]);
    world.receive(&json!({ "type": "left" }));
    assert_eq!(world.sent_types(), ["leave", "join"]);
    assert!(world.sent[1].get("resume").is_none());
    assert!(world.connected_to.is_empty());
}

#[test]
fn another_server_gets_another_socket() {
    let mut world = World::joined();
    world.feed(Event::Join(request_at("daily", "https://example.org")));
    world.receive(&json!({ "type": "left" }));
    assert_eq!(world.closed.len(), 1);
    assert_eq!(world.connected_to, ["https://example.org"]);
}

#[test]
fn a_changed_mind_outlives_the_answer_to_the_first_wish() {
    let mut world = World::new();
    world.feed(join("first"));
    world.connected();
    world.feed(join("second"));
    world.receive(&joined(SELF, ROOM));
    assert_eq!(world.sent_types(), ["join", "leave"]);
    assert!(
        world.messages.is_empty(),
        "the first room is not told about"
    );
    world.receive(&json!({ "type": "left" }));
    assert_eq!(world.sent_types(), ["join", "leave", "join"]);
    assert_eq!(world.sent[2]["room"], "second");
}

#[test]
fn a_refusal_of_the_first_wish_is_none_of_the_second() {
    let mut world = World::new();
    world.feed(join("first"));
    world.connected();
    world.feed(join("second"));
    world.receive(&error("room-full"));
    assert_eq!(world.connected_to.len(), 2);
    assert_eq!(world.status(), &Status::Connecting);
}

#[test]
fn refusals_end_it() {
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
        let mut world = World::new();
        world.feed(join("daily"));
        world.connected();
        world.receive(&error(code));
        assert!(
            matches!(world.status(), Status::Refused { code: refused, .. } if refused.to_string() == code),
            "{code}"
        );
        assert_eq!(world.closed.len(), 1, "{code}");
        assert_eq!(world.session.next_wake(), None, "{code}");
        world.feed(Event::Join(request("daily")));
        assert_eq!(world.status(), &Status::Connecting, "{code}");
    }
}

#[test]
fn a_seat_taken_over_by_another_window_is_not_fought_for() {
    let mut world = World::joined();
    world.receive(&error("replaced"));
    assert!(matches!(
        world.status(),
        Status::Refused {
            code: Open::Known(ErrorCode::Replaced),
            ..
        }
    ));
}

#[test]
fn renewed_credentials_are_told_and_kept_for_an_interface_that_reloads() {
    let mut world = World::joined();
    let renewed = json!([{ "urls": ["turn:example.org"], "username": "2", "credential": "two" }]);
    let pong = json!({ "type": "pong", "iceServers": renewed });
    world.receive(&json!({ "type": "pong" }));
    assert!(world.messages.is_empty());
    world.receive(&pong);
    assert_eq!(world.messages, [pong]);
    assert_eq!(world.room_for_a_reload()["iceServers"], renewed);
}

#[test]
fn who_was_removed_meanwhile_is_told_once() {
    let mut world = World::new();
    world.feed(join("daily"));
    world.connected();
    let mut message = joined(SELF, ROOM);
    message["removed"] = json!([OTHER]);
    world.receive(&message);
    assert_eq!(world.messages[0]["removed"], json!([OTHER]));
    assert_eq!(world.room_for_a_reload().get("removed"), None);
}

#[test]
fn an_error_about_one_message_is_told_and_nothing_more() {
    for code in [
        "unknown-participant",
        "rate-limited",
        "too-large",
        "bad-message",
    ] {
        let mut world = World::joined();
        world.receive(&error(code));
        assert_eq!(world.messages, [error(code)]);
        assert!(world.closed.is_empty() && world.statuses.is_empty());
    }
}

#[test]
fn signals_outside_a_room_go_nowhere() {
    let mut world = World::new();
    world.feed(signal(1));
    world.feed(join("daily"));
    world.feed(signal(2));
    world.connected();
    world.receive(&joined(SELF, ROOM));
    assert_eq!(world.sent_types(), ["join"]);
}

#[test]
fn what_is_not_the_wire_is_passed_over() {
    let mut world = World::joined();
    for frame in [json!({ "type": "news" }), json!([])] {
        world.receive(&frame);
    }
    assert!(world.messages.is_empty() && world.closed.is_empty());
}
