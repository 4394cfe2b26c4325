//! Short-time objective intelligibility (Taal, Hendriks, Heusdens and Jensen, "An algorithm for intelligibility
//! prediction of time-frequency weighted noisy speech", IEEE TASLP 19(7), 2011).

use maru_audio::resample::Resampler;

use super::fft::transform;

const FRAME: usize = 256;
const HOP: usize = 128;
const FFT: usize = 512;
const BANDS: usize = 15;
/// Frames in a segment: 384 ms.
const SEGMENT: usize = 30;
/// Lower bound of the signal-to-distortion ratio, dB.
const BETA: f64 = -15.0;
/// Frames more than this below the loudest are silence, dB.
const RANGE: f64 = 40.0;

/// Intelligibility of `processed` given `clean`, both at 48 kHz and aligned: 0 to 1. At 0.75 nearly all words of
/// ordinary sentences are understood.
pub fn stoi(clean: &[f32], processed: &[f32]) -> f64 {
    let length = clean.len().min(processed.len());
    let (clean, processed) = (at_10_khz(&clean[..length]), at_10_khz(&processed[..length]));
    let (clean, processed) = without_silence(&clean, &processed);
    let (clean, processed) = (bands(&clean), bands(&processed));
    assert!(clean.len() >= SEGMENT, "less than 384 ms of speech");
    let clip = 1.0 + 10f64.powf(-BETA / 20.0);
    let mut sum = 0.0;
    let mut count = 0;
    for end in SEGMENT..=clean.len() {
        for band in 0..BANDS {
            let x: Vec<f64> = clean[end - SEGMENT..end]
                .iter()
                .map(|frame| frame[band])
                .collect();
            let y: Vec<f64> = processed[end - SEGMENT..end]
                .iter()
                .map(|frame| frame[band])
                .collect();
            let alpha = norm(&x) / (norm(&y) + f64::EPSILON);
            let y: Vec<f64> = y
                .iter()
                .zip(&x)
                .map(|(y, x)| (alpha * y).min(clip * x))
                .collect();
            sum += correlation(&x, &y);
            count += 1;
        }
    }
    sum / f64::from(count)
}

fn at_10_khz(audio: &[f32]) -> Vec<f64> {
    let mut out = Vec::new();
    Resampler::new(48_000, 10_000)
        .expect("ordinary rates")
        .process(audio, &mut out);
    out.into_iter().map(f64::from).collect()
}

/// Hann window without the zeros at its ends, as in the reference implementation.
fn window() -> [f64; FRAME] {
    std::array::from_fn(|index| {
        0.5 - 0.5 * (std::f64::consts::TAU * (index + 1) as f64 / (FRAME + 1) as f64).cos()
    })
}

fn frames(signal: &[f64]) -> Vec<Vec<f64>> {
    let window = window();
    (0..signal.len().saturating_sub(FRAME))
        .step_by(HOP)
        .map(|start| {
            signal[start..start + FRAME]
                .iter()
                .zip(window)
                .map(|(sample, weight)| sample * weight)
                .collect()
        })
        .collect()
}

/// Removes the frames in which the clean signal is silent, by overlap-add of the others.
fn without_silence(clean: &[f64], processed: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let (clean, processed) = (frames(clean), frames(processed));
    let levels: Vec<f64> = clean
        .iter()
        .map(|frame| 20.0 * (norm(frame) + f64::EPSILON).log10())
        .collect();
    let loudest = levels.iter().copied().fold(f64::MIN, f64::max);
    let kept: Vec<usize> = (0..levels.len())
        .filter(|index| loudest - RANGE - levels[*index] < 0.0)
        .collect();
    let add = |frames: &[Vec<f64>]| {
        let mut out = vec![0.0; (kept.len().max(1) - 1) * HOP + FRAME];
        for (place, index) in kept.iter().enumerate() {
            for (slot, sample) in out[place * HOP..].iter_mut().zip(&frames[*index]) {
                *slot += sample;
            }
        }
        out
    };
    (add(&clean), add(&processed))
}

/// Magnitudes in fifteen third-octave bands from 150 Hz up, frame by frame.
fn bands(signal: &[f64]) -> Vec<[f64; BANDS]> {
    let resolution = 10_000.0 / FFT as f64;
    let bin = |hertz: f64| (hertz / resolution).round() as usize;
    let edges: [(usize, usize); BANDS] = std::array::from_fn(|band| {
        let centre = 150.0 * 2f64.powf(band as f64 / 3.0);
        (
            bin(centre * 2f64.powf(-1.0 / 6.0)),
            bin(centre * 2f64.powf(1.0 / 6.0)),
        )
    });
    frames(signal)
        .into_iter()
        .map(|mut real| {
            real.resize(FFT, 0.0);
            let mut imaginary = vec![0.0; FFT];
            transform(&mut real, &mut imaginary, false);
            edges.map(|(low, high)| {
                (low..high)
                    .map(|bin| real[bin].powi(2) + imaginary[bin].powi(2))
                    .sum::<f64>()
                    .sqrt()
            })
        })
        .collect()
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>().sqrt()
}

fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_x, mean_y) = (mean(x), mean(y));
    let x: Vec<f64> = x.iter().map(|value| value - mean_x).collect();
    let y: Vec<f64> = y.iter().map(|value| value - mean_y).collect();
    x.iter().zip(&y).map(|(x, y)| x * y).sum::<f64>()
        / ((norm(&x) + f64::EPSILON) * (norm(&y) + f64::EPSILON))
}
