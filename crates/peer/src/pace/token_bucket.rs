//! The token bucket that paces packets.

use std::time::{Duration, Instant};

/// What may leave at once after a pause, as time at the bucket's rate.
const BURST: Duration = Duration::from_millis(10);

/// A token bucket in bytes. Its budget may go below zero by one packet, so that a packet larger than the burst can leave.
#[derive(Debug)]
pub(crate) struct TokenBucket {
    bytes_per_second: f64,
    budget: f64,
    refilled: Instant,
}

impl TokenBucket {
    pub(crate) fn new(bytes_per_second: f64, now: Instant) -> Self {
        Self {
            bytes_per_second,
            budget: bytes_per_second * BURST.as_secs_f64(),
            refilled: now,
        }
    }

    pub(crate) fn set_rate(&mut self, bytes_per_second: f64, now: Instant) {
        self.refill(now);
        self.bytes_per_second = bytes_per_second;
    }

    /// Takes `bytes` if the budget is above zero.
    pub(crate) fn take(&mut self, bytes: usize, now: Instant) -> bool {
        self.refill(now);
        let available = self.budget > 0.0;
        if available {
            self.budget -= as_f64(bytes);
        }
        available
    }

    /// When the next packet may leave.
    pub(crate) fn available_at(&self) -> Instant {
        if self.budget > 0.0 {
            return self.refilled;
        }
        // Rounded up, so that the budget is above zero then and the timer does not fire twice.
        self.refilled
            + Duration::from_secs_f64((1.0 - self.budget) / self.bytes_per_second.max(1.0))
    }

    fn refill(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.refilled).as_secs_f64();
        let burst = self.bytes_per_second * BURST.as_secs_f64();
        self.budget = (self.budget + elapsed * self.bytes_per_second).min(burst.max(1.0));
        self.refilled = self.refilled.max(now);
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "packet sizes are far below 2^52"
)]
fn as_f64(bytes: usize) -> f64 {
    bytes as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_kept_over_a_second() {
        let start = Instant::now();
        let mut bucket = TokenBucket::new(100_000.0, start);
        let mut sent = 0;
        let mut now = start;
        while now < start + Duration::from_secs(1) {
            if bucket.take(1000, now) {
                sent += 1000;
            } else {
                assert!(bucket.available_at() > now);
                now = bucket.available_at();
            }
        }
        assert!((99_000..=103_000).contains(&sent), "{sent}");
    }
}
