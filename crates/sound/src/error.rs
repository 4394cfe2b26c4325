//! Why a device cannot be used, in the kinds that a person can do something about.

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SoundErrorCode {
    /// There is no such device, or none at all: plug one in.
    Missing,
    /// Another program has it: close that.
    Busy,
    /// The system does not let us: allow it in its privacy settings.
    Denied,
    /// Anything else; the detail is for a report.
    Failed,
}

/// Why a device cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct SoundError {
    /// What a person can do about it follows from this.
    pub code: SoundErrorCode,
    /// What the system said. For people who look for the cause; never to be matched on.
    pub detail: String,
}

impl SoundError {
    pub(crate) fn new(code: SoundErrorCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }

    /// What a request gets whose thread has ended, or that has too many before it.
    pub(crate) fn refused(detail: &str) -> Self {
        Self::new(SoundErrorCode::Failed, detail)
    }
}

impl From<cpal::Error> for SoundError {
    fn from(error: cpal::Error) -> Self {
        use cpal::ErrorKind;
        let code = match error.kind() {
            // A direction that a device does not have is a device that is not there.
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
