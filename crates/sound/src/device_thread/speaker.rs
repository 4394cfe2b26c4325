//! The loudspeaker. It is open while it is needed, and only then.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::open_device::{DeviceOpener, OpenDevice, is_busy};
use crate::{control::SoundControl, error::SoundError, event::EventSender, playback::PlaybackSink};

/// Delay before another attempt when no loudspeaker could be opened and the list of devices has not changed: a sound
/// server that restarts does not change it.
const RETRY_INTERVAL: Duration = Duration::from_secs(10);
/// Minimum time between openings of a loudspeaker that fails soon after it was opened.
const MIN_REOPEN_INTERVAL: Duration = Duration::from_secs(2);

pub(super) struct SpeakerSlot {
    control: Arc<SoundControl>,
    events: EventSender,
    /// The ID that was requested; `None` for the system's default.
    requested: Option<String>,
    device: Option<OpenDevice>,
    /// No loudspeaker is opened before this, except on request.
    retry_at: Option<Instant>,
}

impl SpeakerSlot {
    pub(super) fn new(control: Arc<SoundControl>, events: EventSender) -> Self {
        Self {
            control,
            events,
            requested: None,
            device: None,
            retry_at: None,
        }
    }

    pub(super) fn device(&mut self) -> Option<&mut OpenDevice> {
        self.device.as_mut()
    }

    /// Chooses the loudspeaker; opens it at once if `needed`.
    pub(super) fn choose(
        &mut self,
        id: Option<&str>,
        needed: bool,
        opener: &mut DeviceOpener,
    ) -> Result<(), SoundError> {
        if needed {
            let mut opened = opener.open_speaker(id);
            if is_busy(&opened) && self.device.take().is_some() {
                self.control.set_sink(None);
                opened = opener.open_speaker(id);
            }
            let (device, sink) = opened?;
            self.install(device, sink);
        }
        self.requested = id.map(str::to_owned);
        Ok(())
    }

    /// Devices came or went: the next attempt may be made at once.
    pub(super) fn on_devices_changed(&mut self) {
        self.retry_at = None;
    }

    /// Opens, replaces or closes the device.
    pub(super) fn maintain(&mut self, now: Instant, needed: bool, opener: &mut DeviceOpener) {
        if !needed {
            if self.device.take().is_some() {
                self.control.set_sink(None);
            }
            self.retry_at = None;
            return;
        }
        if let Some(device) = &mut self.device {
            device.follow_rerouting(opener, &self.events);
        }
        if let Some(device) = self.device.take_if(|device| device.status().has_ended()) {
            self.control.counters.devices_replaced.add(1);
            self.control.set_sink(None);
            if device.age(now) < MIN_REOPEN_INTERVAL {
                self.retry_at = Some(now + MIN_REOPEN_INTERVAL);
            }
        }
        if self.device.is_some() || self.retry_at.is_some_and(|retry_at| now < retry_at) {
            return;
        }
        let opened = opener
            .open_speaker(self.requested.as_deref())
            .or_else(|_| opener.open_speaker(None));
        self.retry_at = match opened {
            Ok((device, sink)) => {
                self.install(device, sink);
                None
            }
            Err(_) => Some(now + RETRY_INTERVAL),
        };
    }

    fn install(&mut self, device: OpenDevice, sink: PlaybackSink) {
        self.control.set_sink(Some(sink));
        self.device = Some(device);
    }
}
