use maru_protocol::limits::DEAD_AFTER_MS;
use serde_json::json;

use super::harness::{Harness, ROOM, SELF, disconnect, error, join, joined};
use crate::session::{Event, Status, backoff, timing::STABLE_AFTER};

#[test]
fn a_lost_connection_is_resumed() {
    let mut harness = Harness::joined();
    harness.lose_connection(None);
    assert!(matches!(
        harness.status(),
        Status::Reconnecting {
            attempt: 1,
            retry_at: Some(_),
            ..
        }
    ));
    harness.advance(backoff::INITIAL_DELAY);
    assert!(matches!(
        harness.status(),
        Status::Reconnecting {
            attempt: 1,
            retry_at: None,
            ..
        }
    ));
    harness.connected();
    assert_eq!(harness.sent[0]["resume"], "secret");
    harness.receive(&joined(SELF, ROOM));
    assert_eq!(harness.status(), &Status::Online);
}

/// The server may have handled a resume whose answer is lost; it accepts the secret again.
#[test]
fn a_resume_without_an_answer_is_repeated_with_the_same_secret() {
    let mut harness = Harness::joined();
    for _ in 0..3 {
        harness.sent.clear();
        harness.lose_connection(None);
        harness.advance(backoff::MAX_DELAY);
        harness.connected();
        assert_eq!(harness.sent[0]["resume"], "secret");
    }
    let mut answer = joined(SELF, ROOM);
    answer["resume"] = "another".into();
    harness.receive(&answer);
    harness.sent.clear();
    harness.lose_connection(None);
    harness.advance(backoff::MAX_DELAY);
    harness.connected();
    assert_eq!(harness.sent[0]["resume"], "another");
}

#[test]
fn a_server_that_shuts_down_is_retried_at_once() {
    let mut harness = Harness::joined();
    harness.advance(STABLE_AFTER);
    harness.receive(&error("shutting-down"));
    let Status::Reconnecting {
        attempt: 1,
        retry_at: Some(at),
        ..
    } = harness.status()
    else {
        panic!("{:?}", harness.status());
    };
    assert!(at - harness.now <= backoff::INITIAL_DELAY);
}

#[test]
fn transient_errors_are_retried() {
    for code in [
        "server-full",
        "too-many-connections",
        "rate-limited",
        "timed-out",
    ] {
        let mut harness = Harness::new();
        harness.handle(join("daily"));
        harness.connected();
        harness.receive(&error(code));
        assert!(
            matches!(harness.status(), Status::Reconnecting { .. }),
            "{code}"
        );
    }
}

#[test]
fn a_server_that_drops_everybody_is_retried_ever_more_rarely() {
    let mut harness = Harness::joined();
    let start = harness.now;
    let mut attempts = 0;
    while harness.now < start + 60_000 {
        harness.lose_connection(None);
        harness.advance(backoff::MAX_DELAY);
        harness.connected();
        harness.receive(&joined(SELF, ROOM));
        attempts += 1;
    }
    assert!(attempts < 20, "{attempts} attempts in a minute");
    harness.advance(STABLE_AFTER);
    harness.lose_connection(None);
    assert!(matches!(
        harness.status(),
        Status::Reconnecting { attempt: 1, .. }
    ));
}

#[test]
fn events_of_an_earlier_connection_are_ignored() {
    let mut harness = Harness::joined();
    let old = harness.connection.unwrap();
    harness.advance(DEAD_AFTER_MS);
    harness.advance(backoff::INITIAL_DELAY);
    harness.clear_effects();
    harness.handle(Event::Frame(old, json!({ "type": "left" }).to_string()));
    harness.handle(Event::Closed(old, disconnect(None)));
    harness.handle(Event::Connected {
        connection: old,
        local: None,
    });
    assert!(harness.messages.is_empty() && harness.statuses.is_empty() && harness.sent.is_empty());
}

#[test]
fn leaving_while_reconnecting_stops_the_session() {
    let mut harness = Harness::joined();
    harness.lose_connection(None);
    harness.handle(Event::Leave);
    assert_eq!(harness.status(), &Status::Idle);
    assert_eq!(harness.session.deadline(), None);
    harness.handle(join("daily"));
    harness.connected();
    assert!(
        harness.sent[0].get("resume").is_none(),
        "the old room is forgotten"
    );
}
