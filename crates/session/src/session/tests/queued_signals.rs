use serde_json::json;

use super::harness::{Harness, OTHER, ROOM, SELF, joined, signal, signal_as, signal_frame};
use crate::session::{
    backoff,
    outbox::{MAX_BYTES, MAX_FRAMES},
};

const NEW_SELF: &str = "00000000-0000-4000-8000-000000000009";
const NEW_ROOM: &str = "00000000-0000-7000-8000-0000000000bb";

#[test]
fn queued_signals_are_sent_only_to_a_resumed_participant() {
    for (own, room, delivered) in [
        (SELF, ROOM, true),
        (NEW_SELF, ROOM, false),
        (SELF, NEW_ROOM, false),
        (NEW_SELF, NEW_ROOM, false),
    ] {
        let mut harness = Harness::joined();
        harness.lose_connection(None);
        harness.handle(signal(1));
        harness.advance(backoff::INITIAL_DELAY);
        harness.handle(signal(2));
        harness.connected();
        harness.handle(signal(3));
        harness.clear_effects();
        harness.receive(&joined(own, room));
        let data: Vec<_> = harness
            .sent
            .iter()
            .map(|frame| frame["data"].clone())
            .collect();
        assert_eq!(
            data,
            if delivered {
                vec![json!(1), json!(2), json!(3)]
            } else {
                vec![]
            }
        );
    }
}

#[test]
fn signals_of_an_earlier_participant_id_are_dropped() {
    let mut harness = Harness::joined();
    harness.lose_connection(None);
    harness.advance(backoff::INITIAL_DELAY);
    harness.connected();
    harness.clear_effects();
    harness.receive(&joined(NEW_SELF, ROOM));
    // From an application that does not know the new ID yet.
    harness.handle(signal(1));
    harness.handle(signal_as(NEW_SELF, 2));
    let data: Vec<_> = harness.sent.iter().map(|frame| &frame["data"]).collect();
    assert_eq!(data, [&json!(2)]);
}

#[test]
fn the_queue_is_bounded_and_keeps_the_oldest() {
    let mut harness = Harness::joined();
    harness.lose_connection(None);
    for number in 0..10_000 {
        harness.handle(signal(number));
    }
    assert_eq!(harness.session.outbox.len(), MAX_FRAMES);
    harness.advance(backoff::INITIAL_DELAY);
    harness.connected();
    harness.clear_effects();
    harness.receive(&joined(SELF, ROOM));
    assert_eq!(harness.sent.len(), MAX_FRAMES);
    assert_eq!(harness.sent[0]["data"], 0);

    harness.lose_connection(None);
    let data = "x".repeat(32 * 1024 - 2);
    let frame = json!({ "type": "signal", "to": OTHER, "data": data }).to_string();
    for _ in 0..MAX_FRAMES {
        harness.handle(signal_frame(SELF, frame.clone()));
    }
    assert_eq!(harness.session.outbox.len(), MAX_BYTES / frame.len());
}
