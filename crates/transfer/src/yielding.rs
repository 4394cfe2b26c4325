//! How much may be in flight while a call is on: a window that keeps the queueing delay near a target, so that the call
//! does not wait behind files (docs/transfer.md, "Credit and yielding").
//!
//! LEDBAT++ (draft-irtf-iccrg-ledbat-plus-plus) with one-way delays, as in LEDBAT (RFC 6817): slow start that ends below
//! the target, additive increase, multiplicative decrease, and regular slowdowns that empty the queue, without which a
//! flow that starts into a full queue would take its delay for the base. Not a loss-based window: that fills the queue.

use std::collections::VecDeque;
use std::time::Duration;

use crate::Time;

/// Queueing delay that is aimed at, in milliseconds. RFC 6817 permits 100, with which a call is noticeably late.
const TARGET: f64 = 25.0;
/// The target at first, and how long it takes to grow to [`TARGET`]. The jitter buffers of the call follow a delay that grows
/// slowly; one that is suddenly longer costs them some sound.
const FIRST_TARGET: f64 = 8.0;
const GROWING: Duration = Duration::from_secs(5);
/// Slow start ends at this share of the target.
const SLOW_START_SHARE: f64 = 0.75;
/// What the window grows by in a round trip, at most: one packet of SCTP.
const INCREASE: f64 = 1_200.0;
/// What the window grows by in a round trip, at most, as long as there is no queue.
const FAST_INCREASE: f64 = 0.05;
/// Smallest window: one message on a narrow path.
pub const MIN_WINDOW: u64 = 16 << 10;
/// Largest window.
pub const MAX_WINDOW: u64 = 16 << 20;
/// The base delay is the minimum of this long, in parts. Two clocks may drift apart by 50 ppm, 3 ms in a minute.
const BASE_PART: Duration = Duration::from_secs(10);
const BASE_PARTS: usize = 6;
/// Longest time between two slowdowns, so that the base delay is measured again before it is forgotten.
const MAX_BETWEEN_SLOWDOWNS: Duration = Duration::from_secs(25);

/// Longest time that a slowdown waits for the queue to be empty.
const MAX_DRAINING: Duration = Duration::from_millis(500);

/// What a `credit` told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feedback {
    /// Bytes that arrived since the last one.
    pub arrived: u64,
    /// Bytes that are in flight still.
    pub in_flight: u64,
    /// `delay` of the message.
    pub delay_ms: u32,
    /// The round trip, as measured by `ping`.
    pub round_trip: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    /// Doubles in a round trip, up to this window or until a queue builds up.
    SlowStart { until: f64 },
    /// Near the target.
    Steady,
    /// The window is [`MIN_WINDOW`] until then.
    Slowdown { until: Time },
    /// It is, until what was sent at full speed has arrived.
    Draining,
}

/// The window of one pair, over all stripes.
#[derive(Debug, Clone)]
pub struct Yielding {
    window: f64,
    /// The window to return to after a slowdown.
    threshold: f64,
    phase: Phase,
    /// Delays are compared relative to the first, as clocks are unrelated and wrap.
    reference: Option<u32>,
    /// Minima of [`BASE_PART`] each, the newest at the end, with the beginning of the part.
    base: VecDeque<(Time, i64)>,
    slowdown_at: Option<Time>,
    /// When the last one began.
    slowed_down: Option<Time>,
    /// When the first credit came.
    began: Option<Time>,
}

impl Default for Yielding {
    fn default() -> Self {
        Self::new()
    }
}

impl Yielding {
    /// A window that begins small.
    #[must_use]
    pub fn new() -> Self {
        Self {
            window: MIN_WINDOW as f64,
            threshold: MAX_WINDOW as f64,
            phase: Phase::SlowStart {
                until: MAX_WINDOW as f64,
            },
            reference: None,
            base: VecDeque::new(),
            slowdown_at: None,
            slowed_down: None,
            began: None,
        }
    }

    /// Bytes that may be in flight: [`MIN_WINDOW`] to [`MAX_WINDOW`].
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "within the limits"
    )]
    pub fn window(&self) -> u64 {
        (self.window as u64).clamp(MIN_WINDOW, MAX_WINDOW)
    }

    /// What is in flight was sent without regard to the window, and may be in a queue that was never empty.
    pub fn restart(&mut self) {
        *self = Self {
            phase: Phase::Draining,
            ..Self::new()
        };
    }

    /// A credit arrived.
    pub fn on_feedback(&mut self, feedback: Feedback, now: Time) {
        if self.phase == Phase::Draining {
            if feedback.in_flight > MIN_WINDOW {
                return;
            }
            *self = Self::new();
        }
        let queueing = self.queueing_delay(feedback.delay_ms, now);
        let target = self.target(now);
        if let Phase::Slowdown { until } = self.phase {
            // Until what was in flight before has arrived and is reported, and the queue is empty, or is another flow's.
            let is_empty =
                queueing <= target * SLOW_START_SHARE && feedback.in_flight <= MIN_WINDOW;
            if now < until || !is_empty && now < until + MAX_DRAINING {
                return;
            }
            self.phase = Phase::SlowStart {
                until: self.threshold,
            };
        }
        if self.slowdown_at.is_some_and(|at| now >= at) {
            return self.slow_down(feedback.round_trip, now);
        }
        let arrived = feedback.arrived as f64;
        // What the window permits and nobody needs says nothing about the path.
        let is_used = 2.0 * (feedback.in_flight as f64 + arrived) >= self.window;
        match self.phase {
            Phase::SlowStart { until } => {
                if queueing > target * SLOW_START_SHARE {
                    if self.slowed_down.is_none() {
                        // It doubled since the queue began to build up. Later the window to return to is known.
                        self.window /= 2.0;
                    }
                    self.end_slow_start(feedback.round_trip, now);
                } else if self.window >= until {
                    self.end_slow_start(feedback.round_trip, now);
                } else if is_used {
                    self.window = (self.window + arrived).min(until);
                }
            }
            Phase::Steady if queueing > target => {
                // Per round trip: by the excess over the target, at most by half. A credit comes more rarely than that on
                // short paths, and then counts once.
                let factor = (queueing / target - 1.0).min(0.5);
                self.window -= factor * arrived.min(self.window);
            }
            Phase::Steady if is_used => {
                let arrived = arrived.min(self.window);
                let by_packets = gain(feedback.round_trip) * INCREASE * arrived / self.window;
                // Far below the target the line is idle: a packet in a round trip would take minutes on a long path.
                let by_share = FAST_INCREASE * (1.0 - 2.0 * queueing / target) * arrived;
                self.window += by_packets.max(by_share);
            }
            Phase::Steady | Phase::Slowdown { .. } | Phase::Draining => {}
        }
        self.window = self.window.clamp(MIN_WINDOW as f64, MAX_WINDOW as f64);
    }

    /// The queueing delay that is aimed at now.
    fn target(&mut self, now: Time) -> f64 {
        let began = *self.began.get_or_insert(now);
        let elapsed = now.saturating_duration_since(began).as_secs_f64();
        let grown = (elapsed / GROWING.as_secs_f64()).min(1.0);
        FIRST_TARGET + (TARGET - FIRST_TARGET) * grown
    }

    fn end_slow_start(&mut self, round_trip: Duration, now: Time) {
        self.phase = Phase::Steady;
        let between = match self.slowed_down {
            // The first one soon: the base delay may be that of a queue.
            None => 2 * round_trip,
            // A tenth of the time is spent in slowdowns.
            Some(began) => 9 * now.saturating_duration_since(began),
        };
        self.slowdown_at = Some(now + between.min(MAX_BETWEEN_SLOWDOWNS));
    }

    fn slow_down(&mut self, round_trip: Duration, now: Time) {
        self.threshold = self.window;
        self.window = MIN_WINDOW as f64;
        self.slowdown_at = None;
        self.slowed_down = Some(now);
        self.phase = Phase::Slowdown {
            until: now + 2 * round_trip,
        };
    }

    /// The growth of the delay over its minimum, in milliseconds.
    fn queueing_delay(&mut self, delay_ms: u32, now: Time) -> f64 {
        let reference = *self.reference.get_or_insert(delay_ms);
        let delay = i64::from(delay_ms.wrapping_sub(reference).cast_signed());
        match self.base.back_mut() {
            Some((began, minimum)) if now.saturating_duration_since(*began) < BASE_PART => {
                *minimum = delay.min(*minimum);
            }
            _ => {
                self.base.push_back((now, delay));
                if self.base.len() > BASE_PARTS {
                    self.base.pop_front();
                }
            }
        }
        let base = self.base.iter().map(|(_, minimum)| *minimum).min();
        (delay - base.unwrap_or(delay)) as f64
    }
}

/// The slower a path answers compared with the target, the more careful.
fn gain(round_trip: Duration) -> f64 {
    let milliseconds = (round_trip.as_secs_f64() * 1_000.0).max(1.0);
    1.0 / (2.0 * TARGET / milliseconds).ceil().clamp(1.0, 16.0)
}

#[cfg(test)]
mod tests;
