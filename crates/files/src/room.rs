//! The room, as the signaling session reports it.

use std::collections::{BTreeMap, VecDeque};

use maru_protocol::{Connection, IceServer, Open, ParticipantId, PeerSignal, ServerMessage};
use maru_session::{Notification, Status};
use maru_transfer::endpoint::Identity;

/// What matters here of a notification of the session.
#[derive(Debug)]
pub(crate) enum RoomEvent {
    /// This participant is in the room: for the first time, or again.
    Joined {
        me: Identity,
        participants: Vec<(ParticipantId, String)>,
        ice_servers: Vec<IceServer>,
    },
    ParticipantJoined(ParticipantId, String),
    ParticipantLeft(ParticipantId),
    /// For the connection of files.
    Signal(ParticipantId, PeerSignal),
    IceServers(Vec<IceServer>),
    /// This participant has left the room.
    Left,
}

impl RoomEvent {
    pub(crate) fn new(notification: &Notification) -> Option<Self> {
        let message = match notification {
            Notification::Status(Status::Idle | Status::Refused { .. }) => return Some(Self::Left),
            Notification::Status(_) => return None,
            Notification::Message(message) => ServerMessage::decode(message.get()).ok()?,
        };
        Some(match message {
            ServerMessage::Joined {
                self_id,
                room,
                participants,
                ice_servers,
                ..
            } => Self::Joined {
                me: Identity {
                    participant: self_id,
                    incarnation: room.incarnation,
                },
                participants: participants
                    .into_iter()
                    .map(|participant| (participant.id, participant.name))
                    .collect(),
                ice_servers,
            },
            ServerMessage::ParticipantJoined { participant } => {
                Self::ParticipantJoined(participant.id, participant.name)
            }
            ServerMessage::ParticipantLeft { participant, .. } => {
                Self::ParticipantLeft(participant)
            }
            ServerMessage::Signal { from, data } => {
                let signal: PeerSignal = serde_json::from_str(data.get()).ok()?;
                let (PeerSignal::Description { connection, .. }
                | PeerSignal::Candidate { connection, .. }) = &signal;
                if *connection != Open::Known(Connection::Files) {
                    return None;
                }
                Self::Signal(from, signal)
            }
            ServerMessage::Pong {
                ice_servers: Some(servers),
            } => Self::IceServers(servers),
            ServerMessage::Left {} => Self::Left,
            ServerMessage::Pong { ice_servers: None } | ServerMessage::Error { .. } => {
                return None;
            }
        })
    }
}

/// Participants who left and whose names are remembered: what is sent to them is shown with their name.
const MAX_LEFT: usize = 64;

/// Who is in the room.
#[derive(Debug, Default)]
pub(crate) struct Room {
    pub(crate) me: Option<Identity>,
    pub(crate) names: BTreeMap<ParticipantId, String>,
    /// Who left last is at the end.
    left: VecDeque<(ParticipantId, String)>,
    pub(crate) ice_servers: Vec<IceServer>,
}

impl Room {
    /// The name of a participant who is here, or left lately; empty otherwise.
    pub(crate) fn name_of(&self, id: ParticipantId) -> &str {
        let left = || self.left.iter().rfind(|(left, _)| *left == id);
        let name = self.names.get(&id).or_else(|| Some(&left()?.1));
        name.map_or("", String::as_str)
    }

    pub(crate) fn remove(&mut self, id: ParticipantId) {
        self.left.extend(self.names.remove_entry(&id));
        self.limit_left();
    }

    /// These are here, and nobody else.
    pub(crate) fn replace(&mut self, participants: Vec<(ParticipantId, String)>) {
        let before = std::mem::replace(&mut self.names, participants.into_iter().collect());
        let left = before
            .into_iter()
            .filter(|(id, _)| !self.names.contains_key(id));
        self.left.extend(left);
        self.limit_left();
    }

    fn limit_left(&mut self) {
        let excess = self.left.len().saturating_sub(MAX_LEFT);
        self.left.drain(..excess);
    }

    /// Whether this side gives way when two offers cross (docs/protocol.md, "Who offers").
    pub(crate) fn is_polite(&self, to: ParticipantId) -> bool {
        self.me.is_some_and(|me| me.participant > to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> ParticipantId {
        let id = format!("00000000-0000-4000-8000-0000{number:08x}");
        serde_json::from_value(id.into()).unwrap()
    }

    #[test]
    fn the_names_of_those_who_left_last_are_remembered() {
        let mut room = Room::default();
        room.replace(vec![(id(1), "Ann".into()), (id(2), "Ben".into())]);
        assert_eq!(room.name_of(id(1)), "Ann");
        room.remove(id(1));
        assert!(!room.names.contains_key(&id(1)));
        assert_eq!(room.name_of(id(1)), "Ann");
        // The server starts again.
        room.replace(vec![(id(3), "Ben".into())]);
        assert_eq!((room.name_of(id(2)), room.name_of(id(3))), ("Ben", "Ben"));
        for number in 10..100 {
            room.names.insert(id(number), "Cat".into());
            room.remove(id(number));
        }
        assert_eq!(room.name_of(id(1)), "");
        assert_eq!(room.name_of(id(99)), "Cat");
        assert_eq!(room.left.len(), MAX_LEFT);
    }
}
