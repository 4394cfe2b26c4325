//! Why a request to the engine fails.

use maru_sound::SoundError;

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The media socket could not be opened.
    #[error("no port on the loopback interface: {0}")]
    MediaSocket(String),
    /// The onset log of [`SoundDevices::Mock`](crate::SoundDevices::Mock) could not be created.
    #[error("the onset log of the mock devices: {0}")]
    OnsetLog(String),
    /// The page has 32 links already, or one with this ID.
    #[error("no room for another link")]
    TooManyLinks,
    /// The link's queue of 256 requests is full.
    #[error("the link does not keep up")]
    Busy,
    /// No page has the engine open, or no longer.
    #[error("no page has opened the engine")]
    NotOpen,
    /// A microphone or loudspeaker could not be opened.
    #[error(transparent)]
    Sound(#[from] SoundError),
}
