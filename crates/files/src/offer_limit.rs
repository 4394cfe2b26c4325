//! How often somebody may offer something. No clock.

use std::time::{Duration, Instant};

/// So many offers may follow each other at once: a person drops one file after the other.
const BURST: u32 = 32;
/// Afterwards, one in this time.
const INTERVAL: Duration = Duration::from_secs(1);

/// A token bucket. Each offer is shown, with a sound, also if it is withdrawn at once.
#[derive(Debug, Default)]
pub(crate) struct OfferLimit {
    used: u32,
    /// When the last use was given back.
    at: Option<Instant>,
}

impl OfferLimit {
    /// Whether one more is taken now. If so, it counts.
    pub(crate) fn allow(&mut self, now: Instant) -> bool {
        let at = *self.at.get_or_insert(now);
        let passed = now.saturating_duration_since(at).as_secs() / INTERVAL.as_secs();
        let passed = u32::try_from(passed).unwrap_or(u32::MAX);
        if passed >= self.used {
            *self = Self {
                used: 0,
                at: Some(now),
            };
        } else {
            self.used -= passed;
            self.at = Some(at + INTERVAL * passed);
        }
        let is_allowed = self.used < BURST;
        self.used += u32::from(is_allowed);
        is_allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_at_once_and_then_one_a_second() {
        let mut limit = OfferLimit::default();
        let start = Instant::now();
        let allowed = |limit: &mut OfferLimit, millis| {
            let now = start + Duration::from_millis(millis);
            (0..1_000).filter(|_| limit.allow(now)).count()
        };
        assert_eq!(allowed(&mut limit, 0), 32);
        assert_eq!(allowed(&mut limit, 999), 0);
        assert_eq!(allowed(&mut limit, 1_500), 1);
        assert_eq!(allowed(&mut limit, 2_000), 1);
        assert_eq!(allowed(&mut limit, 5_999), 3);
        assert_eq!(allowed(&mut limit, 60_000), 32);
    }

    #[test]
    fn one_now_and_then_is_always_allowed() {
        let mut limit = OfferLimit::default();
        let start = Instant::now();
        assert!((0..1_000).all(|second| limit.allow(start + INTERVAL * second)));
    }
}
