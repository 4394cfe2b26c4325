//! How loud something is, for meters and for who is speaking.

use crate::count::real;

/// What silence reads, dBFS.
pub const FLOOR: f32 = -96.0;
/// How fast a meter falls, dB per second: the eye follows, and a syllable does not flicker.
const FALL: f32 = 40.0;
/// How long the peak stays, in samples: one and a half seconds.
const HOLD: usize = 72_000;

/// A level meter. Rises at once, falls by 40 dB a second.
#[derive(Debug, Clone, Copy)]
pub struct Level {
    shown: f32,
    peak: f32,
    since_peak: usize,
}

impl Default for Level {
    fn default() -> Self {
        Self {
            shown: FLOOR,
            peak: FLOOR,
            since_peak: 0,
        }
    }
}

impl Level {
    /// Takes note of the next samples.
    pub fn note(&mut self, audio: &[f32]) {
        if audio.is_empty() {
            return;
        }
        let power = audio.iter().map(|sample| sample * sample).sum::<f32>() / real(audio.len());
        let loudest = audio
            .iter()
            .fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        let fallen = self.shown - FALL * real(audio.len()) / 48_000.0;
        self.shown = decibels(power.sqrt()).max(fallen).max(FLOOR);
        self.since_peak = self.since_peak.saturating_add(audio.len());
        let peak = decibels(loudest);
        if peak >= self.peak || self.since_peak > HOLD {
            self.peak = peak;
            self.since_peak = 0;
        }
    }

    /// Root mean square, dBFS (a full-scale sine reads −3), never below [`FLOOR`].
    #[must_use]
    pub fn dbfs(&self) -> f32 {
        self.shown
    }

    /// The highest sample of the last one and a half seconds, dBFS; 0 is full scale.
    #[must_use]
    pub fn peak_dbfs(&self) -> f32 {
        self.peak
    }
}

/// An amplitude in dBFS; what is silent or not a number reads [`FLOOR`].
#[must_use]
pub fn decibels(amplitude: f32) -> f32 {
    (20.0 * amplitude.log10()).max(FLOOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises_at_once_and_falls_slowly() {
        let mut level = Level::default();
        level.note(&[0.0; 480]);
        assert_eq!((level.dbfs(), level.peak_dbfs()), (FLOOR, FLOOR));
        level.note(&[0.5, -0.5].repeat(240));
        assert!((level.dbfs() + 6.02).abs() < 0.01);
        for _ in 0..50 {
            level.note(&[0.0; 480]);
        }
        assert!(
            (level.dbfs() + 26.0).abs() < 0.5,
            "20 dB in half a second: {}",
            level.dbfs()
        );
        assert!((level.peak_dbfs() + 6.02).abs() < 0.01, "the peak is held");
        for _ in 0..500 {
            level.note(&[0.0; 480]);
        }
        assert_eq!((level.dbfs(), level.peak_dbfs()), (FLOOR, FLOOR));
        level.note(&[f32::NAN; 480]);
        assert!(level.dbfs() >= FLOOR);
    }
}
