//! What a session hears and what it answers.

use std::net::IpAddr;

use maru_protocol::{ErrorCode, Open, ParticipantId, RoomId};
use serde_json::value::RawValue;

use super::Millis;
use crate::server_url::ServerUrl;

/// Names one attempt at a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ConnectionId(pub(super) u64);

/// What the person asked for. The fields have passed the checks of [`ClientMessage::decode`].
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct JoinRequest {
    pub(crate) server: ServerUrl,
    pub(crate) room: RoomId,
    pub(crate) name: String,
    pub(crate) token: Option<String>,
}

/// What a session reacts to.
pub(crate) enum Event {
    Join(JoinRequest),
    Leave,
    /// A whole `signal` frame, checked, and who we were when it was said.
    Signal(ParticipantId, String),
    /// With the address of this machine that the connection is from.
    Connected(ConnectionId, Option<IpAddr>),
    Frame(ConnectionId, String),
    Heard(ConnectionId),
    Closed(ConnectionId, Loss),
    /// This machine is in another network and has lost these addresses.
    NetworkChanged(Vec<IpAddr>),
    Tick,
}

/// Why a connection is gone, or never came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Loss {
    /// RFC 6455 §7.4 close code, where one was received.
    pub(crate) close_code: Option<u16>,
    /// The handshake was answered by something that will not become a Maru server of this version.
    pub(crate) refusal: Option<ErrorCode>,
    /// For the details drawer; not translated.
    pub(crate) detail: String,
}

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Open a connection; answer with `Connected` or `Closed`.
    Connect(ConnectionId, ServerUrl),
    /// Send one text frame.
    Send(ConnectionId, String),
    /// Flush and close; no answer is needed.
    Close(ConnectionId),
    /// Tell the interface.
    Emit(Emission),
}

/// What the interface hears.
#[derive(Debug)]
pub(crate) enum Emission {
    Message(Box<RawValue>),
    Status(Status),
}

/// How the session is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Status {
    Idle,
    Connecting,
    Online,
    /// `retry_at` is `None` while a try is under way.
    Reconnecting {
        attempt: u32,
        retry_at: Option<Millis>,
        detail: String,
    },
    Refused {
        code: Open<ErrorCode>,
        detail: String,
    },
}
