use std::collections::BTreeMap;
use std::time::Instant;

use crate::{Conditions, Shaper};

/// Maximum number of packets in flight: 10 s at 20 Mbit/s.
const MAX_UNDER_WAY: usize = 16_384;

/// One direction of a path, with the packets in flight.
#[derive(Debug)]
pub struct Direction<P> {
    shaper: Shaper,
    /// Sorted by time and then by arrival: only jitter reorders packets.
    under_way: BTreeMap<(Instant, u64), P>,
    carried: u64,
    dropped: u64,
}

impl<P> Direction<P> {
    /// As [`Shaper::new`].
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            shaper: Shaper::new(seed),
            under_way: BTreeMap::new(),
            carried: 0,
            dropped: 0,
        }
    }

    /// Adds a packet of this many bytes, IP header included; false if it is lost.
    pub fn enter(
        &mut self,
        conditions: &Conditions,
        bytes: usize,
        packet: P,
        now: Instant,
    ) -> bool {
        let leaves = self.shaper.pass(conditions, bytes, now);
        let Some(at) = leaves.filter(|_| self.under_way.len() < MAX_UNDER_WAY) else {
            self.dropped += 1;
            return false;
        };
        self.carried += 1;
        self.under_way.insert((at, self.carried), packet);
        true
    }

    /// When the next packet leaves.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.under_way.first_key_value().map(|((at, _), _)| *at)
    }

    /// The next packet that is due at `now`.
    pub fn leave(&mut self, now: Instant) -> Option<P> {
        let first = self.under_way.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    /// Packets since the start: carried, dropped.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        (self.carried, self.dropped)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn packets_leave_when_they_are_due_and_in_order() {
        let now = Instant::now();
        let path = Conditions {
            delay_ms: 10,
            ..Conditions::default()
        };
        let mut direction = Direction::new(7);
        for packet in 0..3 {
            assert!(direction.enter(&path, 100, packet, now));
        }
        let due = now + Duration::from_millis(10);
        assert_eq!(direction.due(), Some(due));
        assert_eq!(direction.leave(due - Duration::from_nanos(1)), None);
        let left: Vec<i32> = std::iter::from_fn(|| direction.leave(due)).collect();
        assert_eq!(left, [0, 1, 2]);
        assert_eq!(direction.due(), None);
        assert_eq!(direction.counts(), (3, 0));
    }

    #[test]
    fn packets_in_flight_are_limited() {
        let now = Instant::now();
        let path = Conditions {
            delay_ms: 60_000,
            ..Conditions::default()
        };
        let mut direction = Direction::new(7);
        for _ in 0..MAX_UNDER_WAY {
            assert!(direction.enter(&path, 100, (), now));
        }
        assert!(!direction.enter(&path, 100, (), now));
    }
}
