//! How much audio is mixed ahead on top of a device's period.
//!
//! A callback takes a whole period and cannot wait, so a period must always be ready. The callback wakes the sound
//! thread, which has until the next one to mix another period. The margin of at least 10 ms covers the thread's
//! wake-up latency and mixing in blocks of 10 ms. It grows after an underrun and shrinks after a while without, as
//! it adds to the delay. Rejected: mixing in the callback. It would save 10 ms, but decoding 32 streams, or an
//! allocation in a decoder, would cause an underrun.

use std::time::{Duration, Instant};

/// Minimum margin, and the step by which it changes, in milliseconds.
const STEP: u32 = 10;
/// Maximum margin, in milliseconds: a machine that needs more is too slow for a call.
const MAX: u32 = 50;
/// Time without an underrun after which the margin shrinks.
const SHRINK_AFTER: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy)]
pub(crate) struct BufferMargin {
    milliseconds: u32,
    /// Time of the last change or underrun.
    stable_since: Option<Instant>,
}

impl Default for BufferMargin {
    fn default() -> Self {
        Self {
            milliseconds: STEP,
            stable_since: None,
        }
    }
}

impl BufferMargin {
    /// Returns the margin in milliseconds. `underrun` says whether there has been one since the last call.
    pub(crate) fn update(&mut self, now: Instant, underrun: bool) -> u32 {
        let stable_since = *self.stable_since.get_or_insert(now);
        if underrun {
            self.milliseconds = (self.milliseconds + STEP).min(MAX);
            self.stable_since = Some(now);
        } else if now.saturating_duration_since(stable_since) >= SHRINK_AFTER {
            self.milliseconds = (self.milliseconds - STEP).max(STEP);
            self.stable_since = Some(now);
        }
        self.milliseconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_with_underruns_and_shrinks_without() {
        let mut margin = BufferMargin::default();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(margin.update(at(0), false), 10);
        assert_eq!(margin.update(at(1), true), 20);
        assert_eq!(margin.update(at(2), false), 20);
        for _ in 0..20 {
            margin.update(at(3), true);
        }
        assert_eq!(margin.update(at(4), false), 50);
        assert_eq!(margin.update(at(32), false), 50);
        assert_eq!(margin.update(at(33), false), 40);
        assert_eq!(margin.update(at(34), false), 40);
        for seconds in 60..400 {
            margin.update(at(seconds), false);
        }
        assert_eq!(margin.update(at(400), false), 10);
    }
}
