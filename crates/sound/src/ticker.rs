//! A clock of 10 ms, where there is no sound card to provide one.

use std::time::{Duration, Instant};

const TICK: Duration = Duration::from_millis(10);
/// Most blocks that are due at once. After a longer pause the clock starts again from now.
const MAX_DUE: usize = 20;

/// Counts blocks of 10 ms.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticker {
    next: Instant,
}

impl Ticker {
    pub(crate) fn new(now: Instant) -> Self {
        Self { next: now }
    }

    /// The number of blocks that are due; at most 20.
    pub(crate) fn due(&mut self, now: Instant) -> usize {
        let mut due = 0;
        while self.next <= now {
            if due == MAX_DUE {
                self.next = now + TICK;
                break;
            }
            self.next += TICK;
            due += 1;
        }
        due
    }

    /// The time of the next block.
    pub(crate) fn next(&self) -> Instant {
        self.next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_blocks_and_does_not_make_up_for_hours() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut ticker = Ticker::new(start);
        assert_eq!(ticker.due(at(0)), 1);
        assert_eq!(ticker.due(at(9)), 0);
        assert_eq!(ticker.due(at(35)), 3);
        assert_eq!(ticker.next(), at(40));
        assert_eq!(ticker.due(at(3_600_000)), MAX_DUE);
        assert_eq!(ticker.due(at(3_600_009)), 0);
        assert_eq!(ticker.due(at(3_600_010)), 1);
    }
}
