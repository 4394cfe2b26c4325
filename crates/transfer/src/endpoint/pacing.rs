//! While a call is on: when the next bulk message may be sent.
//!
//! Credits tell what arrived up to 50 ms later. What they free must not be sent at once: that would be a queue of 50 ms
//! which the delay of the fastest message does not show. It is spread over the time until the next credit.

use std::time::Duration;

use crate::{Feedback, Time, Yielding};

/// How much faster than the window permits, so that the window is what limits.
const HEADROOM: f64 = 1.25;
/// What may be sent at once after a time without sending: timers are not exact.
const BURST: Duration = Duration::from_millis(5);
/// Longest interval between credits that is believed.
const MAX_INTERVAL: Duration = Duration::from_millis(100);
/// Round trip before the first is measured.
const INITIAL_ROUND_TRIP: Duration = Duration::from_millis(100);

/// See the module.
#[derive(Debug)]
pub(super) struct Pacing {
    yielding: Yielding,
    /// The last one, and the shortest.
    round_trip: Duration,
    shortest: Option<Duration>,
    /// When the last credit came that says what arrived, and the mean interval.
    credited_at: Option<Time>,
    interval: Duration,
    next: Time,
    /// A message waits for this time.
    waiting: Option<Time>,
    /// Since the last credit, more would have been sent if it were permitted.
    is_limited: bool,
}

impl Pacing {
    pub(super) fn new() -> Self {
        Self {
            yielding: Yielding::new(),
            round_trip: INITIAL_ROUND_TRIP,
            shortest: None,
            credited_at: None,
            interval: Duration::ZERO,
            next: Time::default(),
            waiting: None,
            is_limited: false,
        }
    }

    /// A call begins: the queue may be full, and its delay unknown.
    pub(super) fn restart(&mut self) {
        self.yielding.restart();
    }

    /// The last that was measured.
    pub(super) const fn round_trip(&self) -> Duration {
        self.round_trip
    }

    pub(super) fn on_round_trip(&mut self, round_trip: Duration) {
        self.round_trip = round_trip;
        self.shortest = Some(
            self.shortest
                .map_or(round_trip, |shortest| shortest.min(round_trip)),
        );
    }

    pub(super) fn on_credit(&mut self, arrived: u64, in_flight: u64, delay_ms: u32, now: Time) {
        if let Some(before) = self.credited_at.replace(now) {
            let interval = (now - before).min(MAX_INTERVAL);
            self.interval = (self.interval * 7 + interval) / 8;
        }
        let is_limited = std::mem::take(&mut self.is_limited);
        let feedback = Feedback {
            arrived,
            // If less is in flight than the window permits, because it is spread, the window is used all the same.
            in_flight: if is_limited {
                in_flight.max(self.yielding.window())
            } else {
                in_flight
            },
            delay_ms,
            round_trip: self.round_trip,
        };
        self.yielding.on_feedback(feedback, now);
    }

    /// Bytes that may be in flight.
    pub(super) fn window(&self) -> u64 {
        self.yielding.window()
    }

    /// Whether a message may be sent.
    pub(super) fn may_send(&mut self, in_flight: u64, now: Time) -> bool {
        self.waiting = (now < self.next).then_some(self.next);
        let may = self.waiting.is_none() && in_flight < self.window();
        self.is_limited |= !may;
        may
    }

    /// A message of so many bytes was sent.
    pub(super) fn on_sent(&mut self, bytes: u64, now: Time) {
        let round_trip = self.shortest.unwrap_or(self.round_trip);
        let per_window = (round_trip + self.interval).as_secs_f64() / HEADROOM;
        let seconds = bytes as f64 / self.window() as f64 * per_window;
        let earliest = Time::new(now.since_start().saturating_sub(BURST));
        self.next = self.next.max(earliest) + Duration::from_secs_f64(seconds);
    }

    pub(super) const fn poll_timeout(&self) -> Option<Time> {
        self.waiting
    }

    pub(super) fn on_timeout(&mut self, now: Time) {
        self.waiting.take_if(|at| *at <= now);
    }
}
