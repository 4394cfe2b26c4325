//! Notices a device that has stopped without saying so.

use std::time::{Duration, Instant};

/// Longer than any period, and than a sound server takes to move a stream.
const PATIENCE: Duration = Duration::from_secs(4);

#[derive(Debug, Clone, Copy)]
pub(crate) struct Watch {
    opened: Instant,
    heard_from: Instant,
    callbacks: u32,
}

impl Watch {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            opened: now,
            heard_from: now,
            callbacks: 0,
        }
    }

    /// False when there has been no callback for four seconds.
    pub(crate) fn is_alive(&mut self, now: Instant, callbacks: u32) -> bool {
        if callbacks != self.callbacks {
            self.callbacks = callbacks;
            self.heard_from = now;
        }
        now.saturating_duration_since(self.heard_from) < PATIENCE
    }

    /// When it was opened.
    pub(crate) fn since(&self) -> Instant {
        self.opened
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_of_four_seconds_is_death() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut watch = Watch::new(start);
        assert!(watch.is_alive(at(3), 0), "it may take its time to begin");
        assert!(watch.is_alive(at(10), 5));
        assert!(watch.is_alive(at(13), 5));
        assert!(!watch.is_alive(at(14), 5));
        assert!(watch.is_alive(at(15), u32::MAX));
        assert!(watch.is_alive(at(20), 0), "counters wrap");
        assert_eq!(watch.since(), start);
    }
}
