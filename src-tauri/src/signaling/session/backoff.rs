use super::Millis;

/// The first retry is due after about this long.
pub(crate) const FIRST: Millis = 250;
/// No two tries are further apart than this.
pub(crate) const MAX: Millis = 8_000;

/// Milliseconds before try number `attempt` (from 1): doubling from [`FIRST`] to [`MAX`], of which the
/// upper half is random, so that the clients of a restarted server do not come back in one wave.
pub(super) fn delay(attempt: u32, random: &mut fastrand::Rng) -> Millis {
    let doubled = FIRST << attempt.saturating_sub(1).min(16);
    let full = doubled.min(MAX);
    full / 2 + random.u64(0..=full / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_a_bound_and_never_rushes() {
        let mut random = fastrand::Rng::with_seed(1);
        for attempt in 0..200 {
            let delay = delay(attempt, &mut random);
            assert!((FIRST / 2..=MAX).contains(&delay), "{attempt}: {delay}");
        }
        assert!((0..50).all(|_| delay(1, &mut random) <= FIRST));
        assert!((0..50).all(|_| delay(u32::MAX, &mut random) >= MAX / 2));
    }
}
