use maru_protocol::limits::{DEAD_AFTER_MS, PING_INTERVAL_MS};
use serde_json::json;

use super::harness::{Harness, join, signal};
use crate::session::{
    Event, Status, backoff,
    timing::{CONNECT_TIMEOUT, JOIN_TIMEOUT},
};

#[test]
fn a_silent_connection_is_pinged_and_then_replaced() {
    let mut harness = Harness::joined();
    harness.advance(PING_INTERVAL_MS);
    assert_eq!(harness.sent_types(), ["ping"]);
    harness.receive(&json!({ "type": "pong" }));
    assert!(harness.messages.is_empty(), "the heartbeat is not reported");
    harness.clear_effects();
    harness.advance(DEAD_AFTER_MS - 1);
    assert!(harness.closed.is_empty());
    harness.advance(1);
    assert_eq!(harness.closed.len(), 1);
    assert!(matches!(harness.status(), Status::Reconnecting { .. }));
}

#[test]
fn a_server_that_never_sends_is_detected() {
    let mut harness = Harness::joined();
    let start = harness.now;
    // We send all the time, so that no ping is due for a silence of ours.
    while harness.closed.is_empty() && harness.now < start + 60_000 {
        harness.handle(signal(0));
        harness.advance(1_000);
    }
    assert!(harness.now - start <= DEAD_AFTER_MS + 1_000);
    assert!(harness.sent_types().contains(&"ping"), "no ping");
}

#[test]
fn websocket_control_frames_keep_the_connection() {
    let mut harness = Harness::joined();
    for _ in 0..20 {
        harness.advance(DEAD_AFTER_MS / 2);
        let connection = harness.connection.unwrap();
        harness.handle(Event::ControlFrame(connection));
    }
    assert!(harness.closed.is_empty());
}

#[test]
fn connecting_and_joining_time_out() {
    let mut harness = Harness::new();
    harness.handle(join("daily"));
    harness.advance(CONNECT_TIMEOUT);
    assert_eq!(harness.closed.len(), 1);
    harness.advance(backoff::INITIAL_DELAY);
    harness.connected();
    harness.advance(JOIN_TIMEOUT);
    assert_eq!(harness.closed.len(), 2);
    assert!(matches!(
        harness.status(),
        Status::Reconnecting { attempt: 2, .. }
    ));
}
