//! How fast a transfer is, and how long it will take. The same is in `ui/src/host/browser/files/worker/rate.ts`.
//!
//! The rate is the mean of the last 5 s, and of up to 10 s before as far as these had nearly the same rate: the longer, the
//! less it varies with what a path does from second to second. A rate that changes for good is known 5 s later. An
//! exponential mean either follows a change later than that, or varies more.
//!
//! So the time left is right within a fifth, or within 2 s, from 5 s after the beginning, a pause or a change on, if the mean
//! of any 5 s of the rest is within a tenth of the mean of all of it. Files of different sizes have different rates: where the
//! small ones come first, it is too long until then.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Means over so long are compared.
const INTERVAL: Duration = Duration::from_secs(5);
/// At most so many are one rate. A change of less than [`MAX_DIFFERENCE`] is then wrong by a fifth after 5 s.
const MAX_INTERVALS: u32 = 3;
/// Beyond this factor, up or down, it is another rate.
const MAX_DIFFERENCE: f64 = 1.3;
/// What is kept: the samples of the intervals, which are a little longer.
const KEPT: Duration = Duration::from_secs(20);
/// Of one sample, at least.
const SAMPLE: Duration = Duration::from_millis(500);
/// So long is measured before anything is shown.
const FIRST: Duration = Duration::from_secs(1);

/// At first, buffers are filled at once or windows are small. Samples of this time are left out if their rate differs from
/// that of what follows by these factors: jitter of 50 % does not.
const MAX_BEGINNING: Duration = Duration::from_secs(3);
const MIN_BEGINNING_RATE: f64 = 0.4;
const MAX_BEGINNING_RATE: f64 = 2.5;

/// Smoothed rate of one transfer.
#[derive(Debug, Default)]
pub(crate) struct Rate {
    last: Option<(Instant, u64)>,
    /// The last is still measured.
    samples: VecDeque<Sample>,
    measured: Duration,
}

/// What was transferred in a time.
#[derive(Debug, Clone, Copy, Default)]
struct Sample {
    bytes: u64,
    time: Duration,
    /// It began so long after the first one.
    at: Duration,
}

impl Sample {
    fn add(&mut self, other: &Self) {
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.time += other.time;
    }

    /// Bytes per second.
    fn rate(&self) -> f64 {
        if self.time.is_zero() {
            return 0.0;
        }
        self.bytes as f64 / self.time.as_secs_f64()
    }
}

impl Rate {
    /// So many bytes are transferred now.
    pub(crate) fn update(&mut self, transferred: u64, now: Instant) {
        let Some((at, before)) = self.last.replace((now, transferred)) else {
            return;
        };
        let new = Sample {
            bytes: transferred.saturating_sub(before),
            time: now.saturating_duration_since(at),
            at: self.measured,
        };
        self.measured += new.time;
        match self.samples.back_mut() {
            Some(sample) if sample.time < SAMPLE => sample.add(&new),
            _ => self.samples.push_back(new),
        }
        while self
            .samples
            .front()
            .is_some_and(|sample| self.measured - sample.at > KEPT)
        {
            self.samples.pop_front();
        }
    }

    /// It does not run: what is measured begins anew.
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
        (self.measured >= FIRST).then(|| self.mean() as u64)
    }

    /// Seconds that `bytes` take at this rate; `None` while nothing moves.
    pub(crate) fn seconds_for(&self, bytes: u64) -> Option<u64> {
        let rate = self.bytes_per_second().filter(|rate| *rate > 0)?;
        Some(bytes.div_ceil(rate))
    }

    fn mean(&self) -> f64 {
        let mut newest_first = self.samples.iter().rev().copied();
        let recent = interval(&mut newest_first);
        let mut mean = without_beginning(&recent);
        let rate = mean.rate();
        for _ in 1..MAX_INTERVALS {
            let samples = interval(&mut newest_first);
            let earlier = sum(&samples);
            let is_same =
                earlier.rate() <= rate * MAX_DIFFERENCE && rate <= earlier.rate() * MAX_DIFFERENCE;
            if earlier.time < INTERVAL || !is_same {
                break;
            }
            mean.add(&earlier);
        }
        mean.rate()
    }
}

/// Takes samples of [`INTERVAL`], or what there is. Newest first.
fn interval(newest_first: &mut impl Iterator<Item = Sample>) -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut time = Duration::ZERO;
    while time < INTERVAL
        && let Some(sample) = newest_first.next()
    {
        time += sample.time;
        samples.push(sample);
    }
    samples
}

fn without_beginning(newest_first: &[Sample]) -> Sample {
    let mut samples = newest_first;
    while let Some((oldest, rest)) = samples.split_last()
        && oldest.at < MAX_BEGINNING
    {
        let following = sum(rest);
        let rate = following.rate();
        let is_other =
            oldest.rate() < rate * MIN_BEGINNING_RATE || oldest.rate() > rate * MAX_BEGINNING_RATE;
        if following.time < FIRST || !is_other {
            break;
        }
        samples = rest;
    }
    sum(samples)
}

fn sum(samples: &[Sample]) -> Sample {
    let mut sum = Sample::default();
    for sample in samples {
        sum.add(sample);
    }
    sum
}

#[cfg(test)]
mod tests;
