use super::timing::Millis;

/// Longest delay before the first retry.
pub(super) const INITIAL_DELAY: Millis = 250;
/// Longest delay before any retry.
pub(super) const MAX_DELAY: Millis = 8_000;

/// Milliseconds before attempt number `attempt` (from 1): exponential, from [`INITIAL_DELAY`] to [`MAX_DELAY`]. Half of
/// it is random ("equal jitter"), so that the clients of a restarted server do not all return at the same moment.
pub(super) fn delay(attempt: u32, random: &mut fastrand::Rng) -> Millis {
    let doubled = INITIAL_DELAY << attempt.saturating_sub(1).min(16);
    let full = doubled.min(MAX_DELAY);
    full / 2 + random.u64(0..=full / 2)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_document_has_these_delays() {
        let document = include_str!("../../../../docs/protocol.md");
        let delays = format!(
            "(Maru: from {} s to {} s)",
            Duration::from_millis(INITIAL_DELAY).as_secs_f64(),
            Duration::from_millis(MAX_DELAY).as_secs_f64()
        );
        assert!(document.contains(&delays), "{delays}");
    }

    #[test]
    fn grows_to_its_limit_and_is_never_shorter_than_half_of_the_first() {
        let mut random = fastrand::Rng::with_seed(1);
        for attempt in 0..200 {
            let delay = delay(attempt, &mut random);
            assert!(
                (INITIAL_DELAY / 2..=MAX_DELAY).contains(&delay),
                "{attempt}: {delay}"
            );
        }
        assert!((0..50).all(|_| delay(1, &mut random) <= INITIAL_DELAY));
        assert!((0..50).all(|_| delay(u32::MAX, &mut random) >= MAX_DELAY / 2));
    }
}
