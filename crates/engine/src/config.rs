//! The engine's configuration.

use std::path::PathBuf;

use maru_peer::Bind;

/// What an engine is started with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Origins whose pages may connect to the media socket (RFC 6454 §6.2).
    pub origins: Vec<String>,
    /// Local addresses of peer connections.
    pub bind: Bind,
    /// Microphones and loudspeakers.
    pub sound_devices: SoundDevices,
}

/// Where microphones and loudspeakers come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SoundDevices {
    /// The operating system.
    System,
    /// Mock devices: for tests, and for machines without a sound card.
    Mock {
        /// A file to which the onsets of played and captured audio are written, for measuring lip sync.
        onset_log: Option<PathBuf>,
    },
}
