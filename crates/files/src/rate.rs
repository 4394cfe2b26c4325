//! How fast a transfer is, and how long it will take.

use std::time::{Duration, Instant};

/// The weight of a sample falls to 1/e in this time: a person can read the figure, and it follows a change within seconds.
const SMOOTHING: Duration = Duration::from_secs(3);
/// So long is measured before anything is shown.
const FIRST: Duration = Duration::from_secs(1);
/// Samples closer together are taken for one.
const MIN_INTERVAL: Duration = Duration::from_millis(50);

/// Smoothed rate of one transfer.
#[derive(Debug, Default)]
pub(crate) struct Rate {
    began: Option<Instant>,
    last: Option<(Instant, u64)>,
    bytes_per_second: f64,
}

impl Rate {
    /// So many bytes are transferred now.
    pub(crate) fn update(&mut self, transferred: u64, now: Instant) {
        let began = *self.began.get_or_insert(now);
        let Some((at, bytes)) = self.last else {
            self.last = Some((now, transferred));
            return;
        };
        let elapsed = now.saturating_duration_since(at);
        if elapsed < MIN_INTERVAL {
            return;
        }
        self.last = Some((now, transferred));
        let sample = transferred.saturating_sub(bytes) as f64 / elapsed.as_secs_f64();
        // At first the mean of what there is, as nothing is known before.
        let known = at
            .saturating_duration_since(began)
            .min(SMOOTHING)
            .as_secs_f64();
        let weight = elapsed.as_secs_f64() / (known + elapsed.as_secs_f64());
        self.bytes_per_second += weight * (sample - self.bytes_per_second);
    }

    /// It does not run: the next sample begins anew.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }

    /// Bytes per second.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and below 2^53"
    )]
    pub(crate) fn bytes_per_second(&self) -> Option<u64> {
        let (at, _) = self.last?;
        let known = at.saturating_duration_since(self.began?);
        (known >= FIRST).then_some(self.bytes_per_second as u64)
    }

    /// Seconds that `bytes` take at this rate; `None` while nothing moves.
    pub(crate) fn seconds_for(&self, bytes: u64) -> Option<u64> {
        let rate = self.bytes_per_second().filter(|rate| *rate > 0)?;
        Some(bytes.div_ceil(rate))
    }
}

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positive, and small"
)]
mod tests {
    use super::*;

    fn run(rate: &mut Rate, from: Instant, seconds: f64, bytes_per_second: f64, start: u64) -> u64 {
        let mut bytes = start;
        let steps = (seconds * 10.0) as u32;
        for step in 1..=steps {
            let now = from + Duration::from_millis(100) * step;
            bytes = start + (bytes_per_second * f64::from(step) / 10.0) as u64;
            rate.update(bytes, now);
        }
        bytes
    }

    #[test]
    fn the_time_left_is_within_a_fifth_after_five_seconds() {
        let start = Instant::now();
        for bytes_per_second in [1e3, 1e6, 4e8] {
            let mut rate = Rate::default();
            rate.update(0, start);
            run(&mut rate, start, 5.0, bytes_per_second, 0);
            let left = rate.seconds_for((bytes_per_second * 100.0) as u64).unwrap();
            assert!((80..=120).contains(&left), "{left}");
        }
    }

    #[test]
    fn a_change_shows_within_seconds() {
        let start = Instant::now();
        let mut rate = Rate::default();
        rate.update(0, start);
        let bytes = run(&mut rate, start, 30.0, 1e6, 0);
        run(&mut rate, start + Duration::from_secs(30), 9.0, 1e5, bytes);
        let now = rate.bytes_per_second().unwrap();
        assert!((90_000..200_000).contains(&now), "{now}");
    }

    #[test]
    fn nothing_is_shown_at_first_or_when_nothing_moves() {
        let start = Instant::now();
        let mut rate = Rate::default();
        rate.update(0, start);
        rate.update(1_000_000, start + Duration::from_millis(500));
        assert_eq!(rate.bytes_per_second(), None);
        let mut rate = Rate::default();
        rate.update(0, start);
        run(&mut rate, start, 3.0, 0.0, 0);
        assert_eq!(rate.bytes_per_second(), Some(0));
        assert_eq!(rate.seconds_for(10), None);
    }
}
