//! How much the path carries, from when packets left and when they arrived.
//!
//! The stack's estimator follows the *trend* of the delay and grows without looking at whether what it
//! allows is used, so it climbs far above the path while little is sent and then floods it with the first
//! keyframe. This one looks at the queueing delay itself: the least one-way delay of the last 150 ms
//! over the least of the last twenty seconds. Jitter hardly moves a minimum; a queue moves every packet.
//!
//! Two things look like a queue and are none: a machine so busy that its processes wait for their turn, here or
//! there, which moves the minimum to and fro; and a delay that comes while so little is sent that it cannot be our
//! doing. The first raises what counts as congestion, the second costs a part of the estimate and not all that
//! was not in use.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::dispersion::Dispersion;

/// Below, a call has audio only.
pub(crate) const LEAST: u32 = 60_000;
/// Above, nothing we send gets better.
pub(crate) const MOST: u32 = 6_000_000;
/// Where a connection starts: a small picture at once, which paths that carry calls at all can bear.
pub(crate) const AT_FIRST: u32 = 500_000;

/// Queueing delay taken as congestion, in milliseconds.
const CONGESTED: f64 = 45.0;
/// Queueing delay under which there is room.
const FREE: f64 = 20.0;
/// Window of the recent minimum, and of the measured rate.
const RECENT: Duration = Duration::from_millis(150);
const RATE_WINDOW: Duration = Duration::from_millis(500);
/// How long a least delay is believed: long enough to survive a full queue, short enough for a new route.
const BASE_BUCKETS: usize = 20;
const BASE_BUCKET: Duration = Duration::from_secs(1);
/// Loss above this is congestion where the queue is too short to show as delay. Wireless paths lose a tenth
/// without being full; sending less does not help them.
const LOSSY: f64 = 0.2;
/// Loss below this does not stand in the way of sending more.
const BEARABLE: f64 = 0.14;
const LOSS_WINDOW: usize = 100;
/// Weight of the newest step in the noise, and how much of the noise counts, in milliseconds.
const NOISE_WEIGHT: f64 = 0.05;
const MOST_NOISE: f64 = 50.0;
/// Of all that was not in use, what is left by a delay that may not be our doing.
const UNUSED_KEPT: f64 = 0.7;
/// Less than this, in bits per second, makes no queue on a path that carries calls at all.
const HARMLESS: f64 = 200_000.0;
/// A path that seems to carry so many times what it did at the last congestion became wider; and it did where so
/// many times that arrive without a queue.
const WIDER: f64 = 1.6;
/// What is left of the estimate after each interval in which feedback was due and none came.
const TIMEOUT_FACTOR: f64 = 0.5;
/// A queue that grows by more than this share of the time is fed by more than the path carries.
const GROWING: f64 = 0.3;

/// What the far end said of one packet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Report {
    pub(crate) departure: Instant,
    /// On the far end's clock; `None` for a packet that did not arrive.
    pub(crate) arrival: Option<Duration>,
    pub(crate) size: usize,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Bandwidth {
    target: f64,
    /// The estimate at the last feedback.
    confirmed: f64,
    epoch: Option<Instant>,
    /// Least delay per second, newest last.
    base: VecDeque<(Instant, f64)>,
    recent: VecDeque<(Instant, f64)>,
    arrived: VecDeque<(Instant, usize)>,
    /// Queueing delay at each feedback of the rate's window.
    queues: VecDeque<(Instant, f64)>,
    /// How far the queueing delay moves from one feedback to the next, in milliseconds.
    noise: f64,
    fates: VecDeque<bool>,
    /// Rate at the last congestion; growth is gentle around it.
    ceiling: Option<f64>,
    dispersion: Dispersion,
    /// The ceiling that was left because packets arrive as on a wider path.
    left: Option<f64>,
    grown: Option<Instant>,
    cut: Option<Instant>,
    /// The last cut was only of what was not in use.
    cut_unused: bool,
}

impl Bandwidth {
    pub(crate) fn new() -> Self {
        Self {
            target: f64::from(AT_FIRST),
            confirmed: f64::from(AT_FIRST),
            epoch: None,
            base: VecDeque::new(),
            recent: VecDeque::new(),
            arrived: VecDeque::new(),
            queues: VecDeque::new(),
            noise: 0.0,
            fates: VecDeque::new(),
            ceiling: None,
            dispersion: Dispersion::default(),
            left: None,
            grown: None,
            cut: None,
            cut_unused: false,
        }
    }

    /// Bits per second.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to LEAST..=MOST"
    )]
    pub(crate) fn target(&self) -> u32 {
        self.target as u32
    }

    /// Packets were sent, feedback on them was due, and none came. Nothing is known of the path any more, so that the
    /// estimate falls to that of a new connection, or to half of what a narrow path carried.
    pub(crate) fn on_feedback_timeout(&mut self, now: Instant) {
        let unknown = (self.confirmed / 2.0).min(f64::from(AT_FIRST));
        self.grown = Some(now);
        self.set((self.target * TIMEOUT_FACTOR).max(unknown));
    }

    /// Takes one feedback's worth of reports.
    pub(crate) fn reported(&mut self, reports: &[Report], now: Instant) {
        self.react(reports, now);
        self.confirmed = self.target;
    }

    fn react(&mut self, reports: &[Report], now: Instant) {
        for report in reports {
            // What left before a cut says nothing about the rate after it.
            if self.cut_unused || self.cut.is_none_or(|cut| report.departure > cut) {
                self.fates.push_back(report.arrival.is_none());
                if self.fates.len() > LOSS_WINDOW {
                    self.fates.pop_front();
                }
            }
            let Some(arrival) = report.arrival else {
                continue;
            };
            let epoch = *self.epoch.get_or_insert(report.departure);
            let left = signed_ms(report.departure, epoch);
            self.delay(arrival.as_secs_f64() * 1000.0 - left, now);
            self.arrived.push_back((now, report.size));
        }
        self.dispersion.reported(reports, now);
        forget(&mut self.arrived, now, RATE_WINDOW);
        forget(&mut self.recent, now, RECENT);
        let (Some(queue), Some(rate)) = (self.queueing(), self.rate()) else {
            return;
        };
        let growing = self.is_growing(queue, now);
        let noise = self.noise.min(MOST_NOISE);
        let congested = CONGESTED + 2.0 * noise;
        let loss = self.loss();
        if queue > congested {
            // Deeper queues are drained by sending well below what arrives: what is lost meanwhile is sent again
            // on top of it. With 0.7 a queue of 300 ms stayed for two seconds.
            let below = rate * if queue > 2.0 * congested { 0.5 } else { 0.85 };
            // A machine that waits for its turn loses nothing. Nor does a full queue grow any more, and where what is
            // told of it is lost too, little seems to arrive.
            let ours = loss > LOSSY || (growing && rate >= HARMLESS);
            let unused = self.target > proven(rate) && !ours;
            let to = if unused {
                below.max(self.target * UNUSED_KEPT)
            } else {
                below
            };
            self.cut(to, rate, unused, now);
        } else if loss > LOSSY {
            self.cut(
                (self.target * (1.0 - loss / 2.0)).max(rate * 0.85),
                rate,
                false,
                now,
            );
        } else if queue < FREE + noise && loss < BEARABLE {
            self.grow(rate, now);
        } else {
            self.grown = Some(now);
        }
    }

    fn cut(&mut self, to: f64, rate: f64, of_unused: bool, now: Instant) {
        self.grown = Some(now);
        // Feedback of what was sent before the cut is still on its way; but a cut of what was not in use changed
        // nothing about what is sent.
        if self
            .cut
            .is_some_and(|cut| now.saturating_duration_since(cut) < RATE_WINDOW)
            && (of_unused || !self.cut_unused)
        {
            return;
        }
        self.cut = Some(now);
        self.cut_unused = of_unused;
        if !of_unused {
            self.fates.clear();
        }
        if self.left.take().is_some() {
            self.dispersion.was_wrong(now);
        }
        self.ceiling = Some(rate);
        self.set(to.min(self.target));
    }

    fn grow(&mut self, rate: f64, now: Instant) {
        let Some(last) = self.grown.replace(now) else {
            return;
        };
        // What is not used says nothing about the path (a still picture, a camera turned off).
        let proven = proven(rate);
        if self.target >= proven {
            return;
        }
        let seconds = now.saturating_duration_since(last).as_secs_f64().min(0.5);
        if self.left.is_some_and(|before| rate > WIDER * before) {
            self.dispersion.was_right();
            self.left = None;
        }
        let capacity = self.dispersion.capacity(now).unwrap_or(0.0);
        if let Some(ceiling) = self.ceiling
            && capacity > WIDER * ceiling.max(self.target)
        {
            self.left = Some(self.left.unwrap_or(ceiling));
            self.ceiling = None;
        }
        let per_second = match self.ceiling {
            None if capacity > WIDER * self.target => 1.2,
            None => 0.6,
            Some(ceiling) if self.target < 0.8 * ceiling => 0.4,
            Some(ceiling) if self.target < 1.1 * ceiling => 0.06,
            Some(ceiling) if self.target < 1.4 * ceiling => 0.15,
            // The path is wider than it was: look for its end as at the start.
            Some(_) => {
                self.ceiling = None;
                0.3
            }
        };
        self.set((self.target * (1.0 + per_second * seconds)).min(proven.max(self.target)));
    }

    fn set(&mut self, target: f64) {
        self.target = target.clamp(f64::from(LEAST), f64::from(MOST));
    }

    fn delay(&mut self, delay: f64, now: Instant) {
        self.recent.push_back((now, delay));
        match self.base.back_mut() {
            Some((since, least)) if now.saturating_duration_since(*since) < BASE_BUCKET => {
                *least = least.min(delay)
            }
            _ => {
                self.base.push_back((now, delay));
                if self.base.len() > BASE_BUCKETS {
                    self.base.pop_front();
                }
            }
        }
    }

    /// Takes note of the queueing delay now. True where the path does not carry what is sent.
    fn is_growing(&mut self, queue: f64, now: Instant) -> bool {
        if let Some((_, before)) = self.queues.back() {
            self.noise += ((queue - before).abs() - self.noise) * NOISE_WEIGHT;
        }
        self.queues.push_back((now, queue));
        forget(&mut self.queues, now, RATE_WINDOW);
        self.queues.front().is_some_and(|(since, before)| {
            let passed = now.saturating_duration_since(*since).as_secs_f64() * 1000.0;
            queue - before > passed * GROWING
        })
    }

    fn queueing(&self) -> Option<f64> {
        let recent = self
            .recent
            .iter()
            .map(|(_, delay)| *delay)
            .reduce(f64::min)?;
        let base = self.base.iter().map(|(_, delay)| *delay).reduce(f64::min)?;
        Some(recent - base)
    }

    /// Bits per second that arrived lately.
    #[expect(
        clippy::cast_precision_loss,
        reason = "half a second of octets is far below 2^52"
    )]
    fn rate(&self) -> Option<f64> {
        let octets: usize = self.arrived.iter().map(|(_, size)| size).sum();
        (octets > 0).then(|| octets as f64 * 8.0 / RATE_WINDOW.as_secs_f64())
    }

    #[expect(clippy::cast_precision_loss, reason = "at most LOSS_WINDOW")]
    fn loss(&self) -> f64 {
        if self.fates.len() < LOSS_WINDOW / 4 {
            return 0.0;
        }
        self.fates.iter().filter(|lost| **lost).count() as f64 / self.fates.len() as f64
    }
}

/// What the path may be believed to carry when this much arrives, in bits per second.
fn proven(rate: f64) -> f64 {
    rate * 1.5 + 50_000.0
}

fn signed_ms(at: Instant, epoch: Instant) -> f64 {
    at.checked_duration_since(epoch).map_or_else(
        || -epoch.saturating_duration_since(at).as_secs_f64() * 1000.0,
        |after| after.as_secs_f64() * 1000.0,
    )
}

/// Drops what is older than `age`.
pub(super) fn forget<T>(window: &mut VecDeque<(Instant, T)>, now: Instant, age: Duration) {
    while window
        .front()
        .is_some_and(|(at, _)| now.saturating_duration_since(*at) > age)
    {
        window.pop_front();
    }
}

#[cfg(test)]
mod tests;
