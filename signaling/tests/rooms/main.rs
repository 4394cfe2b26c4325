//! The invariants of `Rooms`, for any sequence of joins, leaves, disconnects, resumes and elapsed time.

mod model;

use std::{collections::HashSet, time::Duration};

use maru_protocol::{ErrorCode, Incarnation, LeaveReason, ParticipantId, RoomId};
use maru_signaling::{
    identity::{Identity, Secret},
    rooms::{Admission, Effect, MAX_UNDELIVERED_BYTES, Membership, Rooms},
};
use model::{CAPACITY, Model, RESUME_WINDOW, Step, new_rooms, step};
use proptest::prelude::*;
use uuid::Uuid;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_room_exists_if_and_only_if_somebody_is_connected_in_it(
        steps in prop::collection::vec(step(), 1..120)
    ) {
        let mut model = Model::default();
        let mut rooms = new_rooms();
        for step in steps {
            model.apply(&mut rooms, step);
            let occupied: HashSet<u8> = model.members.values().map(|member| member.room).collect();
            prop_assert_eq!(rooms.len(), occupied.len());
            prop_assert_eq!(rooms.connected_participants(), model.members.len());
            for room in occupied {
                prop_assert!(model.participants_in(room) <= CAPACITY);
            }
        }
        let clients: Vec<u8> = model.members.keys().copied().collect();
        for client in clients {
            model.apply(&mut rooms, Step::Leave { client });
        }
        prop_assert!(rooms.is_empty());
    }

    #[test]
    fn a_stale_membership_reaches_nobody(steps in prop::collection::vec(step(), 1..80)) {
        let mut model = Model::default();
        let mut rooms = new_rooms();
        let mut stale: Vec<(u8, Membership)> = Vec::new();
        for step in steps {
            let before: Vec<(u8, Membership)> = model
                .members
                .iter()
                .map(|(client, member)| (*client, member.membership))
                .collect();
            model.apply(&mut rooms, step);
            let is_current = |client: &u8, membership: &Membership| {
                model.members.get(client).is_some_and(|now| now.membership == *membership)
            };
            stale.extend(
                before.into_iter().filter(|(client, membership)| !is_current(client, membership)),
            );
            for (client, membership) in &stale {
                // Resumed by the same client.
                if is_current(client, membership) {
                    continue;
                }
                for receiver in model.members.values() {
                    prop_assert_eq!(
                        rooms.receiver(*membership, client, receiver.membership.participant),
                        Err(ErrorCode::NotJoined)
                    );
                }
            }
        }
    }
}

const SENDER: u8 = 1;
const RECEIVER: u8 = 2;

/// A room of two clients; the secret is the receiver's.
fn two_members() -> (Rooms<u8>, [Membership; 2], Secret) {
    let mut rooms = new_rooms();
    let memberships = [SENDER, RECEIVER].map(|client| join(&mut rooms, client, None).membership);
    (rooms, memberships, identity(RECEIVER).secret)
}

fn join(rooms: &mut Rooms<u8>, client: u8, resume: Option<&str>) -> Admission {
    let id = RoomId::parse("daily").expect("valid");
    rooms
        .join(client, &id, "", resume, identity(client), &mut Vec::new())
        .expect("admitted")
}

fn identity(client: u8) -> Identity {
    let number = u128::from(client);
    Identity {
        participant: ParticipantId(Uuid::from_u128(number)),
        incarnation: Incarnation(Uuid::from_u128(number << 64)),
        secret: Secret::from_bytes(number.to_be_bytes()),
    }
}

/// An answer to a resume can be lost with its socket: the client still has the secret before.
#[test]
fn a_secret_is_valid_until_the_next_one_is_used() {
    let (mut rooms, [_, receiver], first) = two_members();
    rooms.disconnect(Duration::ZERO, receiver, &RECEIVER);
    let resume = |rooms: &mut Rooms<u8>, client: u8, secret: &Secret| {
        let admission = join(rooms, client, Some(&secret.reveal()));
        admission.resumed && admission.membership.participant == receiver.participant
    };
    assert!(resume(&mut rooms, 3, &first));
    assert!(resume(&mut rooms, 4, &first), "the first answer was lost");
    assert!(
        !resume(&mut rooms, 5, &identity(3).secret),
        "the secret of the lost answer is not valid any more: nobody has it"
    );
    assert!(resume(&mut rooms, 6, &identity(4).secret));
    assert!(resume(&mut rooms, 7, &identity(4).secret));
}

#[test]
fn a_secret_ends_when_the_next_one_is_used() {
    let (mut rooms, _, first) = two_members();
    assert!(join(&mut rooms, 3, Some(&first.reveal())).resumed);
    assert!(join(&mut rooms, 4, Some(&identity(3).secret.reveal())).resumed);
    assert!(!join(&mut rooms, 5, Some(&first.reveal())).resumed);
}

#[test]
fn a_full_room_says_when_a_kept_seat_becomes_free() {
    let (mut rooms, [_, receiver], _) = two_members();
    let third = join(&mut rooms, 3, None).membership;
    let id = RoomId::parse("daily").expect("valid");
    let nobody_silent = |_: &u8| None;
    assert_eq!(rooms.seat_free_at(&id, nobody_silent), None);
    rooms.disconnect(Duration::from_secs(5), receiver, &RECEIVER);
    rooms.disconnect(Duration::from_secs(7), third, &3);
    let earliest = Some(Duration::from_secs(5) + RESUME_WINDOW);
    assert_eq!(rooms.seat_free_at(&id, nobody_silent), earliest);
    // A connection of which nothing was received for some time ends sooner than those windows.
    let sender_dies = |client: &u8| (*client == SENDER).then_some(Duration::from_secs(1));
    assert_eq!(
        rooms.seat_free_at(&id, sender_dies),
        Some(Duration::from_secs(1) + RESUME_WINDOW)
    );
    let other = RoomId::parse("other").expect("valid");
    assert_eq!(rooms.seat_free_at(&other, nobody_silent), None);
}

#[test]
fn undelivered_signals_are_stored_up_to_the_limit_and_returned_by_the_resume() {
    let (mut rooms, [sender, receiver], secret) = two_members();
    rooms.disconnect(Duration::ZERO, receiver, &RECEIVER);
    let store = |rooms: &mut Rooms<u8>, frames: &[u8]| {
        rooms
            .store_undelivered(sender, &SENDER, receiver.participant, None, frames)
            .map(|resumed| resumed.copied())
    };
    assert_eq!(store(&mut rooms, &[1; MAX_UNDELIVERED_BYTES - 1]), Ok(None));
    assert_eq!(
        store(&mut rooms, &[2; 2]),
        Err(ErrorCode::UnknownParticipant)
    );
    assert_eq!(store(&mut rooms, &[3; 1]), Ok(None));
    let admission = join(&mut rooms, 3, Some(&secret.reveal()));
    assert_eq!(admission.undelivered.len(), MAX_UNDELIVERED_BYTES);
    assert_eq!(admission.undelivered.last(), Some(&3));
    assert_eq!(
        store(&mut rooms, &[4]),
        Ok(Some(3)),
        "the connection that resumed, to send the frames to"
    );
}

#[test]
fn undelivered_signals_are_deleted_with_their_participant() {
    let (mut rooms, [sender, receiver], secret) = two_members();
    rooms.disconnect(Duration::ZERO, receiver, &RECEIVER);
    let stored = rooms.store_undelivered(
        sender,
        &SENDER,
        receiver.participant,
        None,
        b"for the lost one",
    );
    assert_eq!(stored, Ok(None));
    let mut effects = Vec::new();
    rooms.remove_expired(RESUME_WINDOW, &mut effects);
    let left = Effect::ParticipantLeft {
        to: SENDER,
        participant: receiver.participant,
        reason: LeaveReason::Lost,
    };
    assert_eq!(effects, [left]);
    assert_eq!(
        rooms.store_undelivered(sender, &SENDER, receiver.participant, None, b"late"),
        Err(ErrorCode::UnknownParticipant)
    );
    let admission = join(&mut rooms, 3, Some(&secret.reveal()));
    assert!(!admission.resumed && admission.undelivered.is_empty());
}
