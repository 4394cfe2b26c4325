//! Detects a device that has stopped without an error.

use std::time::{Duration, Instant};

/// Longer than any period, and than a sound server takes to reroute a stream.
const TIMEOUT: Duration = Duration::from_secs(4);

#[derive(Debug, Clone, Copy)]
pub(super) struct Watchdog {
    last_callback: Instant,
    callbacks: u32,
}

impl Watchdog {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            last_callback: now,
            callbacks: 0,
        }
    }

    /// False when the number of callbacks has not changed for four seconds.
    pub(super) fn is_alive(&mut self, now: Instant, callbacks: u32) -> bool {
        if callbacks != self.callbacks {
            self.callbacks = callbacks;
            self.last_callback = now;
        }
        now.saturating_duration_since(self.last_callback) < TIMEOUT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_seconds_without_a_callback_are_too_long() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut watchdog = Watchdog::new(start);
        assert!(watchdog.is_alive(at(3), 0), "a device may start slowly");
        assert!(watchdog.is_alive(at(10), 5));
        assert!(watchdog.is_alive(at(13), 5));
        assert!(!watchdog.is_alive(at(14), 5));
        assert!(watchdog.is_alive(at(15), u32::MAX));
        assert!(watchdog.is_alive(at(20), 0), "the counter wraps");
    }
}
