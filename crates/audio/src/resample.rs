//! Resampling between a device's rate and 48 kHz.
//!
//! A windowed-sinc polyphase filter for any two rates with a rational ratio. Rejected: a crate, which would bring
//! an FFT, a dozen kinds of converter and a fixed block size for what fits on a page.

/// Supported rates of a device, Hz.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=384_000;
/// Zero crossings of the sinc on either side: flat up to 0.82 of the lower rate's Nyquist frequency (18 kHz at
/// 44.1 kHz), −80 dB at 1.02.
const CROSSINGS: usize = 24;
/// Where the filter is at −6 dB, as a share of the lower rate's Nyquist frequency: aliases are inaudible, and
/// speech has no energy that high.
const CUTOFF: f32 = 0.92;
/// Shape of the Kaiser window: 80 dB of stop-band attenuation.
const BETA: f32 = 8.0;
/// Most phases of a filter: 44.1 kHz needs 160, and no sound card has a rate that needs more than this.
const MAX_PHASES: u32 = 1280;

/// Why a rate cannot be converted into another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// Outside 8 to 384 kHz.
    #[error("{0} Hz is not a supported sample rate")]
    OutOfRange(u32),
    /// The reduced ratio of the rates has too large terms.
    #[error("{0} and {1} Hz have no simple ratio")]
    Incommensurable(u32, u32),
}

/// Converts a stream of mono samples from one rate to another. Delays it by 24 samples at the lower rate.
#[derive(Debug, Clone)]
pub struct Resampler {
    /// `taps` coefficients for each of `up` phases.
    filter: Vec<f32>,
    taps: usize,
    up: usize,
    down: usize,
    /// The last `taps - 1` samples of the previous input, then samples that have not been used up.
    input: Vec<f32>,
    /// Position of the next output in `input`, in units of an input sample divided by `up`.
    phase: usize,
}

impl Resampler {
    /// A converter from `from` to `to` Hz.
    ///
    /// # Errors
    ///
    /// When a rate is out of range or the ratio is not simple.
    pub fn new(from: u32, to: u32) -> Result<Self, RateError> {
        for rate in [from, to] {
            if !RATES.contains(&rate) {
                return Err(RateError::OutOfRange(rate));
            }
        }
        let common = greatest_common_divisor(from, to);
        let (up, down) = (to / common, from / common);
        if up > MAX_PHASES || down > MAX_PHASES {
            return Err(RateError::Incommensurable(from, to));
        }
        let (up, down) = (up as usize, down as usize);
        // When downsampling, the filter is longer by the factor by which the cutoff is lower.
        let taps = (2 * CROSSINGS * down.max(up)).div_ceil(up);
        let cutoff = CUTOFF * (up as f32 / down as f32).min(1.0);
        let mut filter = Vec::with_capacity(taps * up);
        for phase in 0..up {
            let begin = filter.len();
            for tap in 0..taps {
                // Distance of this input sample from the output's position, in input samples.
                let distance = tap as f32 - (taps / 2) as f32 + 1.0 - phase as f32 / up as f32;
                filter.push(sinc(distance * cutoff) * kaiser(distance / (taps as f32 / 2.0)));
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

    /// Appends the converted `input` to `out`.
    pub fn process(&mut self, input: &[f32], out: &mut Vec<f32>) {
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
        term *= (half / index as f32).powi(2);
        sum += term;
    }
    sum
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

    /// Power of `audio` at `hertz`, and its total power.
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
        let count = audio.len() as f64;
        (
            (sine * sine + cosine * cosine) * 2.0 / count / count,
            all / count,
        )
    }

    #[test]
    fn tones_keep_their_pitch_and_level_without_distortion() {
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
                for block in tone(hertz, from, from as usize / 2).chunks(333) {
                    resampler.process(block, &mut out);
                }
                // Whole periods of every tone: a fifth of a second.
                let settled = &out[1000..1000 + to as usize / 5];
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
    fn frequencies_above_the_lower_nyquist_frequency_do_not_alias() {
        let mut out = Vec::new();
        Resampler::new(48_000, 16_000)
            .expect("ordinary rates")
            .process(&tone(11_000.0, 48_000, 24_000), &mut out);
        let (_, all) = power(&out[500..], 5000.0, 16_000.0);
        assert!(10.0 * all.log10() < -60.0, "{all}");
    }

    #[test]
    fn no_sample_is_lost_over_a_minute() {
        let mut resampler = Resampler::new(44_100, 48_000).expect("ordinary rates");
        let (mut produced, mut out) = (0, Vec::new());
        for _ in 0..6000 {
            out.clear();
            resampler.process(&[0.0; 441], &mut out);
            produced += out.len();
        }
        assert_eq!(produced, 6000 * 480);
    }

    #[test]
    fn unsupported_rates_are_refused() {
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
