//! Which stripes are made because the other side offers them. No I/O, no clock.

use std::time::{Duration, Instant};

use crate::token_bucket::TokenBucket;

/// New ones at once: all 15, and once more after the connection was lost.
const NEW_BURST: u32 = 30;
/// Afterwards, one in this time. Each has sockets, a certificate and a handshake.
const NEW_INTERVAL: Duration = Duration::from_secs(2);
/// Descriptions at once: offers and answers of all stripes, and some more that are sent again.
const DESCRIPTIONS_BURST: u32 = 64;
/// Afterwards, one in this time. Each may restart ICE, which opens sockets.
const DESCRIPTIONS_INTERVAL: Duration = Duration::from_millis(250);
/// An offer of the other side may cross a pause or the end of the transfer. It is sent again for so long, and after that the
/// other side makes no more stripes on the connection.
const RECENT: Duration = Duration::from_secs(30);

/// Limits what the other side can make this one build.
#[derive(Debug)]
pub(crate) struct StripeLimit {
    new: TokenBucket,
    descriptions: TokenBucket,
    /// When content was last to be sent or received.
    busy_at: Option<Instant>,
}

impl StripeLimit {
    pub(crate) const fn new() -> Self {
        Self {
            new: TokenBucket::new(NEW_BURST, NEW_INTERVAL),
            descriptions: TokenBucket::new(DESCRIPTIONS_BURST, DESCRIPTIONS_INTERVAL),
            busy_at: None,
        }
    }

    /// A transfer is accepted and not paused, in whichever direction.
    pub(crate) const fn on_busy(&mut self, now: Instant) {
        self.busy_at = Some(now);
    }

    /// Whether a further stripe may be made now. If so, it counts.
    pub(crate) fn allow_new(&mut self, now: Instant) -> bool {
        let is_recent = |at: Instant| now.saturating_duration_since(at) < RECENT;
        self.busy_at.is_some_and(is_recent) && self.new.allow(now)
    }

    /// Whether a description of a stripe is taken now. If so, it counts. Others are sent again.
    pub(crate) fn allow_description(&mut self, now: Instant) -> bool {
        self.descriptions.allow(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_is_made_without_a_transfer() {
        let mut limit = StripeLimit::new();
        let start = Instant::now();
        assert!(!limit.allow_new(start));
        limit.on_busy(start);
        assert!(limit.allow_new(start));
        // Its offer crossed a pause.
        assert!(limit.allow_new(start + RECENT / 2));
        assert!(!limit.allow_new(start + RECENT));
    }

    #[test]
    fn what_a_sender_makes_is_made_and_a_flood_is_limited() {
        let mut limit = StripeLimit::new();
        let start = Instant::now();
        // As `crate::stripes` has it, on a connection and on the next one.
        for (second, count) in [(1, 3), (3, 4), (5, 8), (16, 3), (18, 4), (20, 8)] {
            let now = start + Duration::from_secs(second);
            limit.on_busy(now);
            for _ in 0..count {
                assert!(limit.allow_description(now) && limit.allow_new(now));
            }
        }
        let (mut made, mut descriptions) = (0, 0);
        for millis in 0..60_000 {
            let now = start + Duration::from_secs(20) + Duration::from_millis(millis);
            limit.on_busy(now);
            made += u32::from(limit.allow_new(now));
            descriptions += u32::from(limit.allow_description(now));
        }
        assert!((30..=NEW_BURST + 30).contains(&made), "{made}");
        let max = DESCRIPTIONS_BURST + 240;
        assert!((240..=max).contains(&descriptions), "{descriptions}");
    }
}
