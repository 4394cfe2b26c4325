//! Mock devices for tests and for machines without a sound card: microphones with synthetic speech and loudspeakers
//! that discard what they play.
//!
//! Each stream has a thread that calls the same callbacks as a sound card would, every 10 ms. Only the card itself is
//! replaced.

mod onsets;
mod speech;

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
    time::{Duration, Instant, SystemTime},
};

use crate::{
    capture::{CaptureSource, capture_queue},
    device::{AvailableDevices, DEFAULT, Device, DeviceKind},
    error::{SoundError, SoundErrorCode},
    playback::{PlaybackSink, playback_queue},
    stream::{OpenStream, StreamContext, StreamHandle},
    stream_status::StreamStatus,
    stream_thread::StreamThread,
    thread_waker::ThreadWaker,
    ticker::Ticker,
};
use onsets::{OnsetLog, OnsetSource};
use speech::SyntheticSpeech;

/// The first microphone: 48 kHz, mono, `f32`.
pub const MICROPHONE: &str = "mock:microphone";
/// The first loudspeaker: 48 kHz, stereo, `f32`.
pub const SPEAKER: &str = "mock:speaker";
/// A second microphone and loudspeaker: 44.1 kHz, stereo, `i16`.
pub const HEADSET: &str = "mock:headset";

/// Most played samples that are kept: two seconds.
const MAX_PLAYED: usize = 96_000;

#[derive(Debug)]
struct State {
    /// In order of preference: the first of a kind is the system's default.
    connected: Vec<Device>,
    open_errors: BTreeMap<String, SoundErrorCode>,
    played: VecDeque<f32>,
    onsets: Option<OnsetLog>,
}

/// The mock devices. Clones share them.
#[derive(Debug, Clone)]
pub struct Mock(Arc<Mutex<State>>);

fn all_devices() -> [Device; 4] {
    let device = |id: &str, kind, label: &str| Device {
        id: id.to_owned(),
        kind,
        label: label.to_owned(),
    };
    [
        device(MICROPHONE, DeviceKind::Microphone, "Babbling microphone"),
        device(HEADSET, DeviceKind::Microphone, "Babbling headset"),
        device(SPEAKER, DeviceKind::Speaker, "Silent loudspeaker"),
        device(HEADSET, DeviceKind::Speaker, "Silent headset"),
    ]
}

impl Default for Mock {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State {
            connected: all_devices().into(),
            open_errors: BTreeMap::new(),
            played: VecDeque::new(),
            onsets: None,
        })))
    }
}

impl Mock {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Unplugs a device, which ends its streams.
    pub fn unplug(&self, id: &str) {
        self.lock().connected.retain(|device| device.id != id);
    }

    /// Plugs a device in and makes it the system's default. An unknown ID changes nothing.
    pub fn plug(&self, id: &str) {
        let mut state = self.lock();
        state.connected.retain(|device| device.id != id);
        let found = all_devices().into_iter().filter(|device| device.id == id);
        let rest = std::mem::take(&mut state.connected);
        state.connected = found.chain(rest).collect();
    }

    /// Sets the error with which opening a device fails from now on; `None` for success.
    pub fn set_open_error(&self, id: &str, code: Option<SoundErrorCode>) {
        let mut state = self.lock();
        match code {
            Some(code) => state.open_errors.insert(id.to_owned(), code),
            None => state.open_errors.remove(id),
        };
    }

    /// Takes the samples that the loudspeakers have played since the last call: mono, at the device's rate, the last
    /// two seconds at most.
    #[must_use]
    pub fn take_played(&self) -> Vec<f32> {
        std::mem::take(&mut self.lock().played).into()
    }

    /// From now on logs the onsets of played and captured audio after at least 150 ms of silence, for measuring lip
    /// sync. Each line consists of `heard` or `said` and the milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// When the file cannot be created.
    pub fn write_onsets(&self, path: &Path) -> io::Result<()> {
        self.lock().onsets = Some(OnsetLog::create(path)?);
        Ok(())
    }

    fn on_played(&self, rate: u32, samples: impl Iterator<Item = f32> + Clone) {
        let mut state = self.lock();
        if let Some(onsets) = &mut state.onsets {
            let now = SystemTime::now();
            onsets.add(OnsetSource::Played, now, rate, samples.clone());
        }
        state.played.extend(samples);
        let excess = state.played.len().saturating_sub(MAX_PLAYED);
        state.played.drain(..excess);
    }

    fn on_captured(&self, rate: u32, samples: &[f32]) {
        if let Some(onsets) = &mut self.lock().onsets {
            let samples = samples.iter().copied();
            onsets.add(OnsetSource::Captured, SystemTime::now(), rate, samples);
        }
    }

    fn is_connected(&self, kind: DeviceKind, id: &str) -> bool {
        let state = self.lock();
        state
            .connected
            .iter()
            .any(|device| device.kind == kind && device.id == id)
    }

    pub(crate) fn devices(&self) -> Vec<Device> {
        let connected = self.lock().connected.clone();
        let mut devices = Vec::new();
        for kind in [DeviceKind::Microphone, DeviceKind::Speaker] {
            if connected.iter().any(|device| device.kind == kind) {
                devices.push(Device::default_of(kind));
            }
            let of_kind = connected.iter().filter(|device| device.kind == kind);
            devices.extend(of_kind.cloned());
        }
        devices
    }

    pub(crate) fn available(&self) -> AvailableDevices {
        let connected = self.lock().connected.clone();
        let first = |kind| {
            let mut of_kind = connected.iter().filter(|device| device.kind == kind);
            of_kind.next().map(|device| device.id.clone())
        };
        AvailableDevices {
            default_microphone: first(DeviceKind::Microphone),
            default_speaker: first(DeviceKind::Speaker),
            ids: connected
                .iter()
                .map(|device| (device.kind, device.id.clone()))
                .collect(),
        }
    }

    fn find(&self, kind: DeviceKind, id: Option<&str>) -> Result<Device, SoundError> {
        let state = self.lock();
        let device = state
            .connected
            .iter()
            .find(|device| device.kind == kind && id.is_none_or(|id| device.id == id))
            .cloned()
            .ok_or_else(|| {
                let id = id.unwrap_or(DEFAULT);
                SoundError::new(SoundErrorCode::Missing, format!("{id} is not plugged in"))
            })?;
        match state.open_errors.get(&device.id) {
            Some(code) => Err(SoundError::new(
                *code,
                format!("{} is set to fail", device.id),
            )),
            None => Ok(device),
        }
    }

    pub(crate) fn open_microphone(
        &self,
        id: Option<&str>,
        context: &StreamContext,
    ) -> Result<(OpenStream, CaptureSource), SoundError> {
        let device = self.find(DeviceKind::Microphone, id)?;
        let headset = device.id == HEADSET;
        let status = if headset {
            context.status(44_100, 2)
        } else {
            context.status(48_000, 1)
        };
        let (mut callback, source) = capture_queue(&status)?;
        let (rate, period) = (status.rate, status.frames_in(10));
        let mut speech = SyntheticSpeech::new(rate);
        let mut integers = Vec::new();
        let mut floats = Vec::new();
        let thread = self.start(&device, &status, move |mock| {
            floats.clear();
            floats.extend(std::iter::repeat_with(|| speech.next_sample()).take(period));
            mock.on_captured(rate, &floats);
            if headset {
                integers.clear();
                integers.extend(floats.iter().flat_map(|sample| [to_i16(*sample); 2]));
                callback.push(&integers, Duration::ZERO);
            } else {
                callback.push(&floats, Duration::ZERO);
            }
        })?;
        Ok((open_stream(thread, status, id, device), source))
    }

    pub(crate) fn open_speaker(
        &self,
        id: Option<&str>,
        context: &StreamContext,
    ) -> Result<(OpenStream, PlaybackSink), SoundError> {
        let device = self.find(DeviceKind::Speaker, id)?;
        let headset = device.id == HEADSET;
        let status = context.status(if headset { 44_100 } else { 48_000 }, 2);
        let (mut callback, sink) = playback_queue(&status)?;
        let (rate, period) = (status.rate, status.frames_in(10));
        status.set_expected_period(period);
        let mut integers = vec![0i16; 2 * period];
        let mut floats = vec![0.0f32; 2 * period];
        let thread = self.start(&device, &status, move |mock| {
            if headset {
                callback.fill(&mut integers, Duration::ZERO);
                let left = integers.iter().step_by(2);
                mock.on_played(rate, left.map(|sample| f32::from(*sample) / 32_768.0));
            } else {
                callback.fill(&mut floats, Duration::ZERO);
                mock.on_played(rate, floats.iter().step_by(2).copied());
            }
        })?;
        Ok((open_stream(thread, status, id, device), sink))
    }

    /// Calls `callback` every 10 ms until the device is unplugged or the thread dropped.
    fn start(
        &self,
        device: &Device,
        status: &Arc<StreamStatus>,
        mut callback: impl FnMut(&Self) + Send + 'static,
    ) -> Result<StreamThread, SoundError> {
        let mock = self.clone();
        let (status, kind, id) = (Arc::clone(status), device.kind, device.id.clone());
        StreamThread::start("maru-sound-mock", move |stopped| {
            let mut ticker = Ticker::new(Instant::now());
            while !stopped.load(Ordering::Acquire) {
                if !mock.is_connected(kind, &id) {
                    status.end();
                    return;
                }
                for _ in 0..ticker.due(Instant::now()) {
                    callback(&mock);
                }
                ThreadWaker::sleep(Some(ticker.next()));
            }
        })
    }
}

fn open_stream(
    thread: StreamThread,
    status: Arc<StreamStatus>,
    id: Option<&str>,
    device: Device,
) -> OpenStream {
    OpenStream {
        handle: StreamHandle::Thread(thread),
        status,
        id: id.map(|_| device.id),
        label: device.label,
    }
}

#[allow(clippy::cast_possible_truncation, reason = "within full scale")]
fn to_i16(sample: f32) -> i16 {
    (sample.clamp(-1.0, 1.0) * 32_767.0) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_is_plugged_in_becomes_the_default() {
        let mock = Mock::default();
        let default = |kind| mock.available().default_of(kind).cloned();
        let microphone = || default(DeviceKind::Microphone);
        let speaker = || default(DeviceKind::Speaker);
        assert_eq!(microphone().as_deref(), Some(MICROPHONE));
        mock.plug(HEADSET);
        assert_eq!(microphone().as_deref(), Some(HEADSET));
        assert_eq!(speaker().as_deref(), Some(HEADSET));
        mock.unplug(HEADSET);
        mock.unplug(SPEAKER);
        mock.plug("mock:unknown");
        assert_eq!(speaker(), None);
        let ids: Vec<String> = mock.devices().into_iter().map(|device| device.id).collect();
        assert_eq!(ids, [DEFAULT, MICROPHONE]);
    }
}
