//! How fast packets that left together arrive: what the path carries, seen without sending any more than now.
//!
//! Two packets that leave at once arrive as far apart as the narrowest link takes for the second one. So a path that
//! got wider shows it in the very next frame, long before growth step by step would find out. The reverse does not
//! hold: links that hand on several packets at a time (Wi-Fi, some shapers) look wider than they are. Therefore what
//! is seen here only makes the search for the path's end faster, and is not believed for a while after it was wrong.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::bandwidth::{Report, forget};

/// Left together: within this.
const TOGETHER: Duration = Duration::from_millis(5);
/// Pairs are of the last so long, and at least so many.
const WINDOW: Duration = Duration::from_millis(400);
const PAIRS: usize = 6;
/// Pairs kept at most: half a second of packets at 6 Mbit/s.
const MOST_PAIRS: usize = 256;
/// Arrivals are told in quarters of a millisecond (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1.5).
const RESOLUTION: f64 = 0.000_25;
/// Not believed for so long after it was wrong once, twice as long each time, this many times at most.
const DOUBT: Duration = Duration::from_secs(5);
const MOST_DOUBTS: u32 = 5;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Dispersion {
    /// When told; octets of the second packet, and seconds from the first to it.
    pairs: VecDeque<(Instant, (usize, f64))>,
    doubts: u32,
    doubted_until: Option<Instant>,
}

impl Dispersion {
    /// Takes one feedback's worth of reports, in the order the packets were sent.
    pub(super) fn reported(&mut self, reports: &[Report], now: Instant) {
        for pair in reports.windows(2) {
            let [first, second] = pair else { continue };
            let (Some(one), Some(two)) = (first.arrival, second.arrival) else {
                continue;
            };
            if second.departure.saturating_duration_since(first.departure) > TOGETHER {
                continue;
            }
            // Overtaken, the path has jitter of its own: as good as far apart.
            let apart = one.abs_diff(two).as_secs_f64().max(RESOLUTION);
            if self.pairs.len() == MOST_PAIRS {
                self.pairs.pop_front();
            }
            self.pairs.push_back((now, (second.size, apart)));
        }
        forget(&mut self.pairs, now, WINDOW);
    }

    /// Bits per second that the path seems to carry at least; `None` where too little was seen or is believed.
    #[expect(clippy::cast_precision_loss, reason = "at most MOST_PAIRS packets")]
    pub(super) fn capacity(&self, now: Instant) -> Option<f64> {
        if self.pairs.len() < PAIRS || self.doubted_until.is_some_and(|until| now < until) {
            return None;
        }
        let octets: usize = self.pairs.iter().map(|(_, (octets, _))| octets).sum();
        let apart: f64 = self.pairs.iter().map(|(_, (_, apart))| apart).sum();
        Some(octets as f64 * 8.0 / apart)
    }

    /// The path did not carry what was seen here.
    pub(super) fn was_wrong(&mut self, now: Instant) {
        self.doubted_until = Some(now + DOUBT * 2_u32.pow(self.doubts));
        self.doubts = (self.doubts + 1).min(MOST_DOUBTS);
    }

    /// It did.
    pub(super) fn was_right(&mut self) {
        self.doubts = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of two packets every 33 ms over a link of so many bits per second.
    fn over(link: f64, together: Duration) -> (Dispersion, Instant) {
        let mut dispersion = Dispersion::default();
        let start = Instant::now();
        let mut now = start;
        for frame in 0..30 {
            let departure = start + Duration::from_millis(33) * frame;
            let arrival = Duration::from_millis(10) + (departure - start);
            let second = Duration::from_secs_f64(700.0 * 8.0 / link).max(together);
            let report = |departure, arrival, size| Report {
                departure,
                arrival: Some(arrival),
                size,
            };
            now = departure + Duration::from_millis(60);
            let reports = [
                report(departure, arrival, 1200),
                report(departure + together, arrival + second, 700),
            ];
            dispersion.reported(&reports, now);
        }
        (dispersion, now)
    }

    #[test]
    fn the_narrowest_link_shows() {
        for link in [300_000.0, 1_000_000.0, 5_000_000.0] {
            let (dispersion, now) = over(link, Duration::ZERO);
            let seen = dispersion.capacity(now).unwrap();
            assert!((seen / link - 1.0).abs() < 0.05, "{link} {seen}");
        }
    }

    #[test]
    fn packets_that_left_apart_tell_nothing() {
        let (dispersion, now) = over(5_000_000.0, Duration::from_millis(6));
        assert_eq!(dispersion.capacity(now), None);
    }

    #[test]
    fn what_was_wrong_is_doubted_longer_each_time() {
        let (mut dispersion, now) = over(5_000_000.0, Duration::ZERO);
        for seconds in [5, 10, 20, 40, 80, 160, 160] {
            dispersion.was_wrong(now);
            let until = now + Duration::from_secs(seconds);
            assert!(
                dispersion
                    .capacity(until - Duration::from_millis(1))
                    .is_none()
            );
            assert!(dispersion.capacity(until).is_some());
        }
        dispersion.was_right();
        dispersion.was_wrong(now);
        assert!(dispersion.capacity(now + DOUBT).is_some());
    }
}
