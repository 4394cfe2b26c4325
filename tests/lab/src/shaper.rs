use std::time::{Duration, Instant};

use crate::Conditions;

/// Decides for each packet of one direction whether it is lost and when it leaves. The same seed and packets give the same
/// results.
#[derive(Debug)]
pub struct Shaper {
    random: u64,
    /// When the rate-limited link has sent everything queued so far.
    free_at: Option<Instant>,
}

impl Shaper {
    /// Seeds should differ in many bits.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            // Xorshift stays at zero for ever.
            random: seed | 1,
            free_at: None,
        }
    }

    /// When a packet of this many bytes, IP header included, leaves if it enters at `now`; `None` if it is lost.
    pub fn pass(&mut self, conditions: &Conditions, bytes: usize, now: Instant) -> Option<Instant> {
        let random = self.draw();
        if is_lost(random, conditions.loss) {
            return None;
        }
        let mut at = now;
        let nanoseconds = u64::try_from(bytes).ok()?.checked_mul(8_000_000_000)?;
        // Rate 0 means no limit.
        if let Some(sending) = nanoseconds.checked_div(conditions.rate) {
            let start = self.free_at.map_or(now, |free| free.max(now));
            if start - now > conditions.queue() {
                return None;
            }
            at = start + Duration::from_nanos(sending);
            self.free_at = Some(at);
        }
        Some(at + conditions.delay() + jitter(random, conditions.jitter_ms))
    }

    /// Marsaglia's xorshift: repeatable, and good enough for random loss and jitter.
    fn draw(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }
}

/// One random number gives both, from bits that are far apart.
fn is_lost(random: u64, loss: f64) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "below a thousand")]
    let dice = ((random >> 20) % 1000) as f64;
    dice < loss * 1000.0
}

fn jitter(random: u64, most_ms: u64) -> Duration {
    Duration::from_micros((random >> 40).checked_rem(most_ms * 1000).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: u64 = 0x9E37_79B9_7F4A_7C15;

    fn milliseconds(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    #[test]
    fn a_clean_path_only_delays() {
        let now = Instant::now();
        let clean = Conditions {
            delay_ms: 10,
            ..Conditions::default()
        };
        let mut shaper = Shaper::new(SEED);
        for _ in 0..1000 {
            assert_eq!(shaper.pass(&clean, 1200, now), Some(now + milliseconds(10)));
        }
    }

    #[test]
    fn loss_has_the_requested_rate_and_repeats_with_its_seed() {
        let now = Instant::now();
        let lossy = Conditions {
            loss: 0.05,
            ..Conditions::default()
        };
        let fates = || {
            let mut shaper = Shaper::new(SEED);
            (0..100_000)
                .map(|_| shaper.pass(&lossy, 1200, now).is_none())
                .collect::<Vec<bool>>()
        };
        let lost = fates().into_iter().filter(|lost| *lost).count();
        assert!((4_700..5_300).contains(&lost), "{lost}");
        assert_eq!(fates(), fates());
    }

    #[test]
    fn losses_are_independent_of_each_other() {
        let now = Instant::now();
        let lossy = Conditions {
            loss: 0.1,
            ..Conditions::default()
        };
        let mut shaper = Shaper::new(SEED);
        let lost: Vec<bool> = (0..100_000)
            .map(|_| shaper.pass(&lossy, 1200, now).is_none())
            .collect();
        let twice = lost.windows(2).filter(|pair| pair == &[true, true]).count();
        assert!((900..1_100).contains(&twice), "{twice}");
    }

    #[test]
    fn jitter_is_uniform_and_reorders_packets() {
        let now = Instant::now();
        let jittery = Conditions {
            jitter_ms: 80,
            ..Conditions::default()
        };
        let mut shaper = Shaper::new(SEED);
        let delays: Vec<Duration> = (0..10_000)
            .filter_map(|_| Some(shaper.pass(&jittery, 100, now)? - now))
            .collect();
        assert!(delays.iter().all(|delay| *delay < milliseconds(80)));
        let mean = delays.iter().sum::<Duration>() / 10_000;
        assert!((38..42).contains(&mean.as_millis()), "{mean:?}");
        assert!(delays.windows(2).any(|pair| pair[1] < pair[0]));
    }

    #[test]
    fn a_rate_limit_queues_packets_and_drops_those_that_would_wait_too_long() {
        let now = Instant::now();
        // A packet of 1250 bytes takes 10 ms.
        let narrow = Conditions {
            rate: 1_000_000,
            queue_ms: 100,
            ..Conditions::default()
        };
        let mut shaper = Shaper::new(SEED);
        let left: Vec<Option<Instant>> = (0..20).map(|_| shaper.pass(&narrow, 1250, now)).collect();
        // The last one waits for 100 ms, the next one would wait for 110.
        let expected: Vec<Option<Instant>> = (1..=20)
            .map(|place| (place <= 11).then(|| now + milliseconds(10 * place)))
            .collect();
        assert_eq!(left, expected);
        let later = now + milliseconds(200);
        assert_eq!(
            shaper.pass(&narrow, 1250, later),
            Some(later + milliseconds(10)),
            "an idle link saves nothing up"
        );
    }

    #[test]
    fn a_lost_packet_uses_no_time_of_a_rate_limited_link() {
        let now = Instant::now();
        let mut shaper = Shaper::new(SEED);
        let dead = Conditions {
            loss: 1.0,
            rate: 1_000_000,
            ..Conditions::default()
        };
        assert_eq!(shaper.pass(&dead, 1250, now), None);
        let alive = Conditions { loss: 0.0, ..dead };
        assert_eq!(shaper.pass(&alive, 1250, now), Some(now + milliseconds(10)));
    }
}
