use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Stable, machine-readable reasons. The text beside a code is for people and may change; clients act
/// on the code alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ErrorCode {
    /// The frame is not JSON text, has no known `type`, or lacks a field.
    BadMessage,
    /// The room already has as many participants as its capacity.
    RoomFull,
    /// The room ID breaks the rules of [`crate::RoomId`].
    InvalidRoom,
    /// The display name is longer than the limit or has control characters.
    InvalidName,
    /// `signal.to` names nobody in this room (any more).
    UnknownParticipant,
    /// A frame or its `data` is over the limit.
    TooLarge,
    /// More messages than the server allows; the message was dropped.
    RateLimited,
    /// The token is missing, wrong or expired.
    Unauthorized,
    /// The WebSocket sub-protocol offered is not one the server speaks.
    UnsupportedVersion,
    /// The server is going away; connect again in a moment.
    ShuttingDown,
    /// `join` while in a room: `leave` first.
    AlreadyJoined,
    /// `signal` or `leave` outside a room.
    NotJoined,
    /// The server has as many rooms or connections as it is configured to hold.
    ServerFull,
    /// This address has as many connections as it may.
    TooManyConnections,
    /// The client reads too slowly and its queue is full.
    SlowReader,
    /// Nothing was received from the client for [`crate::limits::DEAD_AFTER_MS`], or it did not join in time.
    TimedOut,
    /// The same participant resumed on another socket; this one is superseded.
    Replaced,
}

impl ErrorCode {
    /// Every code, for exhaustive tests and documentation.
    pub const ALL: [Self; 17] = [
        Self::BadMessage,
        Self::RoomFull,
        Self::InvalidRoom,
        Self::InvalidName,
        Self::UnknownParticipant,
        Self::TooLarge,
        Self::RateLimited,
        Self::Unauthorized,
        Self::UnsupportedVersion,
        Self::ShuttingDown,
        Self::AlreadyJoined,
        Self::NotJoined,
        Self::ServerFull,
        Self::TooManyConnections,
        Self::SlowReader,
        Self::TimedOut,
        Self::Replaced,
    ];

    /// The code as it appears on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadMessage => "bad-message",
            Self::RoomFull => "room-full",
            Self::InvalidRoom => "invalid-room",
            Self::InvalidName => "invalid-name",
            Self::UnknownParticipant => "unknown-participant",
            Self::TooLarge => "too-large",
            Self::RateLimited => "rate-limited",
            Self::Unauthorized => "unauthorized",
            Self::UnsupportedVersion => "unsupported-version",
            Self::ShuttingDown => "shutting-down",
            Self::AlreadyJoined => "already-joined",
            Self::NotJoined => "not-joined",
            Self::ServerFull => "server-full",
            Self::TooManyConnections => "too-many-connections",
            Self::SlowReader => "slow-reader",
            Self::TimedOut => "timed-out",
            Self::Replaced => "replaced",
        }
    }

    /// The close code (RFC 6455 §7.4) that follows this error where it is fatal: a registered code if one has the same
    /// meaning, else a private-use code like HTTP's status.
    #[must_use]
    pub const fn close_code(self) -> u16 {
        match self {
            Self::BadMessage => 1007,
            Self::TooLarge => 1009,
            Self::ShuttingDown => 1012,
            Self::ServerFull => 1013,
            Self::InvalidRoom => 4400,
            Self::Unauthorized => 4401,
            Self::UnknownParticipant => 4404,
            Self::TimedOut => 4408,
            Self::AlreadyJoined => 4409,
            Self::NotJoined => 4412,
            Self::SlowReader => 4413,
            Self::InvalidName => 4422,
            Self::UnsupportedVersion => 4426,
            Self::RateLimited => 4429,
            Self::TooManyConnections => 4430,
            Self::Replaced => 4440,
            Self::RoomFull => 4453,
        }
    }
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
