//! How far ahead of the loudspeaker sound is mixed.
//!
//! A callback takes a whole period at once and cannot wait, so a period must be ready whenever it comes. It
//! wakes the sound thread, which has until the next callback to mix another: 10 ms on top of the period are for
//! the thread coming late and for mixing in blocks of 10 ms. Where that was not enough the margin grows, and
//! shrinks again when it has been enough for a while: every millisecond of it is a millisecond of delay.
//! Mixing in the callback itself would save those 10 ms, and decoding 32 voices or the allocation inside a
//! decoder would then be a click.

use std::time::{Duration, Instant};

/// Least margin, and the step it grows by, in milliseconds.
const STEP: u32 = 10;
/// Most margin, in milliseconds: a machine that is later than this is too slow for a call.
const MOST: u32 = 50;
/// After so long without a gap the margin shrinks.
const CALM: Duration = Duration::from_secs(30);

/// The margin on top of a period.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lead {
    milliseconds: u32,
    calm_since: Option<Instant>,
}

impl Default for Lead {
    fn default() -> Self {
        Self {
            milliseconds: STEP,
            calm_since: None,
        }
    }
}

impl Lead {
    /// The margin in milliseconds. `gap` says whether the loudspeaker has run dry since the last call.
    pub(crate) fn margin(&mut self, now: Instant, gap: bool) -> u32 {
        let calm_since = *self.calm_since.get_or_insert(now);
        if gap {
            self.milliseconds = (self.milliseconds + STEP).min(MOST);
            self.calm_since = Some(now);
        } else if now.saturating_duration_since(calm_since) >= CALM {
            self.milliseconds = (self.milliseconds - STEP).max(STEP);
            self.calm_since = Some(now);
        }
        self.milliseconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_with_gaps_and_shrinks_in_calm() {
        let mut lead = Lead::default();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(lead.margin(at(0), false), 10);
        assert_eq!(lead.margin(at(1), true), 20);
        assert_eq!(lead.margin(at(2), false), 20);
        for _ in 0..20 {
            lead.margin(at(3), true);
        }
        assert_eq!(lead.margin(at(4), false), 50);
        assert_eq!(lead.margin(at(32), false), 50);
        assert_eq!(lead.margin(at(33), false), 40);
        assert_eq!(lead.margin(at(34), false), 40);
        for seconds in 60..400 {
            lead.margin(at(seconds), false);
        }
        assert_eq!(lead.margin(at(400), false), 10);
    }
}
