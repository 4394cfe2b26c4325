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

/// How loud the sound in one packet is, as RFC 6464 §3 carries it beside the packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacketLevel {
    /// The packet carries voice (V).
    pub voice: bool,
    /// Root mean square under the overload point, −dBov: 0 for a square wave at full scale, 3 for such a sine, 127
    /// for silence and for what is quieter.
    pub minus_dbov: u8,
}

impl PacketLevel {
    /// What has nothing to hear.
    pub const SILENCE: Self = Self {
        voice: false,
        minus_dbov: 127,
    };

    /// The level of `audio`, samples between −1 and 1 (RFC 6465 §A). What is silent carries no voice.
    #[must_use]
    pub fn of(audio: &[f32], voice: bool) -> Self {
        if audio.is_empty() {
            return Self::SILENCE;
        }
        let power = audio.iter().map(|sample| sample * sample).sum::<f32>() / real(audio.len());
        // Of silence −∞, of what is no number none: 127 either way.
        let level = -10.0 * power.log10();
        let minus_dbov = if level < 126.5 {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "0 to 126"
            )]
            let level = level.max(0.0).round() as u8;
            level
        } else {
            127
        };
        Self {
            voice: voice && minus_dbov < 127,
            minus_dbov,
        }
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

    /// 20 ms of a sine with this peak, in whole periods.
    fn sine(peak: f32) -> Vec<f32> {
        (0..960u16)
            .map(|index| peak * (std::f32::consts::TAU * f32::from(index) / 48.0).sin())
            .collect()
    }

    #[test]
    fn a_packets_level_is_that_of_rfc_6464() {
        let level = |audio: &[f32]| PacketLevel::of(audio, true).minus_dbov;
        assert_eq!(level(&[1.0, -1.0].repeat(480)), 0, "the overload point");
        assert_eq!(level(&sine(1.0)), 3);
        assert_eq!(level(&sine(0.1)), 23);
        assert_eq!(level(&sine(0.001)), 63);
        assert_eq!(level(&sine(1e-5)), 103);
        assert_eq!(level(&[4.0; 960]), 0, "louder than can be said");
        for silent in [0.0, 1e-7, f32::NAN, f32::INFINITY] {
            let expected = if silent == f32::INFINITY { 0 } else { 127 };
            assert_eq!(level(&[silent; 960]), expected, "{silent}");
        }
        assert_eq!(level(&[]), 127);
    }

    #[test]
    fn silence_carries_no_voice() {
        assert!(PacketLevel::of(&sine(0.5), true).voice);
        assert!(!PacketLevel::of(&sine(0.5), false).voice);
        assert_eq!(PacketLevel::of(&[0.0; 960], true), PacketLevel::SILENCE);
    }

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
