//! The rooms' invariants, under any order of joins, leaves, losses, resumes and time.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use maru_protocol::{
    ErrorCode, Incarnation, LeaveReason, ParticipantId, RoomId, limits::RESUME_WINDOW_MS,
};
use maru_signaling::{
    identity::Secret,
    rooms::{Effect, Identity, Rooms, Seat},
};
use proptest::prelude::*;
use uuid::Uuid;

const CAPACITY: usize = 3;
const MOST_ROOMS: usize = 2;

#[derive(Debug, Clone)]
enum Step {
    Join {
        client: u8,
        room: u8,
        resume: Option<u8>,
    },
    Leave {
        client: u8,
    },
    Lose {
        client: u8,
    },
    Signal {
        from: u8,
        to: u8,
    },
    Pass {
        milliseconds: u64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..8u8, 0..3u8, prop::option::of(0..8u8))
            .prop_map(|(client, room, resume)| Step::Join { client, room, resume }),
        2 => (0..8u8).prop_map(|client| Step::Leave { client }),
        2 => (0..8u8).prop_map(|client| Step::Lose { client }),
        3 => (0..8u8, 0..8u8).prop_map(|(from, to)| Step::Signal { from, to }),
        1 => (0..20_000u64).prop_map(|milliseconds| Step::Pass { milliseconds }),
    ]
}

/// What the world outside believes, kept as naively as possible.
#[derive(Default)]
struct World {
    seats: HashMap<u8, Seated>,
    /// Seats whose client is lost: (room, participant) → when it is given up.
    held: HashMap<(u8, ParticipantId), Duration>,
    secrets: HashMap<u8, (u8, ParticipantId, Secret)>,
    incarnations: HashSet<Incarnation>,
    now: Duration,
    counter: u128,
}

#[derive(Clone, Copy)]
struct Seated {
    room: u8,
    seat: Seat,
    incarnation: Incarnation,
}

impl World {
    fn in_room(&self, room: u8) -> usize {
        self.seats
            .values()
            .filter(|seated| seated.room == room)
            .count()
    }

    fn taken(&self, room: u8) -> usize {
        self.in_room(room) + self.held.keys().filter(|(held, _)| *held == room).count()
    }

    fn identity(&mut self) -> Identity {
        self.counter += 1;
        Identity {
            participant: ParticipantId(Uuid::from_u128(self.counter)),
            incarnation: Incarnation(Uuid::from_u128(self.counter << 64)),
            secret: Secret::from_bytes(self.counter.to_be_bytes()),
        }
    }

    fn vacated(&mut self, room: u8) {
        if self.in_room(room) == 0 {
            self.held.retain(|(held, _), _| *held != room);
        }
    }
}

fn room_id(room: u8) -> RoomId {
    RoomId::parse(&format!("room-{room}")).expect("valid")
}

fn apply(world: &mut World, rooms: &mut Rooms<u8>, step: Step) {
    let mut effects = Vec::new();
    match step {
        Step::Join {
            client,
            room,
            resume,
        } => {
            if world.seats.contains_key(&client) {
                return;
            }
            let identity = world.identity();
            let resume = resume.and_then(|of| world.secrets.get(&of).cloned());
            let text = resume.as_ref().map(|(_, _, secret)| secret.reveal());
            let returning = resume.filter(|(of_room, participant, _)| {
                *of_room == room
                    && (world.held.contains_key(&(room, *participant))
                        || world
                            .seats
                            .values()
                            .any(|s| s.room == room && s.seat.participant == *participant))
            });
            let others = world.taken(room);
            let existed = world.in_room(room) > 0;
            let made = rooms.join(
                client,
                &room_id(room),
                "n",
                text.as_deref(),
                identity.clone(),
                &mut effects,
            );
            let admission = match made {
                Ok(admission) => admission,
                Err(ErrorCode::RoomFull) => {
                    assert!(returning.is_none() && others == CAPACITY);
                    return;
                }
                Err(ErrorCode::ServerFull) => {
                    assert!(!existed && rooms.len() == MOST_ROOMS);
                    return;
                }
                Err(other) => panic!("unexpected {other}"),
            };
            assert_eq!(admission.resumed, returning.is_some());
            if let Some((_, participant, _)) = returning {
                assert_eq!(
                    admission.seat.participant, participant,
                    "resume gives the same ID back"
                );
                world.held.remove(&(room, participant));
                let old: Vec<u8> = world
                    .seats
                    .iter()
                    .filter(|(_, s)| s.room == room && s.seat.participant == participant)
                    .map(|(old, _)| *old)
                    .collect();
                let replaced: Vec<u8> = effects
                    .iter()
                    .filter_map(|e| {
                        if let Effect::Replaced(c) = e {
                            Some(*c)
                        } else {
                            None
                        }
                    })
                    .collect();
                assert_eq!(
                    old, replaced,
                    "a resume supersedes the old socket and only that"
                );
                for old in old {
                    world.seats.remove(&old);
                }
                assert_eq!(admission.others.len(), others - 1);
            } else {
                assert!(others < CAPACITY);
                let told = effects
                    .iter()
                    .filter(|e| matches!(e, Effect::Joined { .. }))
                    .count();
                assert_eq!(
                    told,
                    world.in_room(room),
                    "everybody connected is told, and nobody else"
                );
                assert_eq!(admission.others.len(), others);
            }
            assert_eq!(existed, world.incarnations.contains(&admission.incarnation));
            world.incarnations.insert(admission.incarnation);
            // A secret is good for one resume: the next one replaced it.
            world
                .secrets
                .retain(|_, (_, participant, _)| *participant != admission.seat.participant);
            world
                .secrets
                .insert(client, (room, admission.seat.participant, identity.secret));
            world.seats.insert(
                client,
                Seated {
                    room,
                    seat: admission.seat,
                    incarnation: admission.incarnation,
                },
            );
        }
        Step::Leave { client } => {
            let Some(seated) = world.seats.remove(&client) else {
                return;
            };
            rooms.leave(seated.seat, &client, &mut effects);
            world.vacated(seated.room);
            assert_eq!(effects.len(), world.in_room(seated.room));
            assert!(effects.iter().all(|e| matches!(
                e,
                Effect::Left {
                    reason: LeaveReason::Left,
                    ..
                }
            )));
        }
        Step::Lose { client } => {
            let Some(seated) = world.seats.remove(&client) else {
                return;
            };
            rooms.lost(world.now, seated.seat, &client);
            let until = world.now + Duration::from_millis(RESUME_WINDOW_MS);
            world
                .held
                .insert((seated.room, seated.seat.participant), until);
            world.vacated(seated.room);
        }
        Step::Signal { from, to } => {
            let (Some(a), Some(b)) = (world.seats.get(&from), world.seats.get(&to)) else {
                return;
            };
            let outcome = rooms.signal(a.seat, &from, b.seat.participant);
            if a.room == b.room {
                assert_eq!(
                    a.incarnation, b.incarnation,
                    "one room, one incarnation at a time"
                );
                assert_eq!(outcome, Ok(&to));
            } else {
                assert_eq!(
                    outcome,
                    Err(ErrorCode::UnknownParticipant),
                    "nothing crosses rooms"
                );
            }
        }
        Step::Pass { milliseconds } => {
            world.now += Duration::from_millis(milliseconds);
            rooms.tick(world.now, &mut effects);
            let now = world.now;
            let gone: Vec<_> = world
                .held
                .iter()
                .filter(|(_, until)| **until <= now)
                .map(|(key, _)| *key)
                .collect();
            let told: usize = gone.iter().map(|(room, _)| world.in_room(*room)).sum();
            assert_eq!(effects.len(), told);
            world.held.retain(|_, until| *until > now);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_room_is_exactly_its_people(steps in prop::collection::vec(step(), 1..120)) {
        let mut world = World::default();
        let mut rooms = Rooms::new(CAPACITY, MOST_ROOMS, Duration::from_millis(RESUME_WINDOW_MS));
        for step in steps {
            apply(&mut world, &mut rooms, step);
            let inhabited: HashSet<u8> = world.seats.values().map(|seated| seated.room).collect();
            prop_assert_eq!(rooms.len(), inhabited.len(), "a room exists if and only if somebody is in it");
            prop_assert_eq!(rooms.participants(), world.seats.len());
            for room in inhabited {
                prop_assert!(world.taken(room) <= CAPACITY);
            }
        }
        let clients: Vec<u8> = world.seats.keys().copied().collect();
        for client in clients {
            apply(&mut world, &mut rooms, Step::Leave { client });
        }
        prop_assert!(rooms.is_empty());
    }

    #[test]
    fn a_stale_seat_reaches_nobody(steps in prop::collection::vec(step(), 1..80)) {
        let mut world = World::default();
        let mut rooms = Rooms::new(CAPACITY, MOST_ROOMS, Duration::from_millis(RESUME_WINDOW_MS));
        let mut stale: Vec<(u8, Seat)> = Vec::new();
        for step in steps {
            let before: Vec<(u8, Seat)> = world.seats.iter().map(|(c, s)| (*c, s.seat)).collect();
            apply(&mut world, &mut rooms, step);
            stale.extend(before.into_iter().filter(|(c, seat)| {
                world.seats.get(c).is_none_or(|now| now.seat != *seat)
            }));
            for (client, seat) in &stale {
                if world.seats.get(client).is_some_and(|now| now.seat == *seat) {
                    continue; // resumed by the same client
                }
                for seated in world.seats.values() {
                    prop_assert_eq!(
                        rooms.signal(*seat, client, seated.seat.participant),
                        Err(ErrorCode::NotJoined)
                    );
                }
            }
        }
    }
}
