//! A speech-like signal.

use std::f32::consts::TAU;

/// Length of a syllable, and of its voiced part, in seconds.
const SYLLABLE: f32 = 0.25;
const VOICED: f32 = 0.2;
const SYLLABLES: f32 = 6.0;
/// Pause after the syllables, in seconds.
const PAUSE: f32 = 0.5;
const PHRASE: f32 = SYLLABLES * SYLLABLE + PAUSE;
/// Amplitudes of the harmonics, roughly those of a vowel.
const HARMONICS: [f32; 8] = [0.5, 0.8, 1.0, 0.7, 0.4, 0.5, 0.3, 0.2];
/// Of full scale: −20 dBFS at the loudest.
const AMPLITUDE: f32 = 0.06;

/// Generates a signal that neither noise suppression nor the noise gate treats as noise: six syllables with gliding
/// pitch, then a pause.
#[derive(Debug)]
pub(super) struct SyntheticSpeech {
    rate: f32,
    /// Seconds since the start of the phrase.
    time: f32,
    /// Phase of the fundamental, 0 to 1.
    phase: f32,
}

impl SyntheticSpeech {
    pub(super) fn new(rate: u32) -> Self {
        Self {
            rate: rate as f32,
            time: 0.0,
            phase: 0.0,
        }
    }

    pub(super) fn next_sample(&mut self) -> f32 {
        let syllable = (self.time / SYLLABLE).floor();
        let within = self.time - syllable * SYLLABLE;
        self.time += 1.0 / self.rate;
        if self.time >= PHRASE {
            self.time = 0.0;
        }
        if syllable >= SYLLABLES || within >= VOICED {
            return 0.0;
        }
        let pitch = 130.0 + 12.0 * syllable + 200.0 * within;
        self.phase = (self.phase + pitch / self.rate).fract();
        let envelope = 0.5 - 0.5 * (TAU * within / VOICED).cos();
        let mut sum = 0.0;
        let mut number = 1.0;
        for harmonic in HARMONICS {
            sum += harmonic * (TAU * self.phase * number).sin();
            number += 1.0;
        }
        AMPLITUDE * envelope * sum
    }
}

#[cfg(test)]
mod tests {
    use maru_audio::level::decibels;

    use super::*;

    #[test]
    fn has_the_level_and_the_pauses_of_speech() {
        let mut speech = SyntheticSpeech::new(48_000);
        let second: Vec<f32> = (0..48_000).map(|_| speech.next_sample()).collect();
        let power = second.iter().map(|sample| sample * sample).sum::<f32>() / 48_000.0;
        let level = decibels(power.sqrt());
        assert!((-32.0..-18.0).contains(&level), "{level}");
        assert!(second.iter().all(|sample| sample.abs() < 0.5));
        let pause: Vec<f32> = (0..48_000).map(|_| speech.next_sample()).collect();
        assert!(pause[30_000..40_000].iter().all(|sample| *sample == 0.0));
    }
}
