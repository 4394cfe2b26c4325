//! What a stream's callbacks, the sound thread and the device thread know of each other: a few words of memory,
//! so that no callback waits for anybody.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use maru_audio::resample::Resampler;

use crate::{
    counts::Counting,
    error::{SoundError, SoundErrorCode},
    wake::Wake,
};

/// One open stream.
#[derive(Debug)]
pub(crate) struct Line {
    /// Samples per second.
    pub(crate) rate: u32,
    pub(crate) channels: u16,
    pub(crate) counting: Arc<Counting>,
    /// The sound thread: woken by every callback.
    sound: Arc<Wake>,
    /// The device thread: woken when the stream ends.
    devices: Arc<Wake>,
    /// Frames of a callback; the largest of the recent ones.
    period: AtomicUsize,
    /// Microseconds between a callback and the microphone or loudspeaker, as far as the device tells.
    delay: AtomicU64,
    /// Callbacks since the start, wrapping: shows that a stream is alive.
    callbacks: AtomicU32,
    ended: AtomicBool,
    moved: AtomicBool,
}

/// The part of a callback's size by which a smaller one lowers the remembered size: 64 periods to forget.
const FORGET: usize = 64;

impl Line {
    pub(crate) fn new(
        rate: u32,
        channels: u16,
        counting: Arc<Counting>,
        sound: Arc<Wake>,
        devices: Arc<Wake>,
    ) -> Arc<Self> {
        Arc::new(Self {
            rate,
            channels,
            counting,
            sound,
            devices,
            period: AtomicUsize::new(0),
            delay: AtomicU64::new(0),
            callbacks: AtomicU32::new(0),
            ended: AtomicBool::new(false),
            moved: AtomicBool::new(false),
        })
    }

    /// One whose counts and threads nobody looks at.
    #[cfg(test)]
    pub(crate) fn alone(rate: u32, channels: u16) -> Arc<Self> {
        Self::new(
            rate,
            channels,
            Arc::default(),
            Arc::default(),
            Arc::default(),
        )
    }

    /// What the device says a callback will take, before there has been one.
    pub(crate) fn expect(&self, frames: usize) {
        self.period.fetch_max(frames, Ordering::Relaxed);
    }

    /// A callback of `frames` has done its work, `delay` away from the air.
    pub(crate) fn called(&self, frames: usize, delay: Duration) {
        let period = self.period.load(Ordering::Relaxed);
        let fading = period - period.div_ceil(FORGET).min(period);
        self.period.store(frames.max(fading), Ordering::Relaxed);
        let delay = u64::try_from(delay.as_micros()).unwrap_or(u64::MAX);
        self.delay.store(delay, Ordering::Relaxed);
        self.callbacks.fetch_add(1, Ordering::Relaxed);
        self.sound.wake();
    }

    /// What the stream's own thread reports.
    pub(crate) fn report(&self, error: &cpal::Error) {
        use cpal::ErrorKind;
        match error.kind() {
            // A gap, or no real-time scheduling: the stream goes on.
            ErrorKind::Xrun | ErrorKind::RealtimeDenied => {}
            ErrorKind::DeviceChanged => {
                self.moved.store(true, Ordering::Release);
                self.devices.wake();
            }
            // Everything else is taken for the end: cpal's ALSA thread would repeat it as fast as it can.
            _ => self.end(),
        }
    }

    /// The device is gone.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.devices.wake();
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// True once after the system has moved the stream to another device by itself.
    pub(crate) fn was_moved(&self) -> bool {
        self.moved.swap(false, Ordering::AcqRel)
    }

    pub(crate) fn callbacks(&self) -> u32 {
        self.callbacks.load(Ordering::Relaxed)
    }

    pub(crate) fn period(&self) -> usize {
        self.period.load(Ordering::Relaxed)
    }

    /// Between a callback and the air; what a device says beyond a second is not believed.
    pub(crate) fn delay(&self) -> Duration {
        Duration::from_micros(self.delay.load(Ordering::Relaxed)).min(Duration::from_secs(1))
    }

    /// How long `samples` of this stream last.
    pub(crate) fn lasting(&self, samples: usize) -> Duration {
        let samples = u64::try_from(samples).unwrap_or(u64::MAX);
        Duration::from_micros(samples.saturating_mul(1_000_000) / u64::from(self.rate.max(1)))
    }

    /// Samples of this stream in `milliseconds`.
    pub(crate) fn samples(&self, milliseconds: u32) -> usize {
        let samples = u64::from(self.rate) * u64::from(milliseconds) / 1000;
        usize::try_from(samples).unwrap_or(usize::MAX)
    }
}

/// A converter between two rates, or why this device cannot be used.
pub(crate) fn resampler(from: u32, to: u32) -> Result<Resampler, SoundError> {
    Resampler::new(from, to)
        .map_err(|error| SoundError::new(SoundErrorCode::Failed, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Arc<Line> {
        Line::alone(44_100, 2)
    }

    #[test]
    fn a_large_callback_is_remembered_and_forgotten() {
        let line = line();
        line.called(4096, Duration::from_secs(9));
        assert_eq!(line.period(), 4096);
        assert_eq!(line.delay(), Duration::from_secs(1), "not believed");
        line.called(441, Duration::from_millis(3));
        assert!(line.period() > 4000, "{}", line.period());
        for _ in 0..1000 {
            line.called(441, Duration::from_millis(3));
        }
        assert_eq!(
            (line.period(), line.delay()),
            (441, Duration::from_millis(3))
        );
        assert_eq!(line.callbacks(), 1002);
        assert_eq!(line.samples(10), 441);
        assert_eq!(line.lasting(441), Duration::from_millis(10));
    }

    #[test]
    fn only_what_ends_a_stream_ends_it() {
        use cpal::ErrorKind;
        for (kind, ended) in [
            (ErrorKind::Xrun, false),
            (ErrorKind::RealtimeDenied, false),
            (ErrorKind::DeviceChanged, false),
            (ErrorKind::DeviceNotAvailable, true),
            (ErrorKind::StreamInvalidated, true),
            (ErrorKind::BackendError, true),
        ] {
            let line = line();
            line.report(&kind.into());
            assert_eq!(line.has_ended(), ended, "{kind:?}");
            assert_eq!(line.was_moved(), kind == ErrorKind::DeviceChanged);
            assert!(!line.was_moved(), "told once");
        }
    }
}
