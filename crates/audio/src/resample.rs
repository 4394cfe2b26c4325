//! Between the device's rate and 48 kHz.
//!
//! A windowed-sinc polyphase filter for any two rates whose ratio is rational. Own, because this is all that is
//! needed and fits a page; a crate for it would bring an FFT, a dozen types of converter, and a fixed block
//! size to adapt to.

use crate::count::{length, media, real};

/// Lowest and highest rate a device may have, Hz.
pub const RATES: std::ops::RangeInclusive<u32> = 8_000..=384_000;
/// Zero crossings of the sinc to either side: flat to 0.82 of the lower rate's half (18 kHz at 44.1), 80 dB
/// down at 1.02.
const CROSSINGS: usize = 24;
/// Where the filter is 6 dB down, as a share of the lower rate's half: aliases fall where nobody hears
/// them, and no voice is that high.
const PASS: f32 = 0.92;
/// Kaiser window for 80 dB in the stop band.
const BETA: f32 = 8.0;
/// Phases a filter may have: 44.1 kHz needs 160. What is beyond is no rate a sound card has.
const MOST_PHASES: u32 = 1280;

/// Why two rates cannot be converted into each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// Outside [`RATES`].
    #[error("{0} Hz is not a rate for sound")]
    OutOfRange(u32),
    /// Their ratio has no small terms.
    #[error("{0} and {1} Hz have no simple ratio")]
    Incommensurable(u32, u32),
}

/// Converts a stream of mono samples from one rate to another. Delay: 24 samples of the lower rate.
#[derive(Debug, Clone)]
pub struct Resampler {
    /// `taps` coefficients for each of `up` phases.
    filter: Vec<f32>,
    taps: usize,
    up: usize,
    down: usize,
    /// The last `taps - 1` samples of the past, then what has come.
    input: Vec<f32>,
    /// Position of the next output: its phase, in units of an input sample divided by `up`.
    phase: usize,
}

impl Resampler {
    /// A converter that has heard silence.
    ///
    /// # Errors
    ///
    /// For rates no sound card has.
    pub fn new(from: u32, to: u32) -> Result<Self, RateError> {
        for rate in [from, to] {
            if !RATES.contains(&rate) {
                return Err(RateError::OutOfRange(rate));
            }
        }
        let common = greatest_common_divisor(from, to);
        let (up, down) = (to / common, from / common);
        if up > MOST_PHASES || down > MOST_PHASES {
            return Err(RateError::Incommensurable(from, to));
        }
        let (up, down) = (length(up.into()), length(down.into()));
        // Downwards the filter must be as much longer as the cutoff is lower.
        let taps = (2 * CROSSINGS * down.max(up)).div_ceil(up);
        let cutoff = PASS * (real(up) / real(down)).min(1.0);
        let mut filter = Vec::with_capacity(taps * up);
        for phase in 0..up {
            let begin = filter.len();
            for tap in 0..taps {
                // Distance of this input sample from the output's place, in input samples.
                let distance = real(tap) - real(taps / 2) + 1.0 - real(phase) / real(up);
                filter.push(sinc(distance * cutoff) * kaiser(distance / (real(taps) / 2.0)));
            }
            let sum: f32 = filter[begin..].iter().sum();
            filter[begin..]
                .iter_mut()
                .for_each(|coefficient| *coefficient /= sum);
        }
        Ok(Self {
            filter,
            taps,
            up,
            down,
            input: vec![0.0; taps - 1],
            phase: 0,
        })
    }

    /// Appends what `input` becomes to `out`.
    pub fn run(&mut self, input: &[f32], out: &mut Vec<f32>) {
        if self.up == self.down {
            out.extend_from_slice(input);
            return;
        }
        self.input.extend_from_slice(input);
        let mut at = self.phase / self.up;
        while let Some(window) = self.input.get(at..at + self.taps) {
            let phase = self.phase % self.up;
            let coefficients = &self.filter[phase * self.taps..][..self.taps];
            out.push(
                window
                    .iter()
                    .zip(coefficients)
                    .map(|(sample, coefficient)| sample * coefficient)
                    .sum(),
            );
            self.phase += self.down;
            at = self.phase / self.up;
        }
        let used = at.min(self.input.len());
        self.input.drain(..used);
        self.phase -= used * self.up;
    }
}

fn greatest_common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn sinc(x: f32) -> f32 {
    let angle = x * std::f32::consts::PI;
    if angle.abs() < 1e-4 {
        1.0
    } else {
        angle.sin() / angle
    }
}

/// Kaiser window over −1 to 1.
fn kaiser(x: f32) -> f32 {
    if x.abs() >= 1.0 {
        0.0
    } else {
        bessel(BETA * (1.0 - x * x).sqrt()) / bessel(BETA)
    }
}

/// Modified Bessel function of order zero, by its series.
fn bessel(x: f32) -> f32 {
    let half = x / 2.0;
    let (mut term, mut sum) = (1.0, 1.0);
    for index in 1..32 {
        term *= (half / real(index)).powi(2);
        sum += term;
    }
    sum
}

/// Samples at 48 kHz in `count` samples at `rate`; what a device's buffer means in our time.
#[must_use]
pub fn at_48_khz(count: usize, rate: u32) -> i64 {
    media(count).saturating_mul(crate::SAMPLE_RATE) / i64::from(rate.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(
        clippy::cast_possible_truncation,
        reason = "a tone needs no more than f32"
    )]
    fn tone(hertz: f32, rate: u32, count: usize) -> Vec<f32> {
        let mut phase = 0.0f64;
        (0..count)
            .map(|_| {
                phase = (phase + f64::from(hertz) / f64::from(rate)).fract();
                (phase * std::f64::consts::TAU).sin() as f32
            })
            .collect()
    }

    /// Power of `audio` at `hertz`, and all of it.
    fn power(audio: &[f32], hertz: f64, rate: f64) -> (f64, f64) {
        let (mut sine, mut cosine, mut all) = (0.0, 0.0, 0.0);
        let mut phase = 0.0f64;
        for sample in audio {
            phase = (phase + hertz / rate).fract();
            let angle = phase * std::f64::consts::TAU;
            sine += f64::from(*sample) * angle.sin();
            cosine += f64::from(*sample) * angle.cos();
            all += f64::from(*sample).powi(2);
        }
        let count = f64::from(real(audio.len()));
        (
            (sine * sine + cosine * cosine) * 2.0 / count / count,
            all / count,
        )
    }

    #[test]
    fn tones_keep_their_pitch_and_level_and_gain_nothing_else() {
        for (from, to) in [
            (44_100, 48_000),
            (48_000, 44_100),
            (16_000, 48_000),
            (48_000, 16_000),
            (96_000, 48_000),
        ] {
            for hertz in [100.0f32, 1000.0, 5000.0, 6400.0] {
                let mut out = Vec::new();
                let mut resampler = Resampler::new(from, to).expect("ordinary rates");
                for block in tone(hertz, from, length(from.into()) / 2).chunks(333) {
                    resampler.run(block, &mut out);
                }
                // Whole periods of every tone: a fifth of a second.
                let settled = &out[1000..1000 + length(to.into()) / 5];
                let (wanted, all) = power(settled, f64::from(hertz), f64::from(to));
                assert!(
                    (wanted - 0.5).abs() < 0.01,
                    "{from} to {to}, {hertz} Hz: {wanted}"
                );
                let noise = 10.0 * ((all - wanted).max(1e-12) / wanted).log10();
                assert!(
                    noise < -55.0,
                    "{from} to {to}, {hertz} Hz: noise at {noise:.0} dB"
                );
            }
        }
    }

    #[test]
    fn what_the_lower_rate_cannot_carry_does_not_come_back_as_an_alias() {
        let mut out = Vec::new();
        Resampler::new(48_000, 16_000)
            .expect("ordinary rates")
            .run(&tone(11_000.0, 48_000, 24_000), &mut out);
        let (_, all) = power(&out[500..], 5000.0, 16_000.0);
        assert!(10.0 * all.log10() < -60.0, "{all}");
    }

    #[test]
    fn not_a_sample_is_lost_over_a_minute() {
        let mut resampler = Resampler::new(44_100, 48_000).expect("ordinary rates");
        let (mut produced, mut out) = (0, Vec::new());
        for _ in 0..6000 {
            out.clear();
            resampler.run(&[0.0; 441], &mut out);
            produced += out.len();
        }
        assert_eq!(produced, 6000 * 480);
    }

    #[test]
    fn odd_rates_are_refused() {
        assert_eq!(
            Resampler::new(0, 48_000).err(),
            Some(RateError::OutOfRange(0))
        );
        assert_eq!(
            Resampler::new(48_000, 1_000_000).err(),
            Some(RateError::OutOfRange(1_000_000))
        );
        assert_eq!(
            Resampler::new(44_099, 48_000).err(),
            Some(RateError::Incommensurable(44_099, 48_000))
        );
    }
}
