//! Opens devices, and decides when an open one must be replaced.

use std::time::{Duration, Instant};

use super::watchdog::Watchdog;
use crate::{
    backend::Backend,
    capture::CaptureSource,
    device::{AvailableDevices, DeviceKind},
    error::{SoundError, SoundErrorCode},
    event::{Event, EventSender},
    playback::PlaybackSink,
    stream::{OpenStream, StreamContext},
    stream_status::StreamStatus,
};

/// An open device with what decides whether to replace it.
pub(super) struct OpenDevice {
    pub(super) stream: OpenStream,
    kind: DeviceKind,
    watchdog: Watchdog,
    opened_at: Instant,
    /// The system's default that it was opened as; `None` where it was opened by ID.
    default: Option<String>,
}

impl OpenDevice {
    pub(super) fn status(&self) -> &StreamStatus {
        &self.stream.status
    }

    /// Time since it was opened.
    pub(super) fn age(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.opened_at)
    }

    /// Ends the stream where the device is gone, is no longer the system's default, or has stopped.
    pub(super) fn check(
        &mut self,
        now: Instant,
        before: Option<&AvailableDevices>,
        available: &AvailableDevices,
    ) {
        let callbacks = self.stream.status.callbacks();
        if self.is_outdated(before, available) || !self.watchdog.is_alive(now, callbacks) {
            self.stream.status.end();
        }
    }

    fn is_outdated(&self, before: Option<&AvailableDevices>, available: &AvailableDevices) -> bool {
        match &self.stream.id {
            Some(id) => {
                let device = (self.kind, id.clone());
                // A device that was never listed (a name typed in by hand) cannot disappear from the list.
                before.is_some_and(|before| before.ids.contains(&device))
                    && !available.ids.contains(&device)
            }
            None => {
                let default = available.default_of(self.kind);
                default.is_some() && default != self.default.as_ref()
            }
        }
    }

    /// Where the system has moved the stream to another device: takes over the new default.
    pub(super) fn follow_rerouting(&mut self, opener: &mut DeviceOpener, events: &EventSender) {
        if self.stream.status.take_rerouted() {
            events.send(Event::DevicesChanged);
            self.default = opener.default_of(self.kind);
        }
    }
}

/// Opens devices; the system's default in place of one that is missing.
pub(super) struct DeviceOpener {
    pub(super) backend: Backend,
    pub(super) context: StreamContext,
}

impl DeviceOpener {
    pub(super) fn open_microphone(
        &mut self,
        id: Option<&str>,
    ) -> Result<(OpenDevice, CaptureSource), SoundError> {
        let (stream, source) =
            or_default(id, |id| self.backend.open_microphone(id, &self.context))?;
        Ok((self.opened(stream, DeviceKind::Microphone), source))
    }

    pub(super) fn open_speaker(
        &mut self,
        id: Option<&str>,
    ) -> Result<(OpenDevice, PlaybackSink), SoundError> {
        let (stream, sink) = or_default(id, |id| self.backend.open_speaker(id, &self.context))?;
        Ok((self.opened(stream, DeviceKind::Speaker), sink))
    }

    fn opened(&mut self, stream: OpenStream, kind: DeviceKind) -> OpenDevice {
        let default = match stream.id {
            Some(_) => None,
            None => self.default_of(kind),
        };
        let now = Instant::now();
        OpenDevice {
            stream,
            kind,
            watchdog: Watchdog::new(now),
            opened_at: now,
            default,
        }
    }

    fn default_of(&mut self, kind: DeviceKind) -> Option<String> {
        self.backend.available().default_of(kind).cloned()
    }
}

fn or_default<T>(
    id: Option<&str>,
    mut open: impl FnMut(Option<&str>) -> Result<T, SoundError>,
) -> Result<T, SoundError> {
    match open(id) {
        Err(error) if id.is_some() && error.code == SoundErrorCode::Missing => open(None),
        opened => opened,
    }
}

pub(super) fn is_busy<T>(opened: &Result<T, SoundError>) -> bool {
    matches!(opened, Err(error) if error.code == SoundErrorCode::Busy)
}
