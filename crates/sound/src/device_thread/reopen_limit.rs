//! Limits how often a failing device is reopened.

use std::time::{Duration, Instant};

const MAX_ATTEMPTS: usize = 3;
const WINDOW: Duration = Duration::from_secs(30);

/// Allows three attempts in any 30 s, so that a device that fails each time it is opened is given up instead of
/// reopened in a loop.
#[derive(Debug, Clone, Default)]
pub(super) struct ReopenLimit {
    recent: Vec<Instant>,
}

impl ReopenLimit {
    /// Counts an attempt; false when it is not allowed.
    pub(super) fn allow(&mut self, now: Instant) -> bool {
        self.recent
            .retain(|time| now.saturating_duration_since(*time) < WINDOW);
        let allowed = self.recent.len() < MAX_ATTEMPTS;
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
    fn three_attempts_in_thirty_seconds() {
        let mut limit = ReopenLimit::default();
        let start = Instant::now();
        let mut at = |seconds| limit.allow(start + Duration::from_secs(seconds));
        let allowed = [0, 1, 2, 3, 29, 30, 31, 32, 33].map(&mut at);
        assert_eq!(
            allowed,
            [true, true, true, false, false, true, true, true, false]
        );
    }
}
