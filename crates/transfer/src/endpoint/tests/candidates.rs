//! Transfers of earlier days, which the application keeps until their partner is found.

use super::{
    super::*,
    lone::{HERE, Lone, hello, id_of, manifest, offer},
};
use crate::{
    control::{Secret, Wanted},
    limits::MAX_TRANSFERS,
};

const THEIRS: Secret = Secret([7; 32]);

fn key(number: u8) -> ResumeKey {
    ResumeKey::new(&Secret([number; 32]), &THEIRS, &id_of(number))
}

fn with_candidate(role: Role) -> Lone {
    let mut lone = Lone::new();
    let candidates = vec![(id_of(1), role, key(1))];
    lone.endpoint.on_connected(HERE, candidates, lone.now);
    lone.say(&hello());
    lone
}

fn add_sending(lone: &mut Lone) {
    let outgoing = Outgoing {
        offer: offer(1, &[5]),
        sizes: [5].into(),
        partner_secret: Some(THEIRS),
        paused: false,
        failed: crate::FailedEntries::default(),
    };
    lone.endpoint.send_transfer(outgoing, lone.now);
    lone.drain();
}

fn add_receiving(lone: &mut Lone) {
    let incoming = Incoming {
        offer: offer(1, &[5]),
        secret: THEIRS,
        restored: Restored::default(),
        paused: false,
    };
    lone.endpoint.receive_transfer(incoming, lone.now);
    lone.drain();
}

#[test]
fn a_sender_that_was_not_told_of_the_end_is_told_later() {
    let id = id_of(1);
    for (message, outcome) in [
        (ControlMessage::Done { id }, Outcome::Done),
        (
            ControlMessage::Cancel {
                id,
                code: Open::Known(Code::Cancelled),
            },
            Outcome::Cancelled {
                by_partner: true,
                code: Open::Known(Code::Cancelled),
            },
        ),
    ] {
        // The partner does not announce what is over for it.
        let mut lone = with_candidate(Role::Sender);
        lone.say(&message);
        assert!(lone.events.contains(&Event::Found(id, Role::Sender)));
        add_sending(&mut lone);
        let role = Role::Sender;
        assert!(lone.events.contains(&Event::Ended { id, role, outcome }));
    }
}

#[test]
fn a_transfer_that_is_loaded_when_a_connection_begins_is_announced_later() {
    let mut lone = Lone::connected();
    lone.heard();
    add_receiving(&mut lone);
    let tags = vec![key(1).own_tag(Role::Receiver, &HERE)];
    assert!(lone.heard().contains(&ControlMessage::Known { tags }));
    // And the partner understands a second list.
    let (id, role) = (id_of(1), Role::Receiver);
    for tags in [vec![], vec![key(1).partner_tag(role, &HERE)]] {
        let state = lone.endpoint.progress(id, role).map(|of| of.state);
        assert_eq!(state, Some(State::Waiting));
        lone.say(&ControlMessage::Known { tags });
    }
    let state = lone.endpoint.progress(id, role).map(|of| of.state);
    assert_eq!(state, Some(State::Active));
}

#[test]
fn a_transfer_that_becomes_a_candidate_later_is_announced_and_found() {
    let (id, role) = (id_of(1), Role::Receiver);
    let found = Event::Found(id, role);
    let theirs = ControlMessage::Known {
        tags: vec![key(1).partner_tag(role, &HERE)],
    };
    for is_known_before in [true, false] {
        let mut lone = Lone::connected();
        if is_known_before {
            lone.say(&theirs);
        }
        lone.heard();
        lone.endpoint.add_candidate(id, role, key(1), lone.now);
        lone.drain();
        let tags = vec![key(1).own_tag(role, &HERE)];
        assert!(lone.heard().contains(&ControlMessage::Known { tags }));
        assert_eq!(lone.events.contains(&found), is_known_before);
        if !is_known_before {
            lone.say(&theirs);
            assert!(lone.events.contains(&found));
        }
        // Nothing is announced twice.
        lone.endpoint.add_candidate(id, role, key(1), lone.now);
        lone.drain();
        let heard = lone.heard();
        assert!(
            !heard
                .iter()
                .any(|it| matches!(it, ControlMessage::Known { .. }))
        );
    }
}

#[test]
fn a_transfer_that_was_found_while_another_endpoint_had_it_is_found_again() {
    let (id, role) = (id_of(1), Role::Receiver);
    let mut lone = with_candidate(role);
    let tags = vec![key(1).partner_tag(role, &HERE)];
    lone.say(&ControlMessage::Known { tags });
    let found = Event::Found(id, role);
    assert!(lone.events.contains(&found));
    lone.events.clear();
    lone.endpoint.add_candidate(id, role, key(1), lone.now);
    lone.drain();
    assert!(lone.events.contains(&found));
}

#[test]
fn a_transfer_that_is_added_before_its_partner_is_found_is_no_candidate_any_more() {
    let (id, role) = (id_of(1), Role::Receiver);
    let mut lone = with_candidate(role);
    add_receiving(&mut lone);
    let tag = key(1).partner_tag(role, &HERE);
    lone.say(&ControlMessage::Known { tags: vec![tag] });
    assert!(!lone.events.contains(&Event::Found(id, role)));
    lone.heard();
    lone.say(&manifest(1, 0, &[5], true));
    let wanted = Wanted::Count(Some(1));
    let entry = 0;
    assert!(
        lone.heard()
            .contains(&ControlMessage::Want { id, entry, wanted })
    );
}

#[test]
fn a_transfer_that_is_loaded_after_it_was_offered_again_goes_on() {
    let mut lone = Lone::connected();
    lone.say(&offer(1, &[5]).to_message());
    lone.heard();
    add_receiving(&mut lone);
    let (id, role) = (id_of(1), Role::Receiver);
    let accept = ControlMessage::Accept { id, secret: THEIRS };
    assert!(lone.heard().contains(&accept));
    lone.say(&manifest(1, 0, &[5], true));
    lone.send(&[(1, 0, super::lone::data(0, 3))]);
    // Once more changes nothing.
    add_receiving(&mut lone);
    let progress = lone.endpoint.progress(id, role).unwrap();
    assert_eq!((progress.state, progress.transferred), (State::Active, 3));
}

#[test]
fn an_offer_that_was_accepted_is_not_asked_about_again() {
    let id = id_of(1);
    // The sender never got `accept`: it has no key, and announces nothing.
    let mut lone = with_candidate(Role::Receiver);
    lone.say(&offer(1, &[5]).to_message());
    lone.say(&manifest(1, 0, &[5], true));
    assert!(!lone.events.contains(&Event::Offered(id)));
    assert!(lone.events.contains(&Event::Found(id, Role::Receiver)));
    lone.heard();
    add_receiving(&mut lone);
    let heard = lone.heard();
    let accept = ControlMessage::Accept { id, secret: THEIRS };
    assert!(heard.contains(&accept), "{heard:?}");
    let wanted = Wanted::Count(Some(1));
    let entry = 0;
    assert!(heard.contains(&ControlMessage::Want { id, entry, wanted }));
}

#[test]
fn what_waits_for_a_transfer_to_be_added_is_bounded() {
    let mut lone = Lone::new();
    let numbers = 1..=u8::try_from(MAX_TRANSFERS).unwrap();
    let candidates = numbers
        .clone()
        .map(|number| (id_of(number), Role::Sender, key(number)))
        .collect();
    lone.endpoint.on_connected(HERE, candidates, lone.now);
    lone.say(&hello());
    let mirrored = Fingerprints {
        own: HERE.partner,
        partner: HERE.own,
    };
    let tags = numbers
        .map(|number| key(number).own_tag(Role::Receiver, &mirrored))
        .collect();
    lone.say(&ControlMessage::Known { tags });
    let groups: Vec<String> = (0..900).map(|at| format!("[{},1]", at * 2)).collect();
    let mut bytes = 0;
    for at in 0u32..10_000 {
        let text = format!(
            r#"{{"type":"want","id":"{}","entry":0,"groups":[{}]}}"#,
            id_of(1 + u8::try_from(at % 64).unwrap()),
            groups.join(",")
        );
        bytes += text.len();
        lone.say_text(text.as_bytes());
        if lone.closed.is_some() {
            break;
        }
    }
    let reason = CloseReason::Violation(Violation::TooMuchAtOnce);
    assert_eq!(lone.closed, Some(reason));
    assert!(bytes < 5 << 20, "{bytes}");
}
