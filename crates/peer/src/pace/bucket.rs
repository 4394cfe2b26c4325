//! The budget packets leave by.

use std::time::{Duration, Instant};

/// A token bucket in octets. May go into debt by one packet, so that a packet larger than the burst leaves too.
#[derive(Debug)]
pub(crate) struct Bucket {
    octets_per_second: f64,
    budget: f64,
    filled: Instant,
}

/// What may leave at once after a pause.
const BURST: Duration = Duration::from_millis(10);

impl Bucket {
    pub(crate) fn new(octets_per_second: f64, now: Instant) -> Self {
        Self {
            octets_per_second,
            budget: octets_per_second * BURST.as_secs_f64(),
            filled: now,
        }
    }

    pub(crate) fn set_rate(&mut self, octets_per_second: f64, now: Instant) {
        self.fill(now);
        self.octets_per_second = octets_per_second;
    }

    /// Takes `octets` if the budget is not in debt.
    pub(crate) fn take(&mut self, octets: usize, now: Instant) -> bool {
        self.fill(now);
        let open = self.budget > 0.0;
        if open {
            self.budget -= as_f64(octets);
        }
        open
    }

    /// When the next packet may leave.
    pub(crate) fn open_at(&self) -> Instant {
        if self.budget > 0.0 {
            return self.filled;
        }
        // Rounded up, so that the budget is above zero then and a timer does not fire twice.
        self.filled + Duration::from_secs_f64((1.0 - self.budget) / self.octets_per_second.max(1.0))
    }

    fn fill(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.filled).as_secs_f64();
        let burst = self.octets_per_second * BURST.as_secs_f64();
        self.budget = (self.budget + elapsed * self.octets_per_second).min(burst.max(1.0));
        self.filled = self.filled.max(now);
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "packet sizes are far below 2^52"
)]
fn as_f64(octets: usize) -> f64 {
    octets as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_holds_over_a_second() {
        let start = Instant::now();
        let mut bucket = Bucket::new(100_000.0, start);
        let mut sent = 0;
        let mut now = start;
        while now < start + Duration::from_secs(1) {
            if bucket.take(1000, now) {
                sent += 1000;
            } else {
                assert!(bucket.open_at() > now);
                now = bucket.open_at();
            }
        }
        assert!((99_000..=103_000).contains(&sent), "{sent}");
    }
}
