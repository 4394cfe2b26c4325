//! Outputs of a session.

use maru_protocol::{ErrorCode, Open, ServerMessage};
use serde_json::value::RawValue;

use super::{event::ConnectionId, timing::Millis};
use crate::server_url::ServerUrl;

/// What the caller has to do.
#[derive(Debug)]
pub enum Effect {
    /// Open a connection; report `Connected` or `Closed`.
    Connect(ConnectionId, ServerUrl),
    /// Send one text message.
    Send(ConnectionId, String),
    /// Send what is queued and close; nothing has to be reported.
    Close(ConnectionId),
    /// Pass this on to the application.
    Notify(Notification),
}

/// What the application is notified of.
#[derive(Debug)]
pub enum Notification {
    /// A message of the server, decoded and encoded again. `resume` is empty.
    Message(Box<RawValue>),
    /// The status has changed.
    Status(Status),
}

impl Notification {
    /// `None` if the message cannot be encoded, which does not happen with the types of `maru-protocol`.
    pub(super) fn message(message: &ServerMessage<'_>) -> Option<Self> {
        serde_json::value::to_raw_value(message)
            .ok()
            .map(Self::Message)
    }
}

/// State of the session, for the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// In no room, and in none wanted.
    Idle,
    /// Entering a room for the first time.
    Connecting,
    /// In the room.
    Online,
    /// The connection was lost, or could not be opened.
    Reconnecting {
        /// Attempts since the last stable connection, from 1.
        attempt: u32,
        /// When the attempt begins, on the session's clock; `None` while it is under way.
        retry_at: Option<Millis>,
        /// Why, for debugging.
        detail: String,
    },
    /// The server refuses, and a retry would not change that. The session has stopped.
    Refused {
        /// Reason for the program.
        code: Open<ErrorCode>,
        /// Reason for debugging.
        detail: String,
        /// Of `room-full`: after how many milliseconds a seat may be free, where the server knows of one.
        retry_after: Option<Millis>,
    },
}
