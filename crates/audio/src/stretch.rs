//! Making speech shorter or longer by whole pitch periods (synchronised overlap-add).

use crate::{count::real, samples_usize};

/// 66 to 400 Hz: the voices there are.
const SHORTEST: usize = samples_usize(5) / 2;
const LONGEST: usize = samples_usize(15);
/// Samples already played that [`lengthen`] looks back at.
pub const HISTORY: usize = LONGEST;
/// Samples not yet played that [`shorten`] needs.
pub const TO_SHORTEN: usize = 2 * LONGEST;
/// Samples not yet played that [`lengthen`] needs. Half as many, because a buffer that must wait is nearly
/// empty by definition: the period it repeats is one that was played.
pub const TO_LENGTHEN: usize = LONGEST;
/// Similarity of neighbouring periods above which joining them is inaudible.
const ALIKE: f32 = 0.7;
/// Mean square below which nothing is heard whatever is done (about −60 dBFS).
const SILENT: f32 = 1e-6;
/// The period is searched at every eighth sample first: a full search would cost more than decoding did.
const COARSE: usize = 8;
/// Then around the best at every second.
const FINE: usize = 2;

/// Removes one period at `audio[at..]`; returns how many samples went, 0 when it would be heard and `force` is
/// false. Needs [`TO_SHORTEN`] samples from `at` on.
pub fn shorten(audio: &mut Vec<f32>, at: usize, force: bool) -> usize {
    let Some(window) = audio.get_mut(at..at + TO_SHORTEN) else {
        return 0;
    };
    let Some(period) = period(window, Anchor::Start, force) else {
        return 0;
    };
    for index in 0..period {
        let fade = ramp(index, period);
        window[index] = window[index] * (1.0 - fade) + window[index + period] * fade;
    }
    audio.drain(at + period..at + 2 * period);
    period
}

/// Repeats before `audio[at]` the period that ends there; returns how many samples were added, 0 when it would
/// be heard and `force` is false. Needs [`HISTORY`] samples before `at` and [`TO_LENGTHEN`] from there on.
pub fn lengthen(audio: &mut Vec<f32>, at: usize, force: bool) -> usize {
    let Some(window) = at
        .checked_sub(HISTORY)
        .and_then(|from| audio.get(from..at + TO_LENGTHEN))
    else {
        return 0;
    };
    let Some(period) = period(window, Anchor::Middle, force) else {
        return 0;
    };
    let before = audio.len();
    audio.resize(before + period, 0.0);
    audio.copy_within(at..before, at + period);
    for index in 0..period {
        // From what would have come into what was there a period ago, which leads to what comes.
        let fade = ramp(index, period);
        audio[at + index] =
            audio[at + period + index] * (1.0 - fade) + audio[at + index - period] * fade;
    }
    period
}

/// What is compared in a window of two times [`LONGEST`].
#[derive(Clone, Copy)]
enum Anchor {
    /// The first half with what follows it by a lag.
    Start,
    /// The second half with what precedes it by a lag.
    Middle,
}

fn ramp(index: usize, length: usize) -> f32 {
    (real(index) + 0.5) / real(length)
}

/// The lag at which one half of `window` resembles its neighbourhood most.
fn period(window: &[f32], anchor: Anchor, force: bool) -> Option<usize> {
    let energy = window.iter().map(|sample| sample * sample).sum::<f32>() / real(window.len());
    if energy < SILENT {
        return Some(LONGEST);
    }
    let best = |lags: &mut dyn Iterator<Item = usize>, step: usize| {
        lags.map(|lag| (lag, similarity(window, anchor, lag, step)))
            .max_by(|a, b| a.1.total_cmp(&b.1))
    };
    let (coarse, _) = best(&mut (SHORTEST..=LONGEST).step_by(COARSE), COARSE)?;
    let around = coarse.saturating_sub(COARSE).max(SHORTEST)..=(coarse + COARSE).min(LONGEST);
    let (lag, alike) = best(&mut around.into_iter(), FINE)?;
    (force || alike >= ALIKE).then_some(lag)
}

/// Normalised cross-correlation of a half of `window` with what is `lag` away, at every `step`th sample.
fn similarity(window: &[f32], anchor: Anchor, lag: usize, step: usize) -> f32 {
    let (one, other) = match anchor {
        Anchor::Start => (&window[..LONGEST], &window[lag..lag + LONGEST]),
        Anchor::Middle => (
            &window[LONGEST..],
            &window[LONGEST - lag..2 * LONGEST - lag],
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
            .map(|index| (real(index) * hertz * std::f32::consts::TAU / 48_000.0).sin() * 0.5)
            .collect()
    }

    fn largest_step(audio: &[f32]) -> f32 {
        audio
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).abs())
            .fold(0.0, f32::max)
    }

    #[test]
    fn a_voiced_sound_changes_length_without_a_click() {
        for hertz in [80.0, 110.0, 180.0, 240.0, 330.0] {
            let original = tone(hertz, 4000);
            let mut shorter = original.clone();
            let removed = shorten(&mut shorter, 1000, false);
            assert!(removed > 0 && shorter.len() == original.len() - removed);
            let mut longer = original.clone();
            let added = lengthen(&mut longer, 1000, false);
            assert!(added > 0 && longer.len() == original.len() + added);
            let limit = largest_step(&original) * 1.25;
            assert!(
                largest_step(&shorter) < limit && largest_step(&longer) < limit,
                "{hertz} Hz clicks"
            );
        }
    }

    #[test]
    fn noise_is_left_alone_unless_forced() {
        let mut state = 1u32;
        let noise: Vec<f32> = (0..4000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                f32::from(u16::try_from(state >> 16).expect("16 bits")) / 32_768.0 - 1.0
            })
            .collect();
        assert_eq!(shorten(&mut noise.clone(), 0, false), 0);
        assert!(shorten(&mut noise.clone(), 0, true) > 0);
    }

    #[test]
    fn too_little_audio_is_left_alone() {
        assert_eq!(shorten(&mut tone(100.0, TO_SHORTEN), 1, true), 0);
        assert_eq!(lengthen(&mut tone(100.0, 4000), HISTORY - 1, true), 0);
        assert_eq!(
            lengthen(&mut tone(100.0, HISTORY + TO_LENGTHEN), HISTORY + 1, true),
            0
        );
        assert_eq!(lengthen(&mut Vec::new(), 0, true), 0);
    }
}
