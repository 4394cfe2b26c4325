//! How many bytes the channels of a connection may have unacknowledged now. No I/O; the time is an input.
//!
//! The stack sends the messages of all ordered channels in the order in which it gets them, so what is queued in it delays
//! what comes later: a message behind 1 MiB took 7 s on a path of 150 kB/s. The limit is what the path delivers in a round
//! trip and [`MAX_WAIT`], as byte queue limits do for network devices. A constant one that is short enough for slow paths
//! would limit fast ones.
//!
//! It must never be what limits the throughput, since the rate that is measured would then be that of the limit, which would
//! fall further. So it covers several round trips ([`ROUND_TRIPS`]), as congestion control doubles what is in flight in each;
//! and the round trip is that of a message before which nothing waits. If a short one would make the limit smaller than the
//! maximum, sending pauses once in [`MAX_AGE`] until there can be such a message: a path that became longer would never be
//! noticed otherwise.

mod rate;
mod round_trip;

use std::time::{Duration, Instant};

use self::rate::Rate;
use self::round_trip::{MAX_AGE, RoundTrip};

/// What may always be unacknowledged: 28 packets, of which one can be lost and sent again without a timeout.
const MIN: usize = 32 << 10;
/// Where a connection begins. Slow start has not more in flight before the rate was measured.
const INITIAL: usize = 128 << 10;
/// How long bytes may wait in the stack.
const MAX_WAIT: Duration = Duration::from_millis(250);
/// Round trips beside the first that the limit covers, if they are longer than [`MAX_WAIT`].
const ROUND_TRIPS: u32 = 3;
/// What is assumed before the first round trip is measured.
const INITIAL_ROUND_TRIP: Duration = Duration::from_millis(300);
/// Not sooner after the beginning, or the last attempt, does sending pause for it: mostly it is measured without.
const MIN_BETWEEN_ATTEMPTS: Duration = Duration::from_secs(1);
/// Messages of fewer bytes do not measure the round trip when they are sent for it: the acknowledgment of a single packet may
/// be delayed by 200 ms.
const MIN_PROBE: usize = 4_096;

/// Measuring the round trip with a message before which nothing waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Probe {
    None,
    /// Nothing is sent before everything is acknowledged.
    Draining,
    /// One message may be sent.
    Empty,
    /// It was sent. Nothing else is sent before its first bytes are acknowledged.
    Sent,
}

/// See the module.
#[derive(Debug)]
pub(super) struct SendLimit {
    max: usize,
    limit: usize,
    /// Bytes since the beginning.
    sent: u64,
    rate: Rate,
    round_trip: RoundTrip,
    probe: Probe,
    /// When the last attempt to measure the round trip began, or the connection.
    attempted_at: Option<Instant>,
}

impl SendLimit {
    /// A limit that is at most `max` bytes.
    pub(super) fn new(max: usize) -> Self {
        let max = max.max(1);
        Self {
            max,
            limit: INITIAL.min(max),
            sent: 0,
            rate: Rate::default(),
            round_trip: RoundTrip::default(),
            probe: Probe::None,
            attempted_at: None,
        }
    }

    /// Changes the maximum. Whether it was another.
    pub(super) fn set_max(&mut self, max: usize) -> bool {
        let max = max.max(1);
        let is_other = max != self.max;
        self.max = max;
        self.limit = self.limit.min(max);
        is_other
    }

    /// A message of so many bytes is sent.
    pub(super) fn on_sent(&mut self, bytes: usize, now: Instant) {
        if self.probe == Probe::Empty {
            let is_long_enough = bytes >= MIN_PROBE;
            self.probe = if is_long_enough {
                Probe::Sent
            } else {
                Probe::None
            };
        }
        self.round_trip.on_sent(self.sent, now);
        self.sent = self.sent.saturating_add(bytes as u64);
    }

    /// Bytes that may be sent before this is called again, while so many are unacknowledged. 0: none before more are
    /// acknowledged. One message may exceed it.
    pub(super) fn allowance(&mut self, unacknowledged: usize, now: Instant) -> usize {
        let acknowledged = self.sent.saturating_sub(unacknowledged as u64);
        let is_measured = self.round_trip.on_acknowledged(acknowledged, now);
        let period = self.round_trip.get().unwrap_or_default();
        let is_new = self
            .rate
            .on_acknowledged(acknowledged, self.sent, period, now);
        if is_measured || is_new {
            self.adapt();
        }
        let attempted_at = *self.attempted_at.get_or_insert(now);
        match self.probe {
            Probe::Sent if is_measured || !self.round_trip.is_pending() => {
                self.probe = Probe::None;
            }
            Probe::Sent => return 0,
            Probe::Empty => return 1,
            Probe::Draining if unacknowledged > 0 => return 0,
            Probe::Draining => {
                self.probe = Probe::Empty;
                return 1;
            }
            Probe::None => {}
        }
        if unacknowledged <= low_mark(self.limit) {
            return self.limit - unacknowledged;
        }
        let matters = self
            .rate
            .get()
            .is_some_and(|rate| rate * MAX_WAIT.as_secs_f64() < self.max as f64);
        let is_due = matters
            && self.round_trip.is_older_than(MAX_AGE, now)
            && now.saturating_duration_since(attempted_at) >= MIN_BETWEEN_ATTEMPTS;
        if is_due {
            self.attempted_at = Some(now);
            self.probe = Probe::Draining;
        }
        0
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped afterwards, and not negative"
    )]
    fn adapt(&mut self) {
        let Some(rate) = self.rate.get() else { return };
        let round_trip = self.round_trip.get().unwrap_or(INITIAL_ROUND_TRIP);
        let mut time = round_trip + MAX_WAIT.max(ROUND_TRIPS * round_trip);
        if self.rate.is_growing() {
            // It is that of up to two round trips ago.
            time *= 2;
        }
        let limit = (rate * time.as_secs_f64()) as usize;
        self.limit = limit.clamp(MIN.min(self.max), self.max);
    }
}

/// What may be unacknowledged where sending resumes: an eighth less than the limit, so that a sender that fills it is not
/// woken up by each acknowledgment.
pub(super) fn low_mark(limit: usize) -> usize {
    limit - (limit / 8).max(1)
}

#[cfg(test)]
mod tests;
