//! What the sound thread last measured, for whoever asks; nobody waits for the thread.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use maru_audio::{level::FLOOR, mixer};

/// How loud everything is, RMS in dBFS; silence reads [`FLOOR`] (−96).
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    /// What is sent: the floor while muted or without a microphone.
    pub microphone: f32,
    /// What the microphone hears, muted or not, after processing: shows that somebody speaks into a muted one.
    pub input: f32,
    /// What is heard of each voice.
    pub voices: Vec<(u32, f32)>,
}

/// What is known about a voice that is heard.
#[derive(Debug, Clone, Copy)]
pub struct VoiceReport {
    /// From its jitter buffer and decoder.
    pub voice: mixer::StreamStats,
    /// From the arrival of the fastest recent packets to the air, in milliseconds: jitter buffer, what is mixed
    /// ahead and the device. `None` while nothing of it plays.
    pub delay_ms: Option<f64>,
    /// From [`Self::at`] until the sample `voice.playout_timestamp` names is in the air.
    pub ahead: Duration,
    /// When this was measured; at most some 10 ms ago while sound flows.
    pub at: Instant,
}

impl VoiceReport {
    /// RTP timestamp of what is in the air at `now`: what the picture shown at `now` should belong to. `None`
    /// while nothing plays.
    #[must_use]
    pub fn audible(&self, now: Instant) -> Option<u32> {
        let heard = self.voice.playout_timestamp?;
        let passed = now.saturating_duration_since(self.at);
        Some(
            heard
                .wrapping_sub(samples(self.ahead))
                .wrapping_add(samples(passed)),
        )
    }
}

/// A duration on the RTP clock of sound, 48 kHz; wraps as timestamps do.
pub(crate) fn samples(duration: Duration) -> u32 {
    let wrapped = duration.as_micros() * 48 / 1000 % (1 << 32);
    u32::try_from(wrapped).unwrap_or_default()
}

/// Everything measured in one turn.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) microphone: f32,
    pub(crate) input: f32,
    pub(crate) voices: BTreeMap<u32, VoiceReport>,
}

impl Default for Snapshot {
    fn default() -> Self {
        Self {
            microphone: FLOOR,
            input: FLOOR,
            voices: BTreeMap::new(),
        }
    }
}

/// Where it hangs.
#[derive(Debug, Default)]
pub(crate) struct Board(Mutex<Snapshot>);

impl Board {
    fn lock(&self) -> MutexGuard<'_, Snapshot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn show(&self, snapshot: Snapshot) {
        *self.lock() = snapshot;
    }

    pub(crate) fn report(&self, voice: u32) -> Option<VoiceReport> {
        self.lock().voices.get(&voice).copied()
    }

    pub(crate) fn levels(&self) -> Levels {
        let snapshot = self.lock();
        Levels {
            microphone: snapshot.microphone,
            input: snapshot.input,
            voices: snapshot
                .voices
                .iter()
                .map(|(voice, report)| (*voice, report.voice.meter.dbfs()))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_air_goes_with_time() {
        let at = Instant::now();
        let mut report = VoiceReport {
            voice: mixer::StreamStats {
                meter: maru_audio::level::LevelMeter::default(),
                jitter_buffer: maru_audio::JitterBufferStats::default(),
                target_delay: 0,
                loss: 0.0,
                playout_timestamp: Some(480),
                decode_errors: 0,
            },
            delay_ms: None,
            ahead: Duration::from_millis(30),
            at,
        };
        assert_eq!(report.audible(at), Some(480u32.wrapping_sub(1440)));
        assert_eq!(report.audible(at + Duration::from_millis(30)), Some(480));
        assert_eq!(
            report.audible(at + Duration::from_secs(1)),
            Some(48_000 - 960)
        );
        report.voice.playout_timestamp = None;
        assert_eq!(report.audible(at), None);
    }
}
