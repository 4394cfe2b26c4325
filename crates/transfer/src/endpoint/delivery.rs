//! Whether what is in flight arrives. A connection may answer pings and deliver nothing else: SCTP sends a lost packet again
//! after up to 60 s, and a few times only, while later messages overtake it.

use std::time::Duration;

use crate::Time;

/// After so long without an arrival the connection counts as stalled.
const MAX_STALL: Duration = Duration::from_secs(10);
/// On a path of some kilobytes per second a message takes as long as [`MAX_STALL`]: the next connection gets twice the
/// time, up to this often.
const MAX_DOUBLINGS: u32 = 4;
/// Arrivals that are closer together than this show that [`MAX_STALL`] is long enough for the path.
const STEADY: Duration = Duration::from_secs(5);
/// So many bytes of them do.
const STEADY_BYTES: u64 = 1 << 20;

/// Of one connection.
#[derive(Debug, Default)]
pub(super) struct Delivery {
    /// Something is in flight, and nothing arrived since.
    since: Option<Time>,
    /// Bytes that arrived one soon after the other, until now.
    steady_bytes: u64,
}

impl Delivery {
    /// Content was sent.
    pub(super) fn on_sent(&mut self, now: Time) {
        self.since.get_or_insert(now);
    }

    /// So many bytes of it arrived. `in_flight`: and others did not yet.
    pub(super) fn on_arrived(&mut self, bytes: u64, in_flight: bool, now: Time) {
        let is_steady = self.since.is_none_or(|since| now - since < STEADY);
        self.steady_bytes = match is_steady {
            true => self.steady_bytes.saturating_add(bytes),
            false => 0,
        };
        self.since = in_flight.then_some(now);
    }

    /// There was no path until now.
    pub(super) fn on_path(&mut self, now: Time) {
        if let Some(since) = &mut self.since {
            *since = now;
        }
    }

    /// Whether the path is fast enough for [`MAX_STALL`].
    pub(super) const fn is_steady(&self) -> bool {
        self.steady_bytes >= STEADY_BYTES
    }

    /// When the connection counts as stalled.
    pub(super) fn due(&self, stalls: Stalls) -> Option<Time> {
        Some(self.since? + MAX_STALL * (1 << stalls.0))
    }
}

/// How many connections to a participant stalled, one after the other.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stalls(u32);

impl Stalls {
    pub(super) fn add(&mut self) {
        self.0 = (self.0 + 1).min(MAX_DOUBLINGS);
    }

    pub(super) fn clear(&mut self) {
        self.0 = 0;
    }
}
