//! Time-stretching of speech by whole pitch periods (synchronised overlap-add), without a change of pitch.

use crate::units::samples_usize;

/// Pitch periods of 400 to 66 Hz, in samples: the range of voices.
const MIN_PERIOD: usize = samples_usize(5) / 2;
const MAX_PERIOD: usize = samples_usize(15);
/// Samples already played that [`decelerate`] needs.
pub const HISTORY: usize = MAX_PERIOD;
/// Samples not yet played that [`accelerate`] needs.
pub const ACCELERATE_WINDOW: usize = 2 * MAX_PERIOD;
/// Samples not yet played that [`decelerate`] needs. Half as many, because a buffer that must wait is nearly
/// empty: the period that is repeated has been played already.
pub const DECELERATE_WINDOW: usize = MAX_PERIOD;
/// Correlation of neighbouring periods above which joining them is inaudible.
const MIN_CORRELATION: f32 = 0.7;
/// Mean square below which any change is inaudible (about −60 dBFS).
const SILENT: f32 = 1e-6;
/// Step in samples of the first search for the period: a full search would cost more than decoding.
const COARSE: usize = 8;
/// Step of the second search, around the best of the first.
const FINE: usize = 2;

/// Removes one period at `audio[at..]` and returns its length; 0 when that would be audible and `force` is false.
/// Needs [`ACCELERATE_WINDOW`] samples from `at` on. (NetEq: accelerate.)
pub fn accelerate(audio: &mut Vec<f32>, at: usize, force: bool) -> usize {
    let Some(window) = audio.get_mut(at..at + ACCELERATE_WINDOW) else {
        return 0;
    };
    let Some(period) = find_period(window, Anchor::Start, force) else {
        return 0;
    };
    for index in 0..period {
        let fade = ramp(index, period);
        window[index] = window[index] * (1.0 - fade) + window[index + period] * fade;
    }
    audio.drain(at + period..at + 2 * period);
    period
}

/// Repeats the period that ends at `audio[at]` and returns its length; 0 when that would be audible and `force` is
/// false. Needs [`HISTORY`] samples before `at` and [`DECELERATE_WINDOW`] from there on. (NetEq: preemptive
/// expand.)
pub fn decelerate(audio: &mut Vec<f32>, at: usize, force: bool) -> usize {
    let Some(window) = at
        .checked_sub(HISTORY)
        .and_then(|from| audio.get(from..at + DECELERATE_WINDOW))
    else {
        return 0;
    };
    let Some(period) = find_period(window, Anchor::Middle, force) else {
        return 0;
    };
    let before = audio.len();
    audio.resize(before + period, 0.0);
    audio.copy_within(at..before, at + period);
    for index in 0..period {
        // Fades from the samples that follow `at` into those one period earlier, which lead back to them.
        let fade = ramp(index, period);
        audio[at + index] =
            audio[at + period + index] * (1.0 - fade) + audio[at + index - period] * fade;
    }
    period
}

/// Which half of a window of two times [`MAX_PERIOD`] is compared.
#[derive(Clone, Copy)]
enum Anchor {
    /// The first half with what follows it by a lag.
    Start,
    /// The second half with what precedes it by a lag.
    Middle,
}

fn ramp(index: usize, length: usize) -> f32 {
    (index as f32 + 0.5) / length as f32
}

/// The lag at which one half of `window` resembles its neighbourhood most.
fn find_period(window: &[f32], anchor: Anchor, force: bool) -> Option<usize> {
    let energy = window.iter().map(|sample| sample * sample).sum::<f32>() / window.len() as f32;
    if energy < SILENT {
        return Some(MAX_PERIOD);
    }
    let best = |lags: &mut dyn Iterator<Item = usize>, step: usize| {
        lags.map(|lag| (lag, correlation(window, anchor, lag, step)))
            .max_by(|a, b| a.1.total_cmp(&b.1))
    };
    let (coarse, _) = best(&mut (MIN_PERIOD..=MAX_PERIOD).step_by(COARSE), COARSE)?;
    let from = coarse.saturating_sub(COARSE).max(MIN_PERIOD);
    let to = (coarse + COARSE).min(MAX_PERIOD);
    let (lag, correlation) = best(&mut (from..=to), FINE)?;
    (force || correlation >= MIN_CORRELATION).then_some(lag)
}

/// Normalised cross-correlation of a half of `window` with what is `lag` away, at every `step`th sample.
fn correlation(window: &[f32], anchor: Anchor, lag: usize, step: usize) -> f32 {
    let (one, other) = match anchor {
        Anchor::Start => (&window[..MAX_PERIOD], &window[lag..lag + MAX_PERIOD]),
        Anchor::Middle => (
            &window[MAX_PERIOD..],
            &window[MAX_PERIOD - lag..2 * MAX_PERIOD - lag],
        ),
    };
    let (mut product, mut left, mut right) = (0.0f32, 1e-9f32, 1e-9f32);
    for (a, b) in one.iter().zip(other).step_by(step) {
        product += a * b;
        left += a * a;
        right += b * b;
    }
    product / (left * right).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f32, length: usize) -> Vec<f32> {
        (0..length)
            .map(|index| (index as f32 * hertz * std::f32::consts::TAU / 48_000.0).sin() * 0.5)
            .collect()
    }

    fn largest_step(audio: &[f32]) -> f32 {
        audio
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).abs())
            .fold(0.0, f32::max)
    }

    #[test]
    fn voiced_audio_changes_length_without_a_click() {
        for hertz in [80.0, 110.0, 180.0, 240.0, 330.0] {
            let original = tone(hertz, 4000);
            let mut shorter = original.clone();
            let removed = accelerate(&mut shorter, 1000, false);
            assert!(removed > 0 && shorter.len() == original.len() - removed);
            let mut longer = original.clone();
            let added = decelerate(&mut longer, 1000, false);
            assert!(added > 0 && longer.len() == original.len() + added);
            let limit = largest_step(&original) * 1.25;
            assert!(
                largest_step(&shorter) < limit && largest_step(&longer) < limit,
                "{hertz} Hz clicks"
            );
        }
    }

    #[test]
    fn noise_is_unchanged_unless_forced() {
        let mut state = 1u32;
        let noise: Vec<f32> = (0..4000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                f32::from(u16::try_from(state >> 16).expect("16 bits")) / 32_768.0 - 1.0
            })
            .collect();
        assert_eq!(accelerate(&mut noise.clone(), 0, false), 0);
        assert!(accelerate(&mut noise.clone(), 0, true) > 0);
    }

    #[test]
    fn too_little_audio_is_unchanged() {
        assert_eq!(accelerate(&mut tone(100.0, ACCELERATE_WINDOW), 1, true), 0);
        assert_eq!(decelerate(&mut tone(100.0, 4000), HISTORY - 1, true), 0);
        assert_eq!(
            decelerate(
                &mut tone(100.0, HISTORY + DECELERATE_WINDOW),
                HISTORY + 1,
                true
            ),
            0
        );
        assert_eq!(decelerate(&mut Vec::new(), 0, true), 0);
    }
}
