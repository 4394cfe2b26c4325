//! The bandwidth estimate: how much the path carries, from delay, loss and dispersion of the packets that were sent.
//!
//! The stack's estimator follows the *trend* of the delay and grows whether or not the estimate is used. It climbs far
//! above the path's capacity while little is sent, and then floods the path with the first keyframe. This one looks at
//! the queueing delay itself, and grows only as far as what is sent proves.
//!
//! Two things look like a queue but are not. A machine so busy that processes wait for a processor, at either end, makes
//! the delay fluctuate: that raises the threshold for congestion. A delay while little is sent cannot be caused by us: it
//! costs only a part of the estimate.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::dispersion::Dispersion;
use super::packet_result::PacketResult;
use super::queueing_delay::QueueingDelay;
use super::window::expire;

/// Bits per second. Below this a call has audio only.
pub(crate) const MIN_BITRATE: u32 = 60_000;
/// Bits per second. Above this nothing we send gets better.
pub(crate) const MAX_BITRATE: u32 = 6_000_000;
/// The estimate for a new path, in bits per second: a small picture at once, which every path fit for a call carries.
pub(crate) const INITIAL_BITRATE: u32 = 500_000;

/// Queueing delay that counts as congestion, in milliseconds.
const CONGESTED: f64 = 45.0;
/// Queueing delay below which there is room for more, in milliseconds.
const UNCONGESTED: f64 = 20.0;
/// Window of the measured rate, and the time after a decrease before its effect is seen.
const RATE_WINDOW: Duration = Duration::from_millis(500);
/// Loss above this is congestion whose queue is too short to show as delay. Wireless paths lose a tenth without being
/// congested, and sending less does not help them.
const CONGESTION_LOSS: f64 = 0.2;
/// Growth is possible below this loss.
const MAX_GROWTH_LOSS: f64 = 0.14;
/// Packets over which loss is measured.
const LOSS_WINDOW: usize = 100;
/// Factor of the estimate for a delay that may not be caused by us, while less is sent than estimated.
const UNUSED_KEPT: f64 = 0.7;
/// Bits per second. Sending less than this causes no queue on a path fit for a call.
const HARMLESS_RATE: f64 = 200_000.0;
/// The path got wider if its measured capacity is this multiple of the earlier one.
const WIDER: f64 = 1.6;
/// Factor of the estimate for each interval in which feedback was due and none came.
const TIMEOUT_FACTOR: f64 = 0.5;

/// See the module.
#[derive(Debug)]
pub(crate) struct BandwidthEstimator {
    /// Bits per second.
    target: f64,
    /// The estimate at the last feedback.
    confirmed: f64,
    delay: QueueingDelay,
    dispersion: Dispersion,
    /// Bytes that arrived within the rate's window.
    arrived: VecDeque<(Instant, usize)>,
    /// Of the last packets, which were lost.
    losses: VecDeque<bool>,
    /// Rate at the last congestion; growth is slow around it.
    ceiling: Option<f64>,
    /// The ceiling that was abandoned because dispersion shows a wider path.
    abandoned_ceiling: Option<f64>,
    grown: Option<Instant>,
    decreased: Option<Instant>,
    /// The last decrease was only of bandwidth that was not used.
    decreased_unused: bool,
}

impl BandwidthEstimator {
    pub(crate) fn new() -> Self {
        Self {
            target: f64::from(INITIAL_BITRATE),
            confirmed: f64::from(INITIAL_BITRATE),
            delay: QueueingDelay::default(),
            dispersion: Dispersion::default(),
            arrived: VecDeque::new(),
            losses: VecDeque::new(),
            ceiling: None,
            abandoned_ceiling: None,
            grown: None,
            decreased: None,
            decreased_unused: false,
        }
    }

    /// The estimate in bits per second.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to MIN_BITRATE..=MAX_BITRATE"
    )]
    pub(crate) fn bitrate(&self) -> u32 {
        self.target as u32
    }

    /// Packets were sent, feedback on them was due, and none came. The path is unknown now: the estimate falls to that of
    /// a new path, or on a narrow one to half of what it carried.
    pub(crate) fn on_feedback_timeout(&mut self, now: Instant) {
        let unknown = (self.confirmed / 2.0).min(f64::from(INITIAL_BITRATE));
        self.grown = Some(now);
        self.set((self.target * TIMEOUT_FACTOR).max(unknown));
    }

    /// Takes the results of one feedback message.
    pub(crate) fn on_feedback(&mut self, results: &[PacketResult], now: Instant) {
        self.update(results, now);
        self.confirmed = self.target;
    }

    fn update(&mut self, results: &[PacketResult], now: Instant) {
        for result in results {
            // Packets that left before a decrease say nothing about the rate after it.
            if self.decreased_unused || self.decreased.is_none_or(|at| result.departure > at) {
                self.losses.push_back(result.arrival.is_none());
                if self.losses.len() > LOSS_WINDOW {
                    self.losses.pop_front();
                }
            }
            let Some(arrival) = result.arrival else {
                continue;
            };
            self.delay.add(result.departure, arrival, now);
            self.arrived.push_back((now, result.size));
        }
        self.dispersion.on_feedback(results, now);
        expire(&mut self.arrived, now, RATE_WINDOW);
        let Some(rate) = self.rate() else { return };
        let Some(queueing) = self.delay.measure(now) else {
            return;
        };
        let congested = CONGESTED + 2.0 * queueing.noise;
        let loss = self.loss();
        if queueing.delay > congested {
            // A deep queue is drained by sending far less than arrives, since losses are retransmitted on top. With a
            // factor of 0.7 a queue of 300 ms lasted for two seconds.
            let factor = if queueing.delay > 2.0 * congested {
                0.5
            } else {
                0.85
            };
            let below = rate * factor;
            // A machine that waits for a processor loses nothing. A full queue no longer grows, and if feedback is lost
            // too, little seems to arrive.
            let ours = loss > CONGESTION_LOSS || (queueing.growing && rate >= HARMLESS_RATE);
            let unused = self.target > proven(rate) && !ours;
            let target = if unused {
                below.max(self.target * UNUSED_KEPT)
            } else {
                below
            };
            self.decrease(target, rate, unused, now);
        } else if loss > CONGESTION_LOSS {
            let target = (self.target * (1.0 - loss / 2.0)).max(rate * 0.85);
            self.decrease(target, rate, false, now);
        } else if queueing.delay < UNCONGESTED + queueing.noise && loss < MAX_GROWTH_LOSS {
            self.grow(rate, now);
        } else {
            self.grown = Some(now);
        }
    }

    fn decrease(&mut self, target: f64, rate: f64, unused: bool, now: Instant) {
        self.grown = Some(now);
        // Feedback on packets sent before the last decrease is still coming in. A decrease of unused bandwidth did not
        // change what is sent.
        if self
            .decreased
            .is_some_and(|at| now.saturating_duration_since(at) < RATE_WINDOW)
            && (unused || !self.decreased_unused)
        {
            return;
        }
        self.decreased = Some(now);
        self.decreased_unused = unused;
        if !unused {
            self.losses.clear();
        }
        if self.abandoned_ceiling.take().is_some() {
            self.dispersion.refute(now);
        }
        self.ceiling = Some(rate);
        self.set(target.min(self.target));
    }

    fn grow(&mut self, rate: f64, now: Instant) {
        let Some(last) = self.grown.replace(now) else {
            return;
        };
        // Unused bandwidth proves nothing (a still picture, a camera turned off).
        let proven = proven(rate);
        if self.target >= proven {
            return;
        }
        let seconds = now.saturating_duration_since(last).as_secs_f64().min(0.5);
        if self
            .abandoned_ceiling
            .is_some_and(|ceiling| rate > WIDER * ceiling)
        {
            self.dispersion.confirm();
            self.abandoned_ceiling = None;
        }
        let capacity = self.dispersion.capacity(now).unwrap_or(0.0);
        if let Some(ceiling) = self.ceiling
            && capacity > WIDER * ceiling.max(self.target)
        {
            self.abandoned_ceiling = Some(self.abandoned_ceiling.unwrap_or(ceiling));
            self.ceiling = None;
        }
        let per_second = match self.ceiling {
            None if capacity > WIDER * self.target => 1.2,
            None => 0.6,
            Some(ceiling) if self.target < 0.8 * ceiling => 0.4,
            Some(ceiling) if self.target < 1.1 * ceiling => 0.06,
            Some(ceiling) if self.target < 1.4 * ceiling => 0.15,
            // The path got wider: search for its capacity as on a new path.
            Some(_) => {
                self.ceiling = None;
                0.3
            }
        };
        self.set((self.target * (1.0 + per_second * seconds)).min(proven.max(self.target)));
    }

    fn set(&mut self, target: f64) {
        self.target = target.clamp(f64::from(MIN_BITRATE), f64::from(MAX_BITRATE));
    }

    /// Bits per second that arrived lately.
    #[expect(
        clippy::cast_precision_loss,
        reason = "half a second of bytes is far below 2^52"
    )]
    fn rate(&self) -> Option<f64> {
        let bytes: usize = self.arrived.iter().map(|(_, size)| size).sum();
        (bytes > 0).then(|| bytes as f64 * 8.0 / RATE_WINDOW.as_secs_f64())
    }

    #[expect(clippy::cast_precision_loss, reason = "at most LOSS_WINDOW")]
    fn loss(&self) -> f64 {
        if self.losses.len() < LOSS_WINDOW / 4 {
            return 0.0;
        }
        self.losses.iter().filter(|lost| **lost).count() as f64 / self.losses.len() as f64
    }
}

/// What the path may be assumed to carry if this much arrives, in bits per second.
fn proven(rate: f64) -> f64 {
    rate * 1.5 + 50_000.0
}

#[cfg(test)]
mod tests;
