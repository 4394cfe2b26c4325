//! What transfers need of the application.

use std::path::PathBuf;

use maru_peer::Bind;
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
}
