//! How many messages a connection may send.

use std::time::Duration;

/// A token bucket: `rate` messages a second on average, twice that at once.
#[derive(Debug, Clone)]
pub struct Rate {
    tokens: f64,
    rate: f64,
    last: Duration,
    refused: u32,
}

/// What to do with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Take it.
    Admit,
    /// Drop it and say so.
    Refuse,
    /// Drop it silently: it was said a moment ago.
    Drop,
    /// The client has gone on regardless: close it.
    Close,
}

/// Messages refused in a row before the connection is closed.
const PATIENCE: u32 = 1000;

impl Rate {
    /// `rate` messages a second; 0 for no limit.
    #[must_use]
    pub fn new(rate: u32, now: Duration) -> Self {
        let rate = f64::from(rate);
        Self {
            tokens: rate * 2.0,
            rate,
            last: now,
            refused: 0,
        }
    }

    /// One message at `now`.
    pub fn take(&mut self, now: Duration) -> Verdict {
        if self.rate == 0.0 {
            return Verdict::Admit;
        }
        let elapsed = now.saturating_sub(self.last).as_secs_f64();
        self.last = now;
        self.tokens = (self.tokens + elapsed * self.rate).min(self.rate * 2.0);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            self.refused = 0;
            return Verdict::Admit;
        }
        self.refused += 1;
        // An error for each would double what a flood costs.
        match self.refused {
            PATIENCE.. => Verdict::Close,
            refused if refused % 50 == 1 => Verdict::Refuse,
            _ => Verdict::Drop,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_a_flood_is_refused_and_patience_ends() {
        let mut rate = Rate::new(10, Duration::ZERO);
        assert!((0..20).all(|_| rate.take(Duration::ZERO) == Verdict::Admit));
        assert_eq!(rate.take(Duration::ZERO), Verdict::Refuse);
        assert_eq!(rate.take(Duration::ZERO), Verdict::Drop);
        assert_eq!(rate.take(Duration::from_millis(200)), Verdict::Admit);
        let verdicts: Vec<_> = (0..1100)
            .map(|_| rate.take(Duration::from_millis(200)))
            .collect();
        assert!(verdicts.contains(&Verdict::Close));
    }

    #[test]
    fn zero_is_no_limit() {
        let mut rate = Rate::new(0, Duration::ZERO);
        assert!((0..100_000).all(|_| rate.take(Duration::ZERO) == Verdict::Admit));
    }
}
