//! Capacity of the path by packet-pair dispersion, which needs no more packets than are sent anyway.
//!
//! Two packets that leave at once arrive as far apart as the bottleneck takes to transmit the second one. A path that got
//! wider therefore shows it in the next video frame, long before growth step by step would. The reverse does not hold:
//! links that forward several packets at a time (Wi-Fi, token-bucket shapers) look wider than they are. The result thus
//! only speeds up the search for the path's capacity, and is ignored for a while after it was refuted.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::packet_result::PacketResult;
use super::window::expire;

/// Two packets within this form a pair.
const MAX_PAIR_GAP: Duration = Duration::from_millis(5);
/// Pairs are averaged over this time.
const WINDOW: Duration = Duration::from_millis(400);
/// With fewer pairs in the window there is no result.
const MIN_PAIRS: usize = 6;
/// Pairs kept: half a second of packets at 6 Mbit/s.
const MAX_PAIRS: usize = 256;
/// Arrival times have a resolution of 250 µs (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1.5), in seconds.
const RESOLUTION: f64 = 0.000_25;
/// Ignored for this long after it was refuted, and each time for twice as long, up to 2^5 times this.
const IGNORE: Duration = Duration::from_secs(5);
const MAX_DOUBLINGS: u32 = 5;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Dispersion {
    /// Time of the feedback; bytes of the second packet, and seconds between the arrivals.
    pairs: VecDeque<(Instant, (usize, f64))>,
    refutations: u32,
    ignored_until: Option<Instant>,
}

impl Dispersion {
    /// Takes the results of one feedback message, in the order in which the packets were sent.
    pub(super) fn on_feedback(&mut self, results: &[PacketResult], now: Instant) {
        for pair in results.windows(2) {
            let [first, second] = pair else { continue };
            let (Some(one), Some(two)) = (first.arrival, second.arrival) else {
                continue;
            };
            if second.departure.saturating_duration_since(first.departure) > MAX_PAIR_GAP {
                continue;
            }
            // Reordered packets show that the path has jitter: the absolute distance counts.
            let apart = one.abs_diff(two).as_secs_f64().max(RESOLUTION);
            if self.pairs.len() == MAX_PAIRS {
                self.pairs.pop_front();
            }
            self.pairs.push_back((now, (second.size, apart)));
        }
        expire(&mut self.pairs, now, WINDOW);
    }

    /// The capacity in bits per second; `None` with too few pairs, and while it is ignored.
    #[expect(clippy::cast_precision_loss, reason = "at most MAX_PAIRS packets")]
    pub(super) fn capacity(&self, now: Instant) -> Option<f64> {
        if self.pairs.len() < MIN_PAIRS || self.ignored_until.is_some_and(|until| now < until) {
            return None;
        }
        let bytes: usize = self.pairs.iter().map(|(_, (bytes, _))| bytes).sum();
        let apart: f64 = self.pairs.iter().map(|(_, (_, apart))| apart).sum();
        Some(bytes as f64 * 8.0 / apart)
    }

    /// The path did not carry the capacity returned here.
    pub(super) fn refute(&mut self, now: Instant) {
        self.ignored_until = Some(now + IGNORE * 2_u32.pow(self.refutations));
        self.refutations = (self.refutations + 1).min(MAX_DOUBLINGS);
    }

    /// The path carried it.
    pub(super) fn confirm(&mut self) {
        self.refutations = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of two packets, `gap` apart, every 33 ms over a link of `link` bits per second.
    fn over(link: f64, gap: Duration) -> (Dispersion, Instant) {
        let mut dispersion = Dispersion::default();
        let start = Instant::now();
        let mut now = start;
        for frame in 0..30 {
            let departure = start + Duration::from_millis(33) * frame;
            let arrival = Duration::from_millis(10) + (departure - start);
            let apart = Duration::from_secs_f64(700.0 * 8.0 / link).max(gap);
            let result = |departure, arrival, size| PacketResult {
                departure,
                arrival: Some(arrival),
                size,
            };
            now = departure + Duration::from_millis(60);
            let results = [
                result(departure, arrival, 1200),
                result(departure + gap, arrival + apart, 700),
            ];
            dispersion.on_feedback(&results, now);
        }
        (dispersion, now)
    }

    #[test]
    fn the_capacity_is_that_of_the_bottleneck() {
        for link in [300_000.0, 1_000_000.0, 5_000_000.0] {
            let (dispersion, now) = over(link, Duration::ZERO);
            let capacity = dispersion.capacity(now).unwrap();
            assert!((capacity / link - 1.0).abs() < 0.05, "{link} {capacity}");
        }
    }

    #[test]
    fn packets_that_left_apart_are_not_pairs() {
        let (dispersion, now) = over(5_000_000.0, Duration::from_millis(6));
        assert_eq!(dispersion.capacity(now), None);
    }

    #[test]
    fn each_refutation_lasts_twice_as_long() {
        let (mut dispersion, now) = over(5_000_000.0, Duration::ZERO);
        for seconds in [5, 10, 20, 40, 80, 160, 160] {
            dispersion.refute(now);
            let until = now + Duration::from_secs(seconds);
            let before = until - Duration::from_millis(1);
            assert!(dispersion.capacity(before).is_none());
            assert!(dispersion.capacity(until).is_some());
        }
        dispersion.confirm();
        dispersion.refute(now);
        assert!(dispersion.capacity(now + IGNORE).is_some());
    }
}
