//! Mock devices for tests and for machines without a sound card: microphones with synthetic speech and loudspeakers
//! that discard what they play.
//!
//! Each stream has a thread that calls the same callbacks as a sound card would, every 10 ms. Only the card itself is
//! replaced.

mod connected;
mod onsets;
mod speech;

use std::{
    collections::VecDeque,
    io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
    time::{Duration, Instant, SystemTime},
};

use crate::{
    capture::{CaptureSource, capture_queue},
    device::{AvailableDevices, Device, DeviceKind},
    error::{SoundError, SoundErrorCode},
    playback::{PlaybackSink, playback_queue},
    stream::{OpenStream, StreamContext, StreamHandle},
    stream_status::StreamStatus,
    stream_thread::StreamThread,
    thread_waker::ThreadWaker,
    ticker::Ticker,
};
use connected::ConnectedDevices;
pub use connected::{HEADSET, MICROPHONE, SPEAKER};
use onsets::{OnsetLog, OnsetSource};
use speech::SyntheticSpeech;

/// Most played samples that are kept: two seconds.
const MAX_PLAYED: usize = 96_000;

#[derive(Debug, Default)]
struct State {
    connected: ConnectedDevices,
    played: VecDeque<f32>,
    onsets: Option<OnsetLog>,
}

/// The mock devices. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Mock(Arc<Mutex<State>>);

impl Mock {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Unplugs a device, which ends its streams.
    pub fn unplug(&self, id: &str) {
        self.lock().connected.unplug(id);
    }

    /// Plugs a device in and makes it the system's default. An unknown ID changes nothing.
    pub fn plug(&self, id: &str) {
        self.lock().connected.plug(id);
    }

    /// Sets the error with which opening a device fails from now on; `None` for success.
    pub fn set_open_error(&self, id: &str, code: Option<SoundErrorCode>) {
        self.lock().connected.set_open_error(id, code);
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

    pub(crate) fn devices(&self) -> Vec<Device> {
        self.lock().connected.list()
    }

    pub(crate) fn available(&self) -> AvailableDevices {
        self.lock().connected.available()
    }

    fn find(&self, kind: DeviceKind, id: Option<&str>) -> Result<Device, SoundError> {
        self.lock().connected.find(kind, id)
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
                if !mock.lock().connected.contains(kind, &id) {
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
