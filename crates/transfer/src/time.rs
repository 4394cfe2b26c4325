use std::{
    ops::{Add, AddAssign, Sub},
    time::Duration,
};

/// A point of time of a monotonic clock, since any fixed point. Not [`std::time::Instant`]: WebAssembly has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Time(Duration);

impl Time {
    /// `since` the fixed point.
    #[must_use]
    pub const fn new(since: Duration) -> Self {
        Self(since)
    }

    /// Since the fixed point.
    #[must_use]
    pub const fn since_start(self) -> Duration {
        self.0
    }

    /// The time since `earlier`; zero if that is later.
    #[must_use]
    pub const fn saturating_duration_since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// Milliseconds modulo 2^32, as bulk messages have them.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "modulo 2^32")]
    pub const fn wrapping_millis(self) -> u32 {
        self.0.as_millis() as u32
    }
}

impl Add<Duration> for Time {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration))
    }
}

impl AddAssign<Duration> for Time {
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

impl Sub for Time {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.saturating_duration_since(earlier)
    }
}
