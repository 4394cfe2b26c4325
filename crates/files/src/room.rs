//! The room, as the signaling session reports it.

use std::collections::BTreeMap;

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

/// Who is in the room.
#[derive(Debug, Default)]
pub(crate) struct Room {
    pub(crate) me: Option<Identity>,
    pub(crate) names: BTreeMap<ParticipantId, String>,
    pub(crate) ice_servers: Vec<IceServer>,
}

impl Room {
    /// Whether this side gives way when two offers cross (docs/protocol.md, "Who offers").
    pub(crate) fn is_polite(&self, to: ParticipantId) -> bool {
        self.me.is_some_and(|me| me.participant > to)
    }
}
