use maru_engine::{EngineError, SoundErrorCode};
use maru_protocol::{DecodeError, ErrorCode, InvalidRoomId};
use maru_session::{CommandRejected, SignalError};
use serde::Serialize;

use crate::{dialogs::DialogOpen, external_link::InvalidLink, settings::SettingsError};

/// Why a command failed.
#[derive(Debug, Serialize)]
pub(crate) struct CommandError {
    /// For the page.
    code: &'static str,
    /// For debugging.
    detail: String,
}

impl CommandError {
    pub(super) fn new(code: &'static str, detail: impl ToString) -> Self {
        Self {
            code,
            detail: detail.to_string(),
        }
    }

    #[cfg(test)]
    pub(super) const fn code(&self) -> &'static str {
        self.code
    }
}

impl From<DecodeError> for CommandError {
    fn from(error: DecodeError) -> Self {
        Self::new(error.code.as_str(), error.detail)
    }
}

impl From<InvalidRoomId> for CommandError {
    fn from(error: InvalidRoomId) -> Self {
        Self::new(ErrorCode::InvalidRoom.as_str(), error)
    }
}

impl From<CommandRejected> for CommandError {
    fn from(error: CommandRejected) -> Self {
        Self::new("busy", error)
    }
}

impl From<SignalError> for CommandError {
    fn from(error: SignalError) -> Self {
        match error {
            SignalError::Invalid(error) => error.into(),
            SignalError::Rejected(error) => error.into(),
        }
    }
}

impl From<SettingsError> for CommandError {
    fn from(error: SettingsError) -> Self {
        let code = match error {
            SettingsError::Invalid(_) => "invalid-setting",
            SettingsError::Save(_) => "not-saved",
        };
        Self::new(code, error)
    }
}

impl From<DialogOpen> for CommandError {
    fn from(error: DialogOpen) -> Self {
        Self::new("busy", error)
    }
}

impl From<InvalidLink> for CommandError {
    fn from(error: InvalidLink) -> Self {
        Self::new("invalid-link", error)
    }
}

impl From<EngineError> for CommandError {
    fn from(error: EngineError) -> Self {
        let code = match &error {
            // `OnsetLog` only occurs in measurements, which read the detail.
            EngineError::MediaSocket(_) | EngineError::OnsetLog(_) => "no-socket",
            EngineError::TooManyLinks => "too-many-links",
            EngineError::Busy => "busy",
            EngineError::NotOpen => "not-open",
            EngineError::Sound(sound) => match sound.code {
                SoundErrorCode::Missing => "missing",
                SoundErrorCode::Busy => "busy",
                SoundErrorCode::Denied => "denied",
                SoundErrorCode::Failed => "failed",
            },
        };
        Self::new(code, error)
    }
}
