//! Why a device could not be used.

use cpal::ErrorKind;

/// What a person can act on; the names of `DeviceErrorCode` in `ui/src/engine/types.ts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoundErrorCode {
    /// The system said no.
    Denied,
    /// There is none.
    Missing,
    /// Another program has it.
    Busy,
    /// Anything else.
    Failed,
}

impl SoundErrorCode {
    /// As the interface writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Missing => "missing",
            Self::Busy => "busy",
            Self::Failed => "failed",
        }
    }
}

/// A device could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct SoundError {
    /// For the person.
    pub code: SoundErrorCode,
    /// For the person debugging it.
    pub detail: String,
}

impl SoundError {
    pub(crate) fn new(code: SoundErrorCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }

    pub(crate) fn ended() -> Self {
        Self::new(SoundErrorCode::Failed, "the sound thread has ended")
    }
}

impl From<cpal::Error> for SoundError {
    fn from(error: cpal::Error) -> Self {
        let code = match error.kind() {
            ErrorKind::DeviceBusy => SoundErrorCode::Busy,
            ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable => SoundErrorCode::Missing,
            ErrorKind::PermissionDenied => SoundErrorCode::Denied,
            _ => SoundErrorCode::Failed,
        };
        Self::new(code, error.to_string())
    }
}

/// Passes on what a stream does not survive; the rest is a glitch, or a change it followed by itself.
pub(crate) fn if_fatal(error: cpal::Error, failed: &dyn Fn(SoundError)) {
    match error.kind() {
        ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
        _ => failed(error.into()),
    }
}
