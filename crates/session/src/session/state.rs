use super::{
    event::{ConnectionId, JoinRequest},
    timing::Millis,
};
use crate::server_url::ServerUrl;

/// State of the connection.
pub(super) enum State {
    /// No connection, and none needed.
    Idle,
    /// Between two attempts.
    Waiting { deadline: Millis },
    Connecting {
        connection: ConnectionId,
        server: ServerUrl,
        deadline: Millis,
    },
    /// `join` is sent. The goal may have changed since; the answer decides how to go on.
    Joining {
        connection: ConnectionId,
        request: JoinRequest,
        deadline: Millis,
    },
    Joined {
        connection: ConnectionId,
        request: JoinRequest,
        joined_at: Millis,
        last_received: Millis,
        last_sent: Millis,
        last_ping: Millis,
        /// Set by a change of the network: when the connection counts as dead unless something is received.
        probe_deadline: Option<Millis>,
    },
    /// `leave` is sent. The connection stays open for the answer, so that a `join` of the same room that follows
    /// cannot overtake it on another connection.
    Leaving {
        connection: ConnectionId,
        server: ServerUrl,
        deadline: Millis,
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
