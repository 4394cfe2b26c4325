//! What transfers need of the application.

use std::path::PathBuf;

use maru_peer::{Bind, Config};
use maru_protocol::ParticipantId;
use serde_json::value::RawValue;

/// Sends `data` from this participant to another, through the server.
pub type Signal = Box<dyn Fn(ParticipantId, ParticipantId, &RawValue) + Send>;

/// What transfers need of the application.
pub struct FilesConfig {
    /// The folder in which unfinished transfers are remembered. Made if it is missing.
    pub records: PathBuf,
    /// Sends a signal. Must not block; a signal may be lost.
    pub signal: Signal,
    /// Where sockets are opened.
    pub bind: Bind,
    /// What a connection may use of the system.
    pub limits: ConnectionLimits,
}

/// What a connection with a participant may use of the system. Fewer than by default are for measurements.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionLimits {
    /// The first connection and its stripes: from 1 to 16, and as a sender only.
    pub connections: u8,
    /// Bytes of receive buffer that each socket requests ([`Config::receive_buffer`]).
    pub receive_buffer: usize,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            connections: 1 + maru_transfer::limits::MAX_STRIPES,
            receive_buffer: Config::default().receive_buffer,
        }
    }
}
