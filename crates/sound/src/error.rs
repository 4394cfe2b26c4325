//! Why a device cannot be used, by what the user can do about it.

use maru_audio::resample::RateError;

/// The kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SoundErrorCode {
    /// There is no such device, or none at all: plug one in.
    Missing,
    /// Another program uses the device: close that program.
    Busy,
    /// The system denies access: allow it in the privacy settings.
    Denied,
    /// Anything else; the detail is for a bug report.
    Failed,
}

/// Why a device cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct SoundError {
    /// What the user can do about it follows from this.
    pub code: SoundErrorCode,
    /// The system's message, for diagnosis; never to be matched on.
    pub detail: String,
}

impl SoundError {
    pub(crate) fn new(code: SoundErrorCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }

    /// An error of code [`SoundErrorCode::Failed`].
    pub(crate) fn failed(detail: impl Into<String>) -> Self {
        Self::new(SoundErrorCode::Failed, detail)
    }
}

impl From<RateError> for SoundError {
    fn from(error: RateError) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<cpal::Error> for SoundError {
    fn from(error: cpal::Error) -> Self {
        use cpal::ErrorKind;
        let code = match error.kind() {
            // `UnsupportedOperation`: the device exists, but not in this direction.
            ErrorKind::DeviceNotAvailable
            | ErrorKind::HostUnavailable
            | ErrorKind::UnsupportedOperation => SoundErrorCode::Missing,
            ErrorKind::DeviceBusy => SoundErrorCode::Busy,
            ErrorKind::PermissionDenied => SoundErrorCode::Denied,
            _ => SoundErrorCode::Failed,
        };
        Self::new(code, error.to_string())
    }
}
