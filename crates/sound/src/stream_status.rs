//! State of an open stream, shared between its callbacks, the sound thread and the device thread. Atomics only, so
//! that a callback never waits.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use crate::{counts::Counters, thread_waker::ThreadWaker};

/// The share of the remembered period by which it shrinks with each smaller callback: one of 64.
const PERIOD_DECAY: usize = 64;
/// A larger latency reported by a device is not plausible.
const MAX_LATENCY: Duration = Duration::from_secs(1);

/// One open stream.
#[derive(Debug)]
pub(crate) struct StreamStatus {
    /// Samples per second and channel.
    pub(crate) rate: u32,
    pub(crate) channels: u16,
    pub(crate) counters: Arc<Counters>,
    /// Woken by every callback.
    sound_thread: Arc<ThreadWaker>,
    /// Woken when the stream ends or is rerouted.
    device_thread: Arc<ThreadWaker>,
    /// Frames of a callback; the largest of the recent ones.
    period: AtomicUsize,
    /// Microseconds between a callback and the microphone or loudspeaker, as reported by the device.
    latency: AtomicU64,
    /// Callbacks since the start, wrapping; for the watchdog.
    callbacks: AtomicU32,
    ended: AtomicBool,
    rerouted: AtomicBool,
}

impl StreamStatus {
    pub(crate) fn new(
        rate: u32,
        channels: u16,
        counters: Arc<Counters>,
        sound_thread: Arc<ThreadWaker>,
        device_thread: Arc<ThreadWaker>,
    ) -> Arc<Self> {
        Arc::new(Self {
            rate,
            channels,
            counters,
            sound_thread,
            device_thread,
            period: AtomicUsize::new(0),
            latency: AtomicU64::new(0),
            callbacks: AtomicU32::new(0),
            ended: AtomicBool::new(false),
            rerouted: AtomicBool::new(false),
        })
    }

    /// A status with counters and threads of its own.
    #[cfg(test)]
    pub(crate) fn detached(rate: u32, channels: u16) -> Arc<Self> {
        Self::new(
            rate,
            channels,
            Arc::default(),
            Arc::default(),
            Arc::default(),
        )
    }

    /// The device announced callbacks of this size before the first one.
    pub(crate) fn set_expected_period(&self, frames: usize) {
        self.period.fetch_max(frames, Ordering::Relaxed);
    }

    /// A callback of `frames` has finished. `latency` is the time between the callback and the microphone or
    /// loudspeaker.
    pub(crate) fn on_callback(&self, frames: usize, latency: Duration) {
        let period = self.period.load(Ordering::Relaxed);
        let decayed = period - period.div_ceil(PERIOD_DECAY).min(period);
        self.period.store(frames.max(decayed), Ordering::Relaxed);
        let latency = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        self.latency.store(latency, Ordering::Relaxed);
        self.callbacks.fetch_add(1, Ordering::Relaxed);
        self.sound_thread.wake();
    }

    /// cpal reported an error of the stream.
    pub(crate) fn on_error(&self, error: &cpal::Error) {
        use cpal::ErrorKind;
        match error.kind() {
            // A gap, or no real-time scheduling: the stream continues.
            ErrorKind::Xrun | ErrorKind::RealtimeDenied => {}
            ErrorKind::DeviceChanged => {
                self.rerouted.store(true, Ordering::Release);
                self.device_thread.wake();
            }
            // Any other error ends the stream: cpal's ALSA thread would repeat it in a busy loop.
            _ => self.end(),
        }
    }

    /// The device is gone.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.device_thread.wake();
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// True once after the system has moved the stream to another device.
    pub(crate) fn take_rerouted(&self) -> bool {
        self.rerouted.swap(false, Ordering::AcqRel)
    }

    pub(crate) fn callbacks(&self) -> u32 {
        self.callbacks.load(Ordering::Relaxed)
    }

    /// Frames of a callback.
    pub(crate) fn period(&self) -> usize {
        self.period.load(Ordering::Relaxed)
    }

    /// Time between a callback and the microphone or loudspeaker, at most [`MAX_LATENCY`].
    pub(crate) fn latency(&self) -> Duration {
        Duration::from_micros(self.latency.load(Ordering::Relaxed)).min(MAX_LATENCY)
    }

    /// Duration of `frames` at the stream's rate.
    pub(crate) fn duration_of(&self, frames: usize) -> Duration {
        let frames = frames as u64;
        Duration::from_micros(frames.saturating_mul(1_000_000) / u64::from(self.rate.max(1)))
    }

    /// Frames in `milliseconds` at the stream's rate.
    pub(crate) fn frames_in(&self, milliseconds: u32) -> usize {
        let frames = u64::from(self.rate) * u64::from(milliseconds) / 1000;
        usize::try_from(frames).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_period_is_remembered_and_decays() {
        let status = StreamStatus::detached(44_100, 2);
        status.on_callback(4096, Duration::from_secs(9));
        assert_eq!(status.period(), 4096);
        assert_eq!(status.latency(), MAX_LATENCY);
        status.on_callback(441, Duration::from_millis(3));
        assert!(status.period() > 4000, "{}", status.period());
        for _ in 0..1000 {
            status.on_callback(441, Duration::from_millis(3));
        }
        assert_eq!(
            (status.period(), status.latency()),
            (441, Duration::from_millis(3))
        );
        assert_eq!(status.callbacks(), 1002);
        assert_eq!(status.frames_in(10), 441);
        assert_eq!(status.duration_of(441), Duration::from_millis(10));
    }

    #[test]
    fn only_fatal_errors_end_a_stream() {
        use cpal::ErrorKind;
        for (kind, ended) in [
            (ErrorKind::Xrun, false),
            (ErrorKind::RealtimeDenied, false),
            (ErrorKind::DeviceChanged, false),
            (ErrorKind::DeviceNotAvailable, true),
            (ErrorKind::StreamInvalidated, true),
            (ErrorKind::BackendError, true),
        ] {
            let status = StreamStatus::detached(44_100, 2);
            status.on_error(&kind.into());
            assert_eq!(status.has_ended(), ended, "{kind:?}");
            assert_eq!(status.take_rerouted(), kind == ErrorKind::DeviceChanged);
            assert!(!status.take_rerouted(), "reported once");
        }
    }
}
