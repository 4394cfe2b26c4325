//! How often something may happen that others cause. No clock.

use std::time::{Duration, Instant};

/// A token bucket: some at once, and afterwards one in each interval.
#[derive(Debug)]
pub(crate) struct TokenBucket {
    burst: u32,
    interval: Duration,
    used: u32,
    /// When the last use was given back.
    at: Option<Instant>,
}

impl TokenBucket {
    /// `interval` is not zero.
    pub(crate) const fn new(burst: u32, interval: Duration) -> Self {
        Self {
            burst,
            interval,
            used: 0,
            at: None,
        }
    }

    /// Whether one more is taken now. If so, it counts.
    pub(crate) fn allow(&mut self, now: Instant) -> bool {
        let at = *self.at.get_or_insert(now);
        let passed = now.saturating_duration_since(at).as_nanos() / self.interval.as_nanos().max(1);
        let passed = u32::try_from(passed).unwrap_or(u32::MAX);
        if passed >= self.used {
            self.used = 0;
            self.at = Some(now);
        } else {
            self.used -= passed;
            self.at = Some(at + self.interval * passed);
        }
        let is_allowed = self.used < self.burst;
        self.used += u32::from(is_allowed);
        is_allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_millis(500);

    #[test]
    fn many_at_once_and_then_one_in_each_interval() {
        let mut bucket = TokenBucket::new(32, INTERVAL);
        let start = Instant::now();
        let allowed = |bucket: &mut TokenBucket, millis| {
            let now = start + Duration::from_millis(millis);
            (0..1_000).filter(|_| bucket.allow(now)).count()
        };
        assert_eq!(allowed(&mut bucket, 0), 32);
        assert_eq!(allowed(&mut bucket, 499), 0);
        assert_eq!(allowed(&mut bucket, 750), 1);
        assert_eq!(allowed(&mut bucket, 1_000), 1);
        assert_eq!(allowed(&mut bucket, 2_999), 3);
        assert_eq!(allowed(&mut bucket, 60_000), 32);
    }

    #[test]
    fn one_now_and_then_is_always_allowed() {
        let mut bucket = TokenBucket::new(1, INTERVAL);
        let start = Instant::now();
        assert!((0..1_000).all(|count| bucket.allow(start + INTERVAL * count)));
    }
}
