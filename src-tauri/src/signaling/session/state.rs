use super::{ConnectionId, JoinRequest, Millis};
use crate::server_url::ServerUrl;

/// Where a session is between nothing and a room.
pub(super) enum State {
    /// No connection and none wanted.
    Idle,
    /// Between two tries.
    Waiting { until: Millis },
    Connecting {
        connection: ConnectionId,
        server: ServerUrl,
        until: Millis,
    },
    /// `join` is sent. The goal may have changed since; the answer decides what to do about it.
    Joining {
        connection: ConnectionId,
        asked: JoinRequest,
        until: Millis,
    },
    Joined {
        connection: ConnectionId,
        asked: JoinRequest,
        since: Millis,
        heard: Millis,
        sent: Millis,
        pinged: Millis,
        /// Something has to be heard by then, because the network changed.
        probed: Option<Millis>,
    },
    /// `leave` is sent. The socket is kept for its answer, so that a join of the same room that follows
    /// cannot overtake it on another socket.
    Leaving {
        connection: ConnectionId,
        server: ServerUrl,
        until: Millis,
    },
}

impl State {
    pub(super) fn connection(&self) -> Option<ConnectionId> {
        match self {
            Self::Idle | Self::Waiting { .. } => None,
            Self::Connecting { connection, .. }
            | Self::Joining { connection, .. }
            | Self::Joined { connection, .. }
            | Self::Leaving { connection, .. } => Some(*connection),
        }
    }
}
