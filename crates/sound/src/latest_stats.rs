//! The most recent measurements of the sound thread, readable without waiting for it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use maru_audio::{level::FLOOR, mixer};

/// Levels, RMS in dBFS; [`FLOOR`] (−96) for silence.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    /// Level of the audio that is sent: the floor while muted or without a microphone.
    pub microphone: f32,
    /// Level of the microphone after processing, muted or not. For detecting speech into a muted microphone.
    pub input: f32,
    /// Level of each received stream.
    pub streams: Vec<(u32, f32)>,
}

/// State of a received stream.
#[derive(Debug, Clone, Copy)]
pub struct StreamStats {
    /// State of its jitter buffer and decoder.
    pub mixer: mixer::StreamStats,
    /// Delay from the arrival of the fastest recent packets to the loudspeaker, in milliseconds: jitter buffer,
    /// samples mixed ahead and device. `None` while nothing plays.
    pub delay_ms: Option<f64>,
    /// Time from [`Self::measured_at`] until the sample of `mixer.playout_timestamp` is played.
    pub output_latency: Duration,
    /// When this was measured; some 10 ms ago at most while audio flows.
    pub measured_at: Instant,
}

impl StreamStats {
    /// RTP timestamp of the sample that is audible at `now`, for lip sync. `None` while nothing plays.
    #[must_use]
    pub fn audible_timestamp(&self, now: Instant) -> Option<u32> {
        let next = self.mixer.playout_timestamp?;
        let elapsed = now.saturating_duration_since(self.measured_at);
        Some(
            next.wrapping_sub(rtp_duration(self.output_latency))
                .wrapping_add(rtp_duration(elapsed)),
        )
    }
}

/// A duration on the RTP clock of audio, 48 kHz; wraps as timestamps do.
pub(crate) fn rtp_duration(duration: Duration) -> u32 {
    let wrapped = duration.as_micros() * 48 / 1000 % (1 << 32);
    u32::try_from(wrapped).unwrap_or_default()
}

/// Everything measured at one time.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) microphone: f32,
    pub(crate) input: f32,
    pub(crate) streams: BTreeMap<u32, StreamStats>,
}

impl Default for Snapshot {
    fn default() -> Self {
        Self {
            microphone: FLOOR,
            input: FLOOR,
            streams: BTreeMap::new(),
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct LatestStats(Mutex<Snapshot>);

impl LatestStats {
    fn lock(&self) -> MutexGuard<'_, Snapshot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn publish(&self, snapshot: Snapshot) {
        *self.lock() = snapshot;
    }

    pub(crate) fn stream(&self, stream: u32) -> Option<StreamStats> {
        self.lock().streams.get(&stream).copied()
    }

    pub(crate) fn levels(&self) -> Levels {
        let snapshot = self.lock();
        Levels {
            microphone: snapshot.microphone,
            input: snapshot.input,
            streams: snapshot
                .streams
                .iter()
                .map(|(stream, stats)| (*stream, stats.mixer.meter.dbfs()))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audible_timestamp_advances_with_time() {
        let measured_at = Instant::now();
        let mut stats = StreamStats {
            mixer: mixer::StreamStats {
                meter: maru_audio::level::LevelMeter::default(),
                jitter_buffer: maru_audio::JitterBufferStats::default(),
                target_delay: 0,
                loss: 0.0,
                playout_timestamp: Some(480),
                decode_errors: 0,
            },
            delay_ms: None,
            output_latency: Duration::from_millis(30),
            measured_at,
        };
        let audible = |stats: &StreamStats, milliseconds| {
            stats.audible_timestamp(measured_at + Duration::from_millis(milliseconds))
        };
        assert_eq!(audible(&stats, 0), Some(480u32.wrapping_sub(1440)));
        assert_eq!(audible(&stats, 30), Some(480));
        assert_eq!(audible(&stats, 1000), Some(48_000 - 960));
        stats.mixer.playout_timestamp = None;
        assert_eq!(audible(&stats, 0), None);
    }
}
