//! From sending a message before which nothing waits to the acknowledgment of its first bytes.

use std::time::{Duration, Instant};

/// After so long the round trip is measured again.
pub(super) const MAX_AGE: Duration = Duration::from_secs(60);
/// After so long without a message, those before may all be acknowledged.
const PAUSE: Duration = Duration::from_millis(100);
/// If acknowledgments were not looked for in such intervals, the time of one is not known.
const MAX_INTERVAL: Duration = Duration::from_millis(25);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct RoundTrip {
    /// The shortest, or one that is newer than [`MAX_AGE`], and when it was measured.
    measured: Option<(Duration, Instant)>,
    pending: Option<Pending>,
    sent_at: Option<Instant>,
    /// At the last call.
    acknowledged: u64,
}

/// A message that was sent.
#[derive(Debug)]
struct Pending {
    at: Instant,
    /// Bytes that were sent before it.
    before: u64,
    /// All bytes before it are acknowledged, and none of it were when this was looked at.
    looked_at: Option<Instant>,
}

impl RoundTrip {
    pub(super) fn get(&self) -> Option<Duration> {
        self.measured.map(|(round_trip, _)| round_trip)
    }

    /// A message is being measured.
    pub(super) const fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// It was not measured in this time.
    pub(super) fn is_older_than(&self, age: Duration, now: Instant) -> bool {
        self.measured
            .is_none_or(|(_, at)| now.saturating_duration_since(at) > age)
    }

    /// A message is sent, after so many bytes.
    pub(super) fn on_sent(&mut self, before: u64, now: Instant) {
        let had_pause = self
            .sent_at
            .is_none_or(|at| now.saturating_duration_since(at) >= PAUSE);
        self.sent_at = Some(now);
        if before == self.acknowledged || had_pause {
            self.pending = Some(Pending {
                at: now,
                before,
                looked_at: None,
            });
        }
    }

    /// So many bytes are acknowledged. Whether the round trip was measured.
    pub(super) fn on_acknowledged(&mut self, acknowledged: u64, now: Instant) -> bool {
        self.acknowledged = acknowledged;
        let Some(pending) = &mut self.pending else {
            return false;
        };
        if acknowledged == pending.before {
            pending.looked_at = Some(now);
            return false;
        }
        let Pending {
            at,
            before,
            looked_at,
        } = *pending;
        self.pending = None;
        let is_exact =
            looked_at.is_some_and(|at| now.saturating_duration_since(at) <= MAX_INTERVAL);
        if acknowledged < before || !is_exact {
            return false;
        }
        let round_trip = now.saturating_duration_since(at);
        if let Some((shortest, _)) = self.measured
            && round_trip > shortest
            && !self.is_older_than(MAX_AGE, now)
        {
            return false;
        }
        self.measured = Some((round_trip, now));
        true
    }
}
