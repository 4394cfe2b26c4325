//! Disks that are not there: the other side learns why a transfer waits, also before it can be added.

use super::{
    super::*,
    lone::{HERE, Lone, hello, id_of, offer},
};
use crate::control::Secret;

const THEIRS: Secret = Secret([7; 32]);
const ROLE: Role = Role::Receiver;

fn key() -> ResumeKey {
    ResumeKey::new(&Secret([1; 32]), &THEIRS, &id_of(1))
}

/// A connection on which a transfer of an earlier one is found.
fn find(lone: &mut Lone) {
    let candidates = vec![(id_of(1), ROLE, key())];
    lone.endpoint.on_connected(HERE, candidates, lone.now);
    lone.say(&hello());
    let tags = vec![key().partner_tag(ROLE, &HERE)];
    lone.say(&ControlMessage::Known { tags });
    assert!(lone.events.contains(&Event::Found(id_of(1), ROLE)));
    lone.heard();
}

fn add(lone: &mut Lone, paused: bool) {
    let incoming = Incoming {
        offer: offer(1, &[5]),
        secret: THEIRS,
        restored: Restored::default(),
        paused,
    };
    lone.endpoint.receive_transfer(incoming, lone.now);
    lone.drain();
}

fn problem(lone: &mut Lone, code: Code) -> Vec<ControlMessage> {
    lone.endpoint.on_disk_problem(id_of(1), code, lone.now);
    lone.drain();
    lone.heard()
}

fn error(code: Code) -> ControlMessage {
    ControlMessage::Error {
        id: Some(id_of(1)),
        entry: None,
        code: Open::Known(code),
        text: String::new(),
    }
}

fn cancel() -> ControlMessage {
    ControlMessage::Cancel {
        id: id_of(1),
        code: Open::Known(Code::Cancelled),
    }
}

/// The messages that pause a transfer or let it go on, in their order.
fn pauses(heard: Vec<ControlMessage>) -> Vec<ControlMessage> {
    let is_pause = |message: &ControlMessage| {
        matches!(
            message,
            ControlMessage::Pause { .. }
                | ControlMessage::Resume { .. }
                | ControlMessage::Error { .. }
        )
    };
    heard.into_iter().filter(is_pause).collect()
}

#[test]
fn the_sender_learns_why_a_transfer_that_was_found_waits_and_when_it_goes_on() {
    let id = id_of(1);
    for paused in [false, true] {
        let mut lone = Lone::new();
        find(&mut lone);
        assert_eq!(problem(&mut lone, Code::Missing), [error(Code::Missing)]);
        assert_eq!(problem(&mut lone, Code::Missing), [], "once");
        assert_eq!(problem(&mut lone, Code::Denied), [error(Code::Denied)]);
        add(&mut lone, paused);
        let mut expected = vec![ControlMessage::Resume { id }];
        expected.extend(paused.then_some(ControlMessage::Pause { id }));
        assert_eq!(pauses(lone.heard()), expected);
        assert_eq!(
            lone.endpoint.progress(id, ROLE).unwrap().state,
            if paused { State::Paused } else { State::Active }
        );
    }
}

#[test]
fn nothing_is_said_of_a_transfer_that_was_not_found_or_had_no_problem() {
    let mut lone = Lone::connected();
    lone.heard();
    assert_eq!(problem(&mut lone, Code::Missing), []);
    let mut lone = Lone::new();
    find(&mut lone);
    add(&mut lone, false);
    assert_eq!(pauses(lone.heard()), []);
}

#[test]
fn the_sender_learns_it_again_on_the_next_connection() {
    let mut lone = Lone::new();
    find(&mut lone);
    problem(&mut lone, Code::Missing);
    find(&mut lone);
    assert_eq!(problem(&mut lone, Code::Missing), [error(Code::Missing)]);
}

#[test]
fn a_sender_is_paused_by_the_disk_of_a_receiver_until_it_goes_on() {
    let id = id_of(1);
    let mut lone = Lone::sending(&[5]);
    let stands = |lone: &Lone| {
        let progress = lone.endpoint.progress(id, Role::Sender).unwrap();
        (progress.state, progress.pauses.problem_there)
    };
    let missing = Some(Open::Known(Code::Missing));
    lone.say(&error(Code::Missing));
    assert_eq!(stands(&lone), (State::Paused, missing));
    lone.say(&ControlMessage::Resume { id });
    assert_eq!(stands(&lone), (State::Active, None));
}

#[test]
fn a_transfer_that_waits_for_its_disk_can_be_cancelled_by_the_sender() {
    let ended = Event::Ended {
        id: id_of(1),
        role: ROLE,
        outcome: Outcome::Cancelled {
            by_partner: true,
            code: Open::Known(Code::Cancelled),
        },
    };
    let mut lone = Lone::new();
    find(&mut lone);
    problem(&mut lone, Code::Missing);
    lone.say(&cancel());
    assert!(lone.events.contains(&ended));
    // One that is being added has an end of its own.
    let mut lone = Lone::new();
    find(&mut lone);
    lone.say(&cancel());
    assert!(!lone.events.contains(&ended));
    add(&mut lone, false);
    assert_eq!(lone.events.iter().filter(|of| **of == ended).count(), 1);
}

#[test]
fn another_reason_is_told_and_the_same_one_is_not() {
    let mut lone = Lone::receiving(&[5]);
    lone.heard();
    assert_eq!(
        problem(&mut lone, Code::Unwritable),
        [error(Code::Unwritable)]
    );
    assert_eq!(problem(&mut lone, Code::Unwritable), []);
    assert_eq!(problem(&mut lone, Code::Missing), [error(Code::Missing)]);
    let progress = lone.endpoint.progress(id_of(1), ROLE).unwrap();
    assert_eq!(progress.pauses.problem_here, Some(Code::Missing));
}

#[test]
fn what_a_disk_can_never_take_is_over_on_both_sides_once() {
    let (id, code) = (id_of(1), Open::Known(Code::Limit));
    let mut lone = Lone::receiving(&[5]);
    lone.heard();
    for _ in 0..2 {
        lone.endpoint.on_disk_failed(id, Code::Limit, lone.now);
        lone.drain();
    }
    let cancel = ControlMessage::Cancel {
        id,
        code: code.clone(),
    };
    assert_eq!(lone.heard(), [cancel]);
    let by_partner = false;
    let outcome = Outcome::Cancelled { by_partner, code };
    let (role, ended) = (ROLE, |of: &&Event| matches!(of, Event::Ended { .. }));
    let events: Vec<&Event> = lone.events.iter().filter(ended).collect();
    assert_eq!(events, [&Event::Ended { id, role, outcome }]);
    assert!(lone.endpoint.progress(id, ROLE).is_none());
}
