//! The system's devices or mock devices.

use std::time::Duration;

use crate::{
    capture::CaptureSource,
    device::{AvailableDevices, Device},
    error::SoundError,
    mock::Mock,
    playback::PlaybackSink,
    stream::{OpenStream, StreamContext},
    system_devices::SystemDevices,
};

pub(crate) enum Backend {
    System(SystemDevices),
    Mock(Mock),
}

impl Backend {
    /// The devices to choose from, the system's defaults first.
    pub(crate) fn devices(&mut self) -> Vec<Device> {
        match self {
            Self::System(system) => system.devices(),
            Self::Mock(mock) => mock.devices(),
        }
    }

    /// The devices there are; opens none.
    pub(crate) fn available(&mut self) -> AvailableDevices {
        match self {
            Self::System(system) => system.available(),
            Self::Mock(mock) => mock.available(),
        }
    }

    /// How often to poll for changes.
    pub(crate) fn poll_interval(&self) -> Duration {
        match self {
            // ALSA has no notifications, and reading its configuration takes milliseconds.
            Self::System(_) => Duration::from_secs(2),
            Self::Mock(_) => Duration::from_millis(50),
        }
    }

    pub(crate) fn open_microphone(
        &mut self,
        id: Option<&str>,
        context: &StreamContext,
    ) -> Result<(OpenStream, CaptureSource), SoundError> {
        match self {
            Self::System(system) => system.open_microphone(id, context),
            Self::Mock(mock) => mock.open_microphone(id, context),
        }
    }

    pub(crate) fn open_speaker(
        &mut self,
        id: Option<&str>,
        context: &StreamContext,
    ) -> Result<(OpenStream, PlaybackSink), SoundError> {
        match self {
            Self::System(system) => system.open_speaker(id, context),
            Self::Mock(mock) => mock.open_speaker(id, context),
        }
    }
}
