//! Audio levels, for meters and for the RTP header extension of RFC 6464.

/// The level of silence, dBFS.
pub const FLOOR: f32 = -96.0;
/// How fast a meter falls, dB per second: slow enough not to flicker with syllables.
const FALL: f32 = 40.0;

/// A level meter (root mean square). Rises at once, falls by 40 dB a second.
#[derive(Debug, Clone, Copy)]
pub struct LevelMeter {
    dbfs: f32,
}

impl Default for LevelMeter {
    fn default() -> Self {
        Self { dbfs: FLOOR }
    }
}

impl LevelMeter {
    /// Measures the next samples, at 48 kHz.
    pub fn add(&mut self, audio: &[f32]) {
        if audio.is_empty() {
            return;
        }
        let fallen = self.dbfs - FALL * audio.len() as f32 / 48_000.0;
        self.dbfs = decibels(power(audio).sqrt()).max(fallen).max(FLOOR);
    }

    /// dBFS: −3 for a full-scale sine, never below [`FLOOR`].
    #[must_use]
    pub fn dbfs(&self) -> f32 {
        self.dbfs
    }
}

/// Mean square; `audio` must not be empty.
fn power(audio: &[f32]) -> f32 {
    audio.iter().map(|sample| sample * sample).sum::<f32>() / audio.len() as f32
}

/// The level of one packet's audio, as RFC 6464 §3 carries it in an RTP header extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudioLevel {
    /// The packet contains speech (the V bit).
    pub voice: bool,
    /// Root mean square in −dBov: 0 for a full-scale square wave, 3 for a full-scale sine, 127 for silence and any
    /// lower level.
    pub minus_dbov: u8,
}

impl AudioLevel {
    /// The level of silence.
    pub const SILENCE: Self = Self {
        voice: false,
        minus_dbov: 127,
    };

    /// The level of `audio`, samples between −1 and 1 (RFC 6465 §A). Silence never has the V bit.
    #[must_use]
    pub fn of(audio: &[f32], voice: bool) -> Self {
        if audio.is_empty() {
            return Self::SILENCE;
        }
        // ∞ for silence, NaN for invalid samples: 127 either way.
        let level = -10.0 * power(audio).log10();
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

/// An amplitude in dBFS; [`FLOOR`] where it is silent or not a number.
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
    fn levels_are_those_of_rfc_6464() {
        let level = |audio: &[f32]| AudioLevel::of(audio, true).minus_dbov;
        assert_eq!(level(&[1.0, -1.0].repeat(480)), 0, "the overload point");
        assert_eq!(level(&sine(1.0)), 3);
        assert_eq!(level(&sine(0.1)), 23);
        assert_eq!(level(&sine(0.001)), 63);
        assert_eq!(level(&sine(1e-5)), 103);
        assert_eq!(level(&[4.0; 960]), 0, "clamped to the overload point");
        for silent in [0.0, 1e-7, f32::NAN, f32::INFINITY] {
            let expected = if silent == f32::INFINITY { 0 } else { 127 };
            assert_eq!(level(&[silent; 960]), expected, "{silent}");
        }
        assert_eq!(level(&[]), 127);
    }

    #[test]
    fn silence_has_no_voice_bit() {
        assert!(AudioLevel::of(&sine(0.5), true).voice);
        assert!(!AudioLevel::of(&sine(0.5), false).voice);
        assert_eq!(AudioLevel::of(&[0.0; 960], true), AudioLevel::SILENCE);
    }

    #[test]
    fn rises_at_once_and_falls_slowly() {
        let mut meter = LevelMeter::default();
        meter.add(&[0.0; 480]);
        assert_eq!(meter.dbfs(), FLOOR);
        meter.add(&[0.5, -0.5].repeat(240));
        assert!((meter.dbfs() + 6.02).abs() < 0.01);
        for _ in 0..50 {
            meter.add(&[0.0; 480]);
        }
        assert!(
            (meter.dbfs() + 26.0).abs() < 0.5,
            "20 dB in half a second: {}",
            meter.dbfs()
        );
        for _ in 0..500 {
            meter.add(&[0.0; 480]);
        }
        assert_eq!(meter.dbfs(), FLOOR);
        meter.add(&[f32::NAN; 480]);
        assert!(meter.dbfs() >= FLOOR);
    }
}
