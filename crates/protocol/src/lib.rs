//! Maru's protocol, version 1. It has two sets of messages:
//!
//! - **client ↔ server**: [`ClientMessage`] and [`ServerMessage`], JSON text frames on one WebSocket
//!   (sub-protocol [`SUBPROTOCOL`]);
//! - **participant ↔ participant**: [`PeerSignal`], opaque to the server inside `signal.data`, and
//!   [`PeerMessage`], on the reliable data channel of the media connection.
//!
//! The crate does no I/O and reads no clock. The prose of the contract is `docs/protocol.md`; a change
//! here is a change there in the same commit. TypeScript types are generated from these definitions
//! (`cargo xtask types`), and a test fails when the checked-in file is stale.
//!
//! Decoding is strict about what Maru knows and lenient about what it does not, so that the wire can grow: unknown
//! *fields* are ignored, unknown *names* (the code of an error, the reason of a departure, the source of a section, the
//! connection of a signal) become [`Open::Other`], and of an unknown *type* only that message is ignored.

mod client;
mod error_code;
mod fields;
mod ids;
pub mod limits;
mod name;
mod nesting;
mod open;
mod peer;
mod room_id;
mod server;
pub mod typescript;

pub use client::ClientMessage;
pub use error_code::ErrorCode;
pub use ids::{Incarnation, Participant, ParticipantId};
pub use name::clean_name;
pub use open::Open;
pub use peer::{
    Connection, Description, IceCandidate, MediaState, PeerMessage, PeerSignal, SdpType, Source,
};
pub use room_id::{InvalidRoomId, RoomId};
pub use server::{IceServer, JoinedRoom, LeaveReason, ServerMessage, signal_bytes, write_signal};

/// WebSocket sub-protocol (RFC 6455 §1.9) that names this version of the wire.
pub const SUBPROTOCOL: &str = "maru.v1";

/// Why a frame could not be decoded. `code` is sent to the other side.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct DecodeError {
    /// The stable, machine-readable reason.
    pub code: ErrorCode,
    /// A sentence for the person debugging the client. Never contains the payload.
    pub detail: String,
}

impl DecodeError {
    pub(crate) fn bad(detail: impl Into<String>) -> Self {
        Self {
            code: ErrorCode::BadMessage,
            detail: detail.into(),
        }
    }
}

impl From<serde_json::Error> for DecodeError {
    fn from(error: serde_json::Error) -> Self {
        // serde_json's text may quote the input ("invalid type: string \"…\""), which may contain a name or a
        // secret: only line and column are used.
        let what = match error.classify() {
            serde_json::error::Category::Io => "unreadable",
            serde_json::error::Category::Syntax => "not valid JSON",
            serde_json::error::Category::Data => {
                "a field is missing, duplicated or of the wrong type"
            }
            serde_json::error::Category::Eof => "the JSON text ends too early",
        };
        Self::bad(format!(
            "{what} (line {}, column {})",
            error.line(),
            error.column()
        ))
    }
}
