//! Limits the number of messages per connection.

use std::time::Duration;

/// Messages refused in a row before the connection is closed.
const MAX_CONSECUTIVE_REFUSALS: u32 = 1000;

/// Of the messages refused in a row, every this many is answered with an error.
const REFUSALS_PER_ERROR: u32 = 50;

/// A token bucket: `rate` messages per second on average, twice as many in a burst.
#[derive(Debug, Clone)]
pub struct RateLimiter {
    tokens: f64,
    rate: f64,
    updated_at: Duration,
    /// Messages over the rate since the last one within it.
    refused: u32,
}

/// What to do with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Process it.
    Accept,
    /// Drop it and send an error.
    Refuse,
    /// Drop it without an error: one was sent for a recent message.
    Drop,
    /// Close the connection: the client does not slow down.
    Close,
}

impl RateLimiter {
    /// At most `rate` messages per second; 0 for no limit.
    #[must_use]
    pub fn new(rate: u32, now: Duration) -> Self {
        let rate = f64::from(rate);
        Self {
            tokens: rate * 2.0,
            rate,
            updated_at: now,
            refused: 0,
        }
    }

    /// Counts one message at `now`.
    pub fn check(&mut self, now: Duration) -> Verdict {
        if self.rate == 0.0 {
            return Verdict::Accept;
        }
        let elapsed = now.saturating_sub(self.updated_at).as_secs_f64();
        self.updated_at = now;
        self.tokens = (self.tokens + elapsed * self.rate).min(self.rate * 2.0);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            self.refused = 0;
            return Verdict::Accept;
        }
        self.refused += 1;
        // An error for each message would double the cost of a flood.
        match self.refused {
            MAX_CONSECUTIVE_REFUSALS.. => Verdict::Close,
            refused if refused % REFUSALS_PER_ERROR == 1 => Verdict::Refuse,
            _ => Verdict::Drop,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_accepted_and_a_flood_refused_then_dropped_then_closed() {
        let mut limiter = RateLimiter::new(10, Duration::ZERO);
        assert!((0..20).all(|_| limiter.check(Duration::ZERO) == Verdict::Accept));
        assert_eq!(limiter.check(Duration::ZERO), Verdict::Refuse);
        assert_eq!(limiter.check(Duration::ZERO), Verdict::Drop);
        let now = Duration::from_millis(200);
        assert_eq!(limiter.check(now), Verdict::Accept);
        assert_eq!(limiter.check(now), Verdict::Accept);
        let mut verdicts = (1..=1000).map(|_| limiter.check(now));
        assert_eq!(
            verdicts.position(|verdict| verdict == Verdict::Close),
            Some(999)
        );
    }

    #[test]
    fn a_rate_of_zero_is_no_limit() {
        let mut limiter = RateLimiter::new(0, Duration::ZERO);
        assert!((0..100_000).all(|_| limiter.check(Duration::ZERO) == Verdict::Accept));
    }
}
