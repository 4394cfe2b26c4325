//! Who is in which room: the server's whole logic, without sockets or clocks.
//!
//! Inputs: [`Rooms::join`], [`Rooms::leave`], [`Rooms::lost`], [`Rooms::signal`], [`Rooms::keep`],
//! [`Rooms::tick`]. Each takes the time where it matters and appends [`Effect`]s: what to send to whom and whom
//! to close. `C` is whatever the edge uses to reach a client.
//!
//! What holds after every call (see `tests/rooms.rs`):
//! - a room exists if and only if somebody is connected in it; when the last connected participant leaves or
//!   is lost, it is deleted in the same step, held seats and all, and its ID is free;
//! - a room made later is another incarnation, and no message crosses from one to the other;
//! - participants and held seats together never exceed the capacity;
//! - what is kept for a lost participant is bounded by [`KEPT_BYTES`] and goes with its seat.

use std::{collections::HashMap, time::Duration};

use maru_protocol::{ErrorCode, Incarnation, LeaveReason, Participant, ParticipantId, RoomId};

use crate::identity::{Secret, SecretHash};

/// Most bytes of signals kept for one participant whose socket is lost: an offer and the candidates of each
/// of seven others, several times over.
pub const KEPT_BYTES: usize = 128 * 1024;

/// Point in time since the server started.
pub type Now = Duration;

/// Random values a join may need, made by the edge so that the machine stays deterministic.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The participant's ID unless it resumes.
    pub participant: ParticipantId,
    /// The room's incarnation if this join makes the room.
    pub incarnation: Incarnation,
    /// The next resume secret in any case.
    pub secret: Secret,
}

/// Where a joined client sits. Cheap to copy; becomes stale, never dangling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seat {
    room: usize,
    /// The participant in that seat.
    pub participant: ParticipantId,
}

/// What the edge has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect<C> {
    /// Tell `to` that someone came.
    Joined {
        /// Receiver.
        to: C,
        /// Who came.
        participant: Participant,
    },
    /// Tell `to` that someone went.
    Left {
        /// Receiver.
        to: C,
        /// Who went.
        participant: ParticipantId,
        /// How.
        reason: LeaveReason,
    },
    /// This connection was superseded by a resume: close it with `replaced`.
    Replaced(C),
}

/// A successful join.
#[derive(Debug, Clone)]
pub struct Admission {
    /// Where the client sits now.
    pub seat: Seat,
    /// The room's life.
    pub incarnation: Incarnation,
    /// The others, in the order they came, held seats included (they are expected back).
    pub others: Vec<Participant>,
    /// Whether this is an earlier participant come back.
    pub resumed: bool,
    /// What [`Rooms::keep`] was given for it meanwhile, in order: to be sent after the answer to the join.
    pub kept: Vec<u8>,
}

#[derive(Debug)]
struct Room<C> {
    id: RoomId,
    incarnation: Incarnation,
    occupants: Vec<Occupant<C>>,
}

#[derive(Debug)]
struct Occupant<C> {
    id: ParticipantId,
    name: Box<str>,
    secret: SecretHash,
    presence: Presence<C>,
    /// Signals that could not be delivered, for when the participant resumes. Opaque bytes.
    kept: Vec<u8>,
}

#[derive(Debug)]
enum Presence<C> {
    Connected(C),
    /// The socket was lost; the seat is held until this time.
    Held(Now),
}

impl<C> Occupant<C> {
    fn public(&self) -> Participant {
        Participant {
            id: self.id,
            name: self.name.to_string(),
        }
    }

    fn client(&self) -> Option<&C> {
        match &self.presence {
            Presence::Connected(client) => Some(client),
            Presence::Held(_) => None,
        }
    }
}

/// All rooms of one server.
#[derive(Debug)]
pub struct Rooms<C> {
    index: HashMap<RoomId, usize>,
    rooms: Vec<Option<Room<C>>>,
    free: Vec<usize>,
    held: usize,
    participants: usize,
    capacity: usize,
    most_rooms: usize,
    resume_window: Duration,
}

impl<C: Clone + PartialEq> Rooms<C> {
    /// Rooms of at most `capacity` participants, at most `most_rooms` of them, where the seat of a lost client
    /// is held for `resume_window`.
    #[must_use]
    pub fn new(capacity: usize, most_rooms: usize, resume_window: Duration) -> Self {
        Self {
            index: HashMap::new(),
            rooms: Vec::new(),
            free: Vec::new(),
            held: 0,
            participants: 0,
            capacity: capacity.max(1),
            most_rooms,
            resume_window,
        }
    }

    /// Rooms there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// True without any room.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// Connected participants in all rooms; held seats are not counted.
    #[must_use]
    pub fn participants(&self) -> usize {
        self.participants
    }

    /// Most participants per room.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Admits `client` to room `id`, as the participant `resume` belongs to where that is still held or
    /// connected, otherwise as a new one.
    ///
    /// # Errors
    /// `room-full`, or `server-full` where a new room would be one too many.
    pub fn join(
        &mut self,
        client: C,
        id: &RoomId,
        name: &str,
        resume: Option<&str>,
        identity: Identity,
        effects: &mut Vec<Effect<C>>,
    ) -> Result<Admission, ErrorCode> {
        let index = match self.index.get(id) {
            Some(&index) => index,
            None => self.make(id.clone(), identity.incarnation)?,
        };
        let Some(room) = self.rooms[index].as_mut() else {
            return Err(ErrorCode::ServerFull);
        };
        let hash = identity.secret.hash();
        let mut kept = Vec::new();
        let returning = resume.and_then(|secret| {
            room.occupants
                .iter()
                .position(|occupant| occupant.secret.matches(secret))
        });
        let own = if let Some(position) = returning {
            let occupant = &mut room.occupants[position];
            match std::mem::replace(&mut occupant.presence, Presence::Connected(client)) {
                Presence::Connected(old) => effects.push(Effect::Replaced(old)),
                Presence::Held(_) => {
                    self.held -= 1;
                    self.participants += 1;
                }
            }
            occupant.secret = hash;
            kept = std::mem::take(&mut occupant.kept);
            occupant.id
        } else {
            if room.occupants.len() >= self.capacity {
                return Err(ErrorCode::RoomFull);
            }
            let participant = Participant {
                id: identity.participant,
                name: name.to_owned(),
            };
            for other in room.occupants.iter().filter_map(Occupant::client) {
                effects.push(Effect::Joined {
                    to: other.clone(),
                    participant: participant.clone(),
                });
            }
            room.occupants.push(Occupant {
                id: identity.participant,
                name: name.into(),
                secret: hash,
                presence: Presence::Connected(client),
                kept: Vec::new(),
            });
            self.participants += 1;
            identity.participant
        };
        Ok(Admission {
            seat: Seat {
                room: index,
                participant: own,
            },
            incarnation: room.incarnation,
            others: room
                .occupants
                .iter()
                .filter(|o| o.id != own)
                .map(Occupant::public)
                .collect(),
            resumed: returning.is_some(),
            kept,
        })
    }

    /// `client` leaves its seat. A stale seat (superseded, or of a room that is gone) does nothing.
    pub fn leave(&mut self, seat: Seat, client: &C, effects: &mut Vec<Effect<C>>) {
        if self.take(seat, client).is_some() {
            self.announce(seat, LeaveReason::Left, effects);
            self.close_if_empty(seat.room);
        }
    }

    /// `client`'s socket is gone. Its seat is held for the resume window as long as somebody is there to
    /// come back to.
    pub fn lost(&mut self, now: Now, seat: Seat, client: &C) {
        let Some(room) = self.rooms.get_mut(seat.room).and_then(Option::as_mut) else {
            return;
        };
        let Some(occupant) = room
            .occupants
            .iter_mut()
            .find(|o| o.id == seat.participant && o.client() == Some(client))
        else {
            return;
        };
        occupant.presence = Presence::Held(now + self.resume_window);
        self.participants -= 1;
        self.held += 1;
        self.close_if_empty(seat.room);
    }

    /// Whom a signal from `seat` to participant `to` goes to.
    ///
    /// # Errors
    /// `not-joined` for a stale seat, `unknown-participant` where nobody of that ID is connected in the same
    /// room and incarnation.
    pub fn signal(&self, seat: Seat, client: &C, to: ParticipantId) -> Result<&C, ErrorCode> {
        let room = self
            .rooms
            .get(seat.room)
            .and_then(Option::as_ref)
            .ok_or(ErrorCode::NotJoined)?;
        let mut seated = false;
        let mut receiver = None;
        for occupant in &room.occupants {
            seated |= occupant.id == seat.participant && occupant.client() == Some(client);
            if occupant.id == to {
                receiver = occupant.client();
            }
        }
        if !seated {
            return Err(ErrorCode::NotJoined);
        }
        receiver.ok_or(ErrorCode::UnknownParticipant)
    }

    /// A signal from `seat` for participant `to` could not be delivered to `tried`. While `to`'s seat is held
    /// it is kept until `to` resumes; where `to` is already back, on another connection, that is returned.
    ///
    /// # Errors
    /// As [`Rooms::signal`], and `unknown-participant` once [`KEPT_BYTES`] are kept.
    pub fn keep(
        &mut self,
        seat: Seat,
        client: &C,
        to: ParticipantId,
        tried: Option<&C>,
        frames: &[u8],
    ) -> Result<Option<&C>, ErrorCode> {
        let room = self
            .rooms
            .get_mut(seat.room)
            .and_then(Option::as_mut)
            .filter(|room| {
                room.occupants
                    .iter()
                    .any(|o| o.id == seat.participant && o.client() == Some(client))
            })
            .ok_or(ErrorCode::NotJoined)?;
        let receiver = room
            .occupants
            .iter_mut()
            .find(|occupant| occupant.id == to)
            .ok_or(ErrorCode::UnknownParticipant)?;
        match &receiver.presence {
            Presence::Connected(current) if Some(current) != tried => Ok(Some(current)),
            // Still connected in name: its socket has ended and its loss is about to be told.
            Presence::Connected(_) | Presence::Held(_) => {
                if receiver.kept.len() + frames.len() > KEPT_BYTES {
                    return Err(ErrorCode::UnknownParticipant);
                }
                receiver.kept.extend_from_slice(frames);
                Ok(None)
            }
        }
    }

    /// Gives up seats whose window has passed.
    pub fn tick(&mut self, now: Now, effects: &mut Vec<Effect<C>>) {
        if self.held == 0 {
            return;
        }
        for index in 0..self.rooms.len() {
            while let Some(gone) = self.rooms[index].as_mut().and_then(|room| {
                let position = room
                    .occupants
                    .iter()
                    .position(|o| matches!(o.presence, Presence::Held(until) if until <= now))?;
                Some(room.occupants.remove(position).id)
            }) {
                self.held -= 1;
                self.announce(
                    Seat {
                        room: index,
                        participant: gone,
                    },
                    LeaveReason::Lost,
                    effects,
                );
            }
        }
    }

    fn make(&mut self, id: RoomId, incarnation: Incarnation) -> Result<usize, ErrorCode> {
        if self.index.len() >= self.most_rooms {
            return Err(ErrorCode::ServerFull);
        }
        let room = Room {
            id: id.clone(),
            incarnation,
            occupants: Vec::with_capacity(2),
        };
        let index = match self.free.pop() {
            Some(index) => {
                self.rooms[index] = Some(room);
                index
            }
            None => {
                self.rooms.push(Some(room));
                self.rooms.len() - 1
            }
        };
        self.index.insert(id, index);
        Ok(index)
    }

    fn take(&mut self, seat: Seat, client: &C) -> Option<()> {
        let room = self.rooms.get_mut(seat.room)?.as_mut()?;
        let position = room
            .occupants
            .iter()
            .position(|o| o.id == seat.participant && o.client() == Some(client))?;
        room.occupants.remove(position);
        self.participants -= 1;
        Some(())
    }

    fn announce(&self, gone: Seat, reason: LeaveReason, effects: &mut Vec<Effect<C>>) {
        let Some(room) = self.rooms.get(gone.room).and_then(Option::as_ref) else {
            return;
        };
        for other in room.occupants.iter().filter_map(Occupant::client) {
            effects.push(Effect::Left {
                to: other.clone(),
                participant: gone.participant,
                reason,
            });
        }
    }

    fn close_if_empty(&mut self, index: usize) {
        let Some(room) = self.rooms[index].as_ref() else {
            return;
        };
        if room
            .occupants
            .iter()
            .any(|occupant| occupant.client().is_some())
        {
            return;
        }
        self.held -= room.occupants.len();
        self.index.remove(&room.id);
        self.rooms[index] = None;
        self.free.push(index);
        if self.index.is_empty() {
            // A storm is over: give the memory back.
            self.rooms = Vec::new();
            self.free = Vec::new();
            self.index = HashMap::new();
        }
    }
}
