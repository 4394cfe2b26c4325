//! Inputs of a session.

use std::{borrow::Cow, net::IpAddr};

use maru_protocol::{ClientMessage, DecodeError, ErrorCode, ParticipantId, RoomId};

use crate::server_url::ServerUrl;

/// One attempt at a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConnectionId(pub(super) u64);

/// A room to be in. Has no `Debug`: `token` is a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct JoinRequest {
    pub(super) server: ServerUrl,
    pub(super) room: RoomId,
    pub(super) name: String,
    pub(super) token: Option<String>,
}

impl JoinRequest {
    /// `name` is what the other participants see; `token` is the server's access token, if it asks for one.
    ///
    /// # Errors
    /// When `name` or `token` exceeds the limits of the protocol ([`ClientMessage::decode`]): the server would refuse
    /// it after a round trip.
    pub fn new(
        server: ServerUrl,
        room: RoomId,
        name: &str,
        token: Option<&str>,
    ) -> Result<Self, DecodeError> {
        let frame = serde_json::to_string(&ClientMessage::Join {
            room: room.clone(),
            name: Cow::Borrowed(name),
            token: token.map(Cow::Borrowed),
            resume: None,
            features: Vec::new(),
        })?;
        ClientMessage::decode(&frame)?;
        Ok(Self {
            server,
            room,
            name: name.into(),
            token: token.map(Into::into),
        })
    }
}

/// What can happen to a session.
pub enum Event {
    /// Enter a room and stay in it.
    Join(JoinRequest),
    /// Leave the room, or stop trying to enter it.
    Leave,
    /// Send a signal to another participant.
    Signal {
        /// Our participant ID as the sender knew it. Under another ID the frame is dropped.
        from: ParticipantId,
        /// An encoded `signal` message that has passed [`ClientMessage::decode`].
        frame: String,
    },
    /// The connection is open.
    Connected {
        /// Which one.
        connection: ConnectionId,
        /// Its local address, if known.
        local: Option<IpAddr>,
    },
    /// A text message (RFC 6455 §5.6) has arrived.
    Frame(ConnectionId, String),
    /// A ping or pong (RFC 6455 §5.5) has arrived.
    ControlFrame(ConnectionId),
    /// The connection is closed, or could not be opened.
    Closed(ConnectionId, Disconnect),
    /// The machine is in another network.
    NetworkChanged {
        /// Addresses that it no longer has.
        removed: Vec<IpAddr>,
    },
    /// Time has passed.
    Tick,
}

/// Why a connection was closed, or could not be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disconnect {
    /// Close code (RFC 6455 §7.4), if the server sent one.
    pub close_code: Option<u16>,
    /// Set if the handshake was refused in a way that a retry does not change.
    pub refusal: Option<ErrorCode>,
    /// Detail for debugging, in English.
    pub detail: String,
}

impl Disconnect {
    /// Without a word of the server; a retry may succeed.
    pub(crate) fn transient(detail: impl Into<String>) -> Self {
        Self {
            close_code: None,
            refusal: None,
            detail: detail.into(),
        }
    }
}
