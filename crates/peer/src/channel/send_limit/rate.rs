//! How many bytes are acknowledged in a second.

use std::time::{Duration, Instant};

/// A sample is at least so long, and a round trip.
const MIN_PERIOD: Duration = Duration::from_millis(100);
/// A larger rate counts as soon as so many bytes are acknowledged.
const MIN_BYTES: u64 = 64 << 10;
/// A sample is not taken for shorter than that.
const MIN_TIME: Duration = Duration::from_millis(1);
/// A sample that is larger than all before by this factor shows that the rate is growing.
const GROWTH: f64 = 1.25;
/// The rate is the largest of so many samples: one that a loss or a busy processor made small changes nothing.
const SAMPLES: usize = 16;
/// If nothing is acknowledged for so long, it waits for a retransmission (after 1 s at least) or for the path.
const STALL: Duration = Duration::from_millis(900);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Rate {
    /// Bytes per second, the newest anywhere.
    samples: [f64; SAMPLES],
    next: usize,
    current: Option<Current>,
    /// At the last call.
    acknowledged: u64,
    sent: u64,
    advanced_at: Option<Instant>,
    is_growing: bool,
}

/// A sample that is not complete.
#[derive(Debug)]
struct Current {
    began: Instant,
    acknowledged: u64,
    /// The path was idle or lost for some of the time: the rate may be larger.
    is_lower_bound: bool,
}

impl Rate {
    /// Bytes per second, if it was measured.
    pub(super) fn get(&self) -> Option<f64> {
        let largest = self.samples.iter().copied().fold(0.0, f64::max);
        (largest > 0.0).then_some(largest)
    }

    /// Congestion control, or the path, may permit much more than the rate soon.
    pub(super) const fn is_growing(&self) -> bool {
        self.is_growing
    }

    /// So many bytes are acknowledged of those that were sent. Whether there is a new sample, which takes `period` at least.
    pub(super) fn on_acknowledged(
        &mut self,
        acknowledged: u64,
        sent: u64,
        period: Duration,
        now: Instant,
    ) -> bool {
        // Not if some of what was sent before the last call was unacknowledged ever since.
        let may_have_been_idle = acknowledged >= self.sent;
        let has_advanced = acknowledged > self.acknowledged;
        let advanced_at = *self.advanced_at.get_or_insert(now);
        let was_stalled = now.saturating_duration_since(advanced_at) >= STALL;
        if has_advanced || may_have_been_idle {
            self.advanced_at = Some(now);
        }
        self.acknowledged = acknowledged;
        self.sent = sent;
        let Some(current) = &mut self.current else {
            self.begin(now);
            return false;
        };
        current.is_lower_bound |= may_have_been_idle || was_stalled;
        let took = now.saturating_duration_since(current.began);
        let bytes = acknowledged.saturating_sub(current.acknowledged);
        let is_lower_bound = current.is_lower_bound;
        let is_short = took < period.max(MIN_PERIOD);
        if !has_advanced || is_short && bytes < MIN_BYTES {
            return false;
        }
        let rate = bytes as f64 / took.max(MIN_TIME).as_secs_f64();
        let largest = self.get();
        if is_short && largest.is_some_and(|largest| rate <= largest) {
            return false;
        }
        self.begin(now);
        // Before anything else is known, a lower bound says something if it is high.
        if is_lower_bound && largest.map_or(!is_short, |largest| rate <= largest) {
            return false;
        }
        self.is_growing = largest.is_none_or(|largest| rate > GROWTH * largest);
        self.samples[self.next % SAMPLES] = rate;
        self.next += 1;
        true
    }

    const fn begin(&mut self, now: Instant) {
        self.current = Some(Current {
            began: now,
            acknowledged: self.acknowledged,
            is_lower_bound: false,
        });
    }
}
