//! Who is in which room: the server's state machine, without sockets or clocks.
//!
//! Inputs: [`Rooms::join`], [`Rooms::leave`], [`Rooms::disconnect`], [`Rooms::receiver`],
//! [`Rooms::store_undelivered`], [`Rooms::remove_expired`]. Time is a parameter where it matters. What the caller
//! has to send and close is appended as [`Effect`]s. `C` is the caller's handle of a client's connection.
//!
//! Invariants after every call (tested in `tests/rooms/`):
//! - A room exists if and only if somebody is connected in it. When the last connected participant leaves or
//!   disconnects, the room is deleted in the same call, disconnected participants included, and its ID is free.
//! - A later room of the same ID is another incarnation, and no message crosses from one to the other.
//! - Connected and disconnected participants together never exceed the capacity.
//! - Undelivered signals of a participant are bounded by [`MAX_UNDELIVERED_BYTES`] and deleted with it.

mod effect;
mod membership;
mod room;
mod table;

use std::time::Duration;

use maru_protocol::{ErrorCode, LeaveReason, Participant, ParticipantId, RoomId};

use crate::identity::{Identity, SecretHash};
use room::{Member, Presence, Room};
use table::RoomTable;

pub use effect::Effect;
pub use membership::{Admission, Membership};
pub use room::{MAX_UNDELIVERED_BYTES, Now};

/// All rooms of one server.
#[derive(Debug)]
pub struct Rooms<C> {
    table: RoomTable<C>,
    connected: usize,
    disconnected: usize,
    capacity: usize,
    max_rooms: usize,
    resume_window: Duration,
}

impl<C: Clone + PartialEq> Rooms<C> {
    /// At most `max_rooms` rooms of at most `capacity` participants each, disconnected ones included. A
    /// disconnected participant can resume for `resume_window`.
    #[must_use]
    pub fn new(capacity: usize, max_rooms: usize, resume_window: Duration) -> Self {
        Self {
            table: RoomTable::default(),
            connected: 0,
            disconnected: 0,
            capacity: capacity.max(1),
            max_rooms,
            resume_window,
        }
    }

    /// Number of rooms.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there is no room.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.table.len() == 0
    }

    /// Number of participants in all rooms, disconnected ones not counted.
    #[must_use]
    pub fn connected_participants(&self) -> usize {
        self.connected
    }

    /// Maximum number of participants per room.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Adds `client` to room `id`. If `resume` is a valid secret of one of its participants, connected or not, `client`
    /// becomes that participant's connection; otherwise it becomes a new participant. Valid are the latest secret and
    /// the one that its resume was made with: the answer with the latest may have been lost.
    ///
    /// # Errors
    /// `room-full`, or `server-full` if a new room would exceed the maximum.
    pub fn join(
        &mut self,
        client: C,
        id: &RoomId,
        name: &str,
        resume: Option<&str>,
        identity: Identity,
        effects: &mut Vec<Effect<C>>,
    ) -> Result<Admission, ErrorCode> {
        let slot = match self.table.slot_of(id) {
            Some(slot) => slot,
            None if self.table.len() >= self.max_rooms => return Err(ErrorCode::ServerFull),
            None => self
                .table
                .insert(Room::new(id.clone(), identity.incarnation)),
        };
        let Some(room) = self.table.get_mut(slot) else {
            return Err(ErrorCode::ServerFull);
        };
        let secret = identity.secret.hash();
        let resumed = resume.and_then(|text| {
            room.members
                .iter_mut()
                .find(|member| member.has_secret(text))
                .map(|member| (member, SecretHash::of(text)))
        });
        let is_resumed = resumed.is_some();
        let (participant, undelivered) = if let Some((member, presented)) = resumed {
            match std::mem::replace(&mut member.presence, Presence::Connected(client)) {
                Presence::Connected(old) => effects.push(Effect::Replaced(old)),
                Presence::Disconnected { .. } => {
                    self.disconnected -= 1;
                    self.connected += 1;
                }
            }
            member.previous_secret = Some(presented);
            member.secret = secret;
            (member.id, std::mem::take(&mut member.undelivered))
        } else {
            if room.members.len() >= self.capacity {
                return Err(ErrorCode::RoomFull);
            }
            let participant = Participant {
                id: identity.participant,
                name: name.to_owned(),
            };
            room.announce_joined(&participant, effects);
            room.members
                .push(Member::connected(participant, secret, client));
            self.connected += 1;
            (identity.participant, Vec::new())
        };
        Ok(Admission {
            membership: Membership { slot, participant },
            incarnation: room.incarnation,
            others: room.others(participant),
            resumed: is_resumed,
            undelivered,
        })
    }

    /// When the first seat of the full room `id` becomes free: the earliest end of a resume window, unless that
    /// participant resumes. `dead_at`: when a connection will be closed as dead, if it is silent.
    pub fn seat_free_at(&self, id: &RoomId, dead_at: impl Fn(&C) -> Option<Now>) -> Option<Now> {
        let room = self.table.get(self.table.slot_of(id)?)?;
        room.members
            .iter()
            .filter_map(|member| match &member.presence {
                Presence::Connected(client) => dead_at(client).map(|at| at + self.resume_window),
                Presence::Disconnected { expires_at } => Some(*expires_at),
            })
            .min()
    }

    /// `client` leaves its room. Does nothing if `membership` is stale.
    pub fn leave(&mut self, membership: Membership, client: &C, effects: &mut Vec<Effect<C>>) {
        let Membership { slot, participant } = membership;
        let Some(room) = self.table.get_mut(slot) else {
            return;
        };
        let Some(position) = room.position(participant, client) else {
            return;
        };
        room.members.remove(position);
        room.announce_left(participant, LeaveReason::Left, effects);
        self.connected -= 1;
        self.delete_if_nobody_connected(slot);
    }

    /// `client`'s socket is gone: its participant can resume for the resume window, as long as somebody else is
    /// connected in the room. Does nothing if `membership` is stale.
    pub fn disconnect(&mut self, now: Now, membership: Membership, client: &C) {
        let Some(room) = self.table.get_mut(membership.slot) else {
            return;
        };
        let Some(position) = room.position(membership.participant, client) else {
            return;
        };
        room.members[position].presence = Presence::Disconnected {
            expires_at: now + self.resume_window,
        };
        self.connected -= 1;
        self.disconnected += 1;
        self.delete_if_nobody_connected(membership.slot);
    }

    /// The connection that a signal from `membership` to participant `to` has to be sent to.
    ///
    /// # Errors
    /// `not-joined` if `membership` is stale, `unknown-participant` if no participant of that ID is connected in
    /// the same room and incarnation.
    pub fn receiver(
        &self,
        membership: Membership,
        client: &C,
        to: ParticipantId,
    ) -> Result<&C, ErrorCode> {
        let room = self
            .table
            .get(membership.slot)
            .ok_or(ErrorCode::NotJoined)?;
        let mut is_member = false;
        let mut receiver = None;
        for member in &room.members {
            is_member |= member.id == membership.participant && member.client() == Some(client);
            if member.id == to {
                receiver = member.client();
            }
        }
        if !is_member {
            return Err(ErrorCode::NotJoined);
        }
        receiver.ok_or(ErrorCode::UnknownParticipant)
    }

    /// Stores `frames`, from `membership` to participant `to`, after they could not be delivered to `tried`, and
    /// returns `None`. If `to` has resumed on another connection in the meantime, stores nothing and returns that
    /// connection.
    ///
    /// # Errors
    /// `not-joined` if `membership` is stale; `unknown-participant` if no participant of that ID is in the room, or
    /// if more than [`MAX_UNDELIVERED_BYTES`] would be stored for it.
    pub fn store_undelivered(
        &mut self,
        membership: Membership,
        client: &C,
        to: ParticipantId,
        tried: Option<&C>,
        frames: &[u8],
    ) -> Result<Option<&C>, ErrorCode> {
        let room = self
            .table
            .get_mut(membership.slot)
            .filter(|room| room.position(membership.participant, client).is_some())
            .ok_or(ErrorCode::NotJoined)?;
        let receiver = room
            .members
            .iter_mut()
            .find(|member| member.id == to)
            .ok_or(ErrorCode::UnknownParticipant)?;
        // `Connected(tried)`: the socket has ended, but its task has not called `disconnect` yet.
        let is_elsewhere =
            matches!(&receiver.presence, Presence::Connected(client) if Some(client) != tried);
        if is_elsewhere {
            Ok(receiver.client())
        } else if receiver.store_undelivered(frames) {
            Ok(None)
        } else {
            Err(ErrorCode::UnknownParticipant)
        }
    }

    /// Removes the disconnected participants whose resume window is over at `now`.
    pub fn remove_expired(&mut self, now: Now, effects: &mut Vec<Effect<C>>) {
        if self.disconnected == 0 {
            return;
        }
        for room in self.table.iter_mut() {
            while let Some(participant) = room.remove_expired(now) {
                self.disconnected -= 1;
                room.announce_left(participant, LeaveReason::Lost, effects);
            }
        }
    }

    fn delete_if_nobody_connected(&mut self, slot: usize) {
        let Some(room) = self.table.get(slot) else {
            return;
        };
        if room.has_connected_member() {
            return;
        }
        self.disconnected -= room.members.len();
        self.table.remove(slot);
    }
}
