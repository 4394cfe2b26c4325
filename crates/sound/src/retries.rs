//! How often a device that breaks is opened again.

use std::time::{Duration, Instant};

/// Times within [`WINDOW`].
const MOST: usize = 3;
const WINDOW: Duration = Duration::from_secs(30);

/// Allows three attempts in any 30 s: a card that breaks each time it is opened ends in a message, not in a loop.
#[derive(Debug, Clone, Default)]
pub(crate) struct Retries {
    recent: Vec<Instant>,
}

impl Retries {
    pub(crate) fn allow(&mut self, now: Instant) -> bool {
        self.recent
            .retain(|time| now.saturating_duration_since(*time) < WINDOW);
        let allowed = self.recent.len() < MOST;
        if allowed {
            self.recent.push(now);
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_in_half_a_minute() {
        let mut retries = Retries::default();
        let start = Instant::now();
        let mut at = |seconds| retries.allow(start + Duration::from_secs(seconds));
        let allowed = [0, 1, 2, 3, 29, 30, 31, 32, 33].map(&mut at);
        assert_eq!(
            allowed,
            [true, true, true, false, false, true, true, true, false]
        );
    }
}
