//! Sample counts. Media time is `i64` (it can run backwards), lengths are `usize`, RTP durations `u32`.

use std::time::Duration;

/// Samples per second and channel everywhere in this crate: Opus's RTP clock rate (RFC 7587 §4.1).
pub const SAMPLE_RATE: i64 = 48_000;

/// Samples in `milliseconds`, as media time.
#[must_use]
pub const fn samples(milliseconds: i64) -> i64 {
    milliseconds * SAMPLE_RATE / 1000
}

/// Samples in `milliseconds`, as an RTP duration.
#[must_use]
pub const fn samples_u32(milliseconds: u32) -> u32 {
    milliseconds * 48
}

/// Samples in `milliseconds`, as a length.
#[must_use]
pub const fn samples_usize(milliseconds: usize) -> usize {
    milliseconds * 48
}

/// Media time as a length; 0 where it is negative.
pub(crate) fn to_usize(samples: i64) -> usize {
    usize::try_from(samples.max(0)).unwrap_or(usize::MAX)
}

/// A duration in samples. 48 samples are exactly a millisecond, so rounding errors do not accumulate.
pub(crate) fn to_samples(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros() * 48 / 1000).unwrap_or(i64::MAX / 4)
}
