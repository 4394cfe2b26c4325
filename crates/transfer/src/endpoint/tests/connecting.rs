//! Connections that begin, carry nothing, and end.

use std::time::Duration;

use super::{
    super::*,
    lone::{Lone, id_of, offer},
};

#[test]
fn a_transfer_after_a_quiet_time_is_no_reason_to_close() {
    let mut lone = Lone::connected();
    lone.pass(Duration::from_secs(30));
    lone.give_offer(1, &[5]);
    lone.pass(Duration::from_secs(9));
    assert_eq!(lone.closed, None, "nothing was due to arrive before");
    lone.pass(Duration::from_secs(2));
    assert_eq!(lone.closed, Some(CloseReason::Silent));
}

#[test]
fn a_connection_to_somebody_who_knows_no_transfer_is_idle() {
    let mut lone = Lone::sending(&[5]);
    lone.endpoint.on_disconnected();
    lone.connect();
    // The partner answers, but has no tag.
    for _ in 0..59 {
        lone.pass(Duration::from_secs(1));
        lone.say(&ControlMessage::Pong { at: 0 });
        assert_eq!(lone.closed, None);
    }
    lone.pass(Duration::from_secs(2));
    assert_eq!(lone.closed, Some(CloseReason::Idle));
}

#[test]
fn an_offer_that_was_withdrawn_without_a_connection_is_withdrawn_on_the_next() {
    let mut lone = Lone::connected();
    lone.give_offer(1, &[5]);
    lone.endpoint.on_disconnected();
    lone.endpoint.cancel(id_of(1), Role::Sender, lone.now);
    lone.drain();
    lone.heard();
    for _ in 0..2 {
        lone.connect();
        let withdrawn = lone
            .heard()
            .iter()
            .any(|of| matches!(of, ControlMessage::Cancel { id, .. } if *id == id_of(1)));
        assert!(withdrawn, "it may be lost with each");
        lone.endpoint.on_disconnected();
    }
}

#[test]
fn an_offer_before_a_connection_is_sent_once() {
    let mut lone = Lone::new();
    lone.give_offer(1, &[5]);
    let later = offer(1, &[5]).to_message();
    assert!(!lone.heard().contains(&later));
    lone.connect();
    let offers = lone.heard().into_iter().filter(|of| *of == later).count();
    assert_eq!(offers, 1);
}
