//! Conversions between the kinds of number a sample count can be. Media time is `i64` (it runs backwards when
//! packets do), lengths are `usize`, statistics `u64`, all in samples. A 48 kHz count overflows none of these
//! within a million years, so each conversion saturates instead of failing.

use std::time::Duration;

/// A length as media time.
pub(crate) fn media(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// Media time as a length; what is negative has no length.
pub(crate) fn length(media: i64) -> usize {
    usize::try_from(media.max(0)).unwrap_or(usize::MAX)
}

/// Media time as a statistic.
pub(crate) fn tally(media: i64) -> u64 {
    u64::try_from(media).unwrap_or(0)
}

/// A length as a statistic.
pub(crate) fn tally_length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// A clock's reading as samples at 48 kHz. 48 samples are exactly a millisecond, so nothing accumulates.
pub(crate) fn clock(time: Duration) -> i64 {
    i64::try_from(time.as_micros() * 48 / 1000).unwrap_or(i64::MAX / 4)
}

/// A length as the divisor of an average. Blocks are far shorter than the 2^24 up to which `f32` is exact.
#[allow(clippy::cast_precision_loss, reason = "see above")]
pub(crate) fn real(length: usize) -> f32 {
    length as f32
}
