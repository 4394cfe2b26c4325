//! How long audio is delayed so that slower video keeps up with it.

use std::time::{Duration, Instant};

/// How long the lead of the audio is averaged.
const AVERAGING_WINDOW: Duration = Duration::from_secs(1);
/// Longest delay, in milliseconds.
const MAX_DELAY_MS: f64 = 350.0;
/// Smaller leads are not corrected, in milliseconds. ITU-R BT.1359 puts the threshold of detectability at 45 for audio
/// that leads.
const MIN_CORRECTION_MS: f64 = 15.0;

/// Decides the minimum delay of the audio's jitter buffer.
#[derive(Debug)]
pub(super) struct AudioDelay {
    window_start: Instant,
    sum_ms: f64,
    frames: u32,
    /// The minimum delay in force.
    min_delay_ms: f64,
}

impl AudioDelay {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            window_start: now,
            sum_ms: 0.0,
            frames: 0,
            min_delay_ms: 0.0,
        }
    }

    /// A video frame arrived. `lead_ms`: by how much the audio is ahead of this frame if it is rendered as soon as
    /// possible. `target_ms`: the delay that the jitter buffer aims for. Returns a changed minimum delay, once in
    /// [`AVERAGING_WINDOW`] at most.
    pub(super) fn on_frame(
        &mut self,
        now: Instant,
        lead_ms: f64,
        target_ms: f64,
    ) -> Option<Duration> {
        self.sum_ms += lead_ms;
        self.frames += 1;
        if now.saturating_duration_since(self.window_start) < AVERAGING_WINDOW {
            return None;
        }
        let mean_ms = self.sum_ms / f64::from(self.frames);
        self.window_start = now;
        self.sum_ms = 0.0;
        self.frames = 0;
        if mean_ms.abs() < MIN_CORRECTION_MS {
            return None;
        }
        let wanted_ms = (target_ms + mean_ms).clamp(0.0, MAX_DELAY_MS);
        // A minimum below what the jitter buffer needs for the network anyway changes nothing.
        if wanted_ms < target_ms && self.min_delay_ms == 0.0 {
            return None;
        }
        // Up at once, down slowly: audio that is stretched and compressed in turn is worse than late audio.
        self.min_delay_ms = if wanted_ms > self.min_delay_ms {
            wanted_ms
        } else {
            (self.min_delay_ms - MIN_CORRECTION_MS).max(wanted_ms)
        };
        if self.min_delay_ms < MIN_CORRECTION_MS {
            self.min_delay_ms = 0.0;
        }
        Some(Duration::from_secs_f64(self.min_delay_ms / 1_000.0))
    }
}
