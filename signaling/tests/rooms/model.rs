//! A simple model of the rooms. [`Model::apply`] does the same step in the model and in `Rooms`, and compares.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use maru_protocol::{
    ErrorCode, Incarnation, LeaveReason, ParticipantId, RoomId, limits::RESUME_WINDOW_MS,
};
use maru_signaling::{
    identity::{Identity, Secret},
    rooms::{Admission, Effect, Membership, Rooms},
};
use proptest::prelude::*;
use uuid::Uuid;

pub(crate) const CAPACITY: usize = 3;
pub(crate) const MAX_ROOMS: usize = 2;
pub(crate) const RESUME_WINDOW: Duration = Duration::from_millis(RESUME_WINDOW_MS);

pub(crate) fn new_rooms() -> Rooms<u8> {
    Rooms::new(CAPACITY, MAX_ROOMS, RESUME_WINDOW)
}

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Join {
        client: u8,
        room: u8,
        /// The client whose secret is presented, and which one: the latest, or the one before, as if the answer with
        /// the latest was lost.
        resume: Option<(u8, bool)>,
    },
    Leave {
        client: u8,
    },
    Disconnect {
        client: u8,
    },
    Signal {
        from: u8,
        to: u8,
    },
    Elapse {
        milliseconds: u64,
    },
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..8u8, 0..3u8, prop::option::of((0..8u8, any::<bool>())))
            .prop_map(|(client, room, resume)| Step::Join { client, room, resume }),
        2 => (0..8u8).prop_map(|client| Step::Leave { client }),
        2 => (0..8u8).prop_map(|client| Step::Disconnect { client }),
        3 => (0..8u8, 0..8u8).prop_map(|(from, to)| Step::Signal { from, to }),
        1 => (0..20_000u64).prop_map(|milliseconds| Step::Elapse { milliseconds }),
    ]
}

#[derive(Default)]
pub(crate) struct Model {
    /// The connected participants, by client.
    pub(crate) members: HashMap<u8, Member>,
    /// The disconnected participants, by room and ID: when their resume window is over.
    disconnected: HashMap<(u8, ParticipantId), Duration>,
    secrets: HashMap<u8, Secrets>,
    incarnations: HashSet<Incarnation>,
    now: Duration,
    identities: u128,
}

/// The valid secrets of the participant that a client is or was.
#[derive(Clone)]
struct Secrets {
    room: u8,
    participant: ParticipantId,
    latest: Secret,
    /// What the last resume was made with.
    previous: Option<Secret>,
}

impl Secrets {
    fn select(&self, is_previous: bool) -> Option<&Secret> {
        if is_previous {
            self.previous.as_ref()
        } else {
            Some(&self.latest)
        }
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Member {
    pub(crate) room: u8,
    pub(crate) membership: Membership,
    incarnation: Incarnation,
}

impl Model {
    /// Connected and disconnected participants.
    pub(crate) fn participants_in(&self, room: u8) -> usize {
        let disconnected = self.disconnected.keys().filter(|(of, _)| *of == room);
        self.connected_in(room) + disconnected.count()
    }

    fn connected_in(&self, room: u8) -> usize {
        self.members
            .values()
            .filter(|member| member.room == room)
            .count()
    }

    /// The clients connected as `participant`.
    fn clients_of(&self, room: u8, participant: ParticipantId) -> Vec<u8> {
        self.members
            .iter()
            .filter(|(_, member)| {
                member.room == room && member.membership.participant == participant
            })
            .map(|(client, _)| *client)
            .collect()
    }

    fn next_identity(&mut self) -> Identity {
        self.identities += 1;
        Identity {
            participant: ParticipantId(Uuid::from_u128(self.identities)),
            incarnation: Incarnation(Uuid::from_u128(self.identities << 64)),
            secret: Secret::from_bytes(self.identities.to_be_bytes()),
        }
    }

    fn delete_if_nobody_connected(&mut self, room: u8) {
        if self.connected_in(room) == 0 {
            self.disconnected.retain(|(of, _), _| *of != room);
        }
    }

    pub(crate) fn apply(&mut self, rooms: &mut Rooms<u8>, step: Step) {
        match step {
            Step::Join {
                client,
                room,
                resume,
            } => self.join(rooms, client, room, resume),
            Step::Leave { client } => self.leave(rooms, client),
            Step::Disconnect { client } => self.disconnect(rooms, client),
            Step::Signal { from, to } => self.signal(rooms, from, to),
            Step::Elapse { milliseconds } => {
                self.elapse(rooms, Duration::from_millis(milliseconds));
            }
        }
    }

    fn join(&mut self, rooms: &mut Rooms<u8>, client: u8, room: u8, resume: Option<(u8, bool)>) {
        if self.members.contains_key(&client) {
            return;
        }
        let identity = self.next_identity();
        let resume = resume.and_then(|(of, is_previous)| {
            let secrets = self.secrets.get(&of)?;
            Some((secrets.clone(), secrets.select(is_previous)?.clone()))
        });
        let secret = resume.as_ref().map(|(_, secret)| secret.reveal());
        let resumed = resume
            .as_ref()
            .map(|(secrets, _)| (secrets.room, secrets.participant))
            .filter(|(of, participant)| {
                *of == room
                    && (self.disconnected.contains_key(&(room, *participant))
                        || !self.clients_of(room, *participant).is_empty())
            })
            .map(|(_, participant)| participant);
        let existed = self.connected_in(room) > 0;
        let mut effects = Vec::new();
        let result = rooms.join(
            client,
            &RoomId::parse(&format!("room-{room}")).expect("valid"),
            "n",
            secret.as_deref(),
            identity.clone(),
            &mut effects,
        );
        let admission = match result {
            Ok(admission) => admission,
            Err(ErrorCode::RoomFull) => {
                assert!(resumed.is_none() && self.participants_in(room) == CAPACITY);
                return;
            }
            Err(ErrorCode::ServerFull) => {
                assert!(!existed && rooms.len() == MAX_ROOMS);
                return;
            }
            Err(other) => panic!("unexpected {other}"),
        };
        assert_eq!(admission.resumed, resumed.is_some());
        match resumed {
            Some(participant) => self.check_resume(room, participant, &admission, &effects),
            None => self.check_new_participant(room, &admission, &effects),
        }
        assert_eq!(existed, self.incarnations.contains(&admission.incarnation));
        self.incarnations.insert(admission.incarnation);
        // Each join replaces the participant's latest secret.
        let participant = admission.membership.participant;
        self.secrets
            .retain(|_, secrets| secrets.participant != participant);
        let secrets = Secrets {
            room,
            participant,
            latest: identity.secret,
            previous: resumed.and(resume).map(|(_, presented)| presented),
        };
        self.secrets.insert(client, secrets);
        let member = Member {
            room,
            membership: admission.membership,
            incarnation: admission.incarnation,
        };
        self.members.insert(client, member);
    }

    fn check_resume(
        &mut self,
        room: u8,
        participant: ParticipantId,
        admission: &Admission,
        effects: &[Effect<u8>],
    ) {
        assert_eq!(admission.membership.participant, participant);
        assert_eq!(admission.others.len(), self.participants_in(room) - 1);
        let replaced = self.clients_of(room, participant);
        let expected: Vec<_> = replaced.iter().copied().map(Effect::Replaced).collect();
        assert_eq!(
            effects, expected,
            "only the connection that is replaced is notified"
        );
        self.disconnected.remove(&(room, participant));
        for client in replaced {
            self.members.remove(&client);
        }
    }

    fn check_new_participant(&self, room: u8, admission: &Admission, effects: &[Effect<u8>]) {
        assert!(self.participants_in(room) < CAPACITY);
        assert_eq!(admission.others.len(), self.participants_in(room));
        assert_eq!(
            effects.len(),
            self.connected_in(room),
            "every connected participant is notified, and nobody else"
        );
        assert!(
            effects
                .iter()
                .all(|effect| matches!(effect, Effect::ParticipantJoined { .. }))
        );
    }

    fn leave(&mut self, rooms: &mut Rooms<u8>, client: u8) {
        let Some(member) = self.members.remove(&client) else {
            return;
        };
        let mut effects = Vec::new();
        rooms.leave(member.membership, &client, &mut effects);
        self.delete_if_nobody_connected(member.room);
        assert_eq!(effects.len(), self.connected_in(member.room));
        assert!(effects.iter().all(|effect| matches!(
            effect,
            Effect::ParticipantLeft {
                reason: LeaveReason::Left,
                ..
            }
        )));
    }

    fn disconnect(&mut self, rooms: &mut Rooms<u8>, client: u8) {
        let Some(member) = self.members.remove(&client) else {
            return;
        };
        rooms.disconnect(self.now, member.membership, &client);
        let key = (member.room, member.membership.participant);
        self.disconnected.insert(key, self.now + RESUME_WINDOW);
        self.delete_if_nobody_connected(member.room);
    }

    fn signal(&self, rooms: &Rooms<u8>, from: u8, to: u8) {
        let (Some(sender), Some(receiver)) = (self.members.get(&from), self.members.get(&to))
        else {
            return;
        };
        let result = rooms.receiver(sender.membership, &from, receiver.membership.participant);
        if sender.room == receiver.room {
            assert_eq!(
                sender.incarnation, receiver.incarnation,
                "a room has one incarnation at a time"
            );
            assert_eq!(result, Ok(&to));
        } else {
            assert_eq!(
                result,
                Err(ErrorCode::UnknownParticipant),
                "no signal crosses rooms"
            );
        }
    }

    fn elapse(&mut self, rooms: &mut Rooms<u8>, time: Duration) {
        self.now += time;
        let mut effects = Vec::new();
        rooms.remove_expired(self.now, &mut effects);
        let (now, before) = (self.now, std::mem::take(&mut self.disconnected));
        let (expired, remaining): (HashMap<_, _>, HashMap<_, _>) =
            before.into_iter().partition(|(_, until)| *until <= now);
        self.disconnected = remaining;
        let notified: usize = expired
            .keys()
            .map(|(room, _)| self.connected_in(*room))
            .sum();
        assert_eq!(effects.len(), notified);
        assert!(effects.iter().all(|effect| matches!(
            effect,
            Effect::ParticipantLeft {
                reason: LeaveReason::Lost,
                ..
            }
        )));
    }
}
