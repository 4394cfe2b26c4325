//! Queueing delay on the path, from departure and arrival times.
//!
//! The queueing delay is the minimum one-way delay of the last 150 ms, less the minimum of the last twenty seconds. The
//! clocks of the two ends need not agree: their difference is in both. Jitter hardly moves a minimum, a queue moves
//! every packet.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::window::expire;

/// Window of the recent minimum.
const RECENT: Duration = Duration::from_millis(150);
/// The base delay is the minimum over this many buckets of this length: longer than a queue stays full, short enough for a
/// new route.
const BASE_BUCKETS: usize = 20;
const BASE_BUCKET: Duration = Duration::from_secs(1);
/// Window over which the growth of the queue is measured.
const GROWTH_WINDOW: Duration = Duration::from_millis(500);
/// A queue that grows by more than this share of the elapsed time is fed by more than the path carries.
const MIN_GROWTH: f64 = 0.3;
/// Weight of the latest sample in the noise.
const NOISE_WEIGHT: f64 = 0.05;
/// Noise that is allowed for, in milliseconds.
const MAX_NOISE: f64 = 50.0;

/// The queue at the time of one feedback message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Queueing {
    /// Milliseconds.
    pub(super) delay: f64,
    /// Average change of the delay from one feedback message to the next, in milliseconds. Large on machines that are so
    /// busy that processes wait for a processor.
    pub(super) noise: f64,
    /// More is sent than the path carries.
    pub(super) growing: bool,
}

/// See the module. Times are in milliseconds.
#[derive(Debug, Default)]
pub(super) struct QueueingDelay {
    /// Departure times are relative to that of the first packet.
    epoch: Option<Instant>,
    /// Minimum delay per bucket, newest last.
    base: VecDeque<(Instant, f64)>,
    recent: VecDeque<(Instant, f64)>,
    /// Queueing delay at each feedback message of the growth window.
    history: VecDeque<(Instant, f64)>,
    noise: f64,
}

impl QueueingDelay {
    /// Adds a packet: when it left, and when it arrived by the remote peer's clock.
    pub(super) fn add(&mut self, departure: Instant, arrival: Duration, now: Instant) {
        let epoch = *self.epoch.get_or_insert(departure);
        let delay = arrival.as_secs_f64() * 1000.0 - signed_ms(departure, epoch);
        self.recent.push_back((now, delay));
        match self.base.back_mut() {
            Some((since, min)) if now.saturating_duration_since(*since) < BASE_BUCKET => {
                *min = min.min(delay)
            }
            _ => {
                self.base.push_back((now, delay));
                if self.base.len() > BASE_BUCKETS {
                    self.base.pop_front();
                }
            }
        }
    }

    /// The queue now, once per feedback message. `None` without recent packets.
    pub(super) fn measure(&mut self, now: Instant) -> Option<Queueing> {
        expire(&mut self.recent, now, RECENT);
        let min = |delays: &VecDeque<(Instant, f64)>| {
            delays.iter().map(|(_, delay)| *delay).reduce(f64::min)
        };
        let delay = min(&self.recent)? - min(&self.base)?;
        if let Some((_, before)) = self.history.back() {
            self.noise += ((delay - before).abs() - self.noise) * NOISE_WEIGHT;
        }
        self.history.push_back((now, delay));
        expire(&mut self.history, now, GROWTH_WINDOW);
        let growing = self.history.front().is_some_and(|(since, before)| {
            let elapsed = now.saturating_duration_since(*since).as_secs_f64() * 1000.0;
            delay - before > elapsed * MIN_GROWTH
        });
        Some(Queueing {
            delay,
            noise: self.noise.min(MAX_NOISE),
            growing,
        })
    }
}

fn signed_ms(at: Instant, epoch: Instant) -> f64 {
    at.checked_duration_since(epoch).map_or_else(
        || -epoch.saturating_duration_since(at).as_secs_f64() * 1000.0,
        |after| after.as_secs_f64() * 1000.0,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets every 10 ms with these delays in milliseconds, by a remote clock that is 5 s ahead.
    fn after(delays: impl IntoIterator<Item = u64>) -> Queueing {
        let start = Instant::now();
        let mut queueing = QueueingDelay::default();
        let mut measured = None;
        for (index, delay) in (0..).zip(delays) {
            let sent = Duration::from_millis(10 * index);
            let arrival = Duration::from_secs(5) + sent + Duration::from_millis(delay);
            let now = start + sent + Duration::from_millis(delay);
            queueing.add(start + sent, arrival, now);
            measured = queueing.measure(now);
        }
        measured.unwrap()
    }

    #[test]
    fn a_queue_shows_whatever_the_remote_clock_says() {
        let constant = after([40; 50]);
        assert!(constant.delay.abs() < 1e-6 && !constant.growing);
        let queue = after(
            [40; 50]
                .into_iter()
                .chain((0..50).map(|step| 40 + 10 * step)),
        );
        assert!(queue.delay > 150.0 && queue.growing, "{queue:?}");
        let standing = after([40; 50].into_iter().chain([140; 100]));
        assert!((standing.delay - 100.0).abs() < 1e-6 && !standing.growing);
    }

    #[test]
    fn jitter_is_noise_and_no_queue() {
        let jitter = after((0..100).map(|index| 40 + index * 17 % 30));
        assert!(jitter.delay < 10.0, "{jitter:?}");
    }
}
