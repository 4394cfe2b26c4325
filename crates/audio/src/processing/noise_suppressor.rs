//! Noise suppression: estimates steady noise from the captured signal and removes it.

use sonora_ns::{
    config::{NsConfig, SuppressionLevel},
    noise_suppressor::NoiseSuppressor as Suppressor,
};

use super::bands::{BANDS, Bands};

/// Removes steady noise. Delays the signal by 6 ms.
#[derive(Debug)]
pub(super) struct NoiseSuppressor(Suppressor);

impl NoiseSuppressor {
    pub(super) fn new() -> Self {
        // With 12 dB a fan is still audible between words; 21 dB distorts words.
        let level = NsConfig {
            target_level: SuppressionLevel::K18dB,
        };
        Self(Suppressor::new_with_bands(level, BANDS))
    }

    /// Estimates the noise. Called before echo cancellation, as its residual suppression modulates the noise, which
    /// would then not be recognised.
    pub(super) fn analyze(&mut self, captured: &Bands) {
        self.0.analyze(&captured[0]);
    }

    /// Removes the noise.
    pub(super) fn process(&mut self, bands: &mut Bands) {
        let [lowest, upper @ ..] = bands;
        self.0.process(lowest);
        let gain = self.0.upper_band_gain();
        for (index, band) in upper.iter_mut().enumerate() {
            self.0.process_upper_band(band, index, gain);
        }
    }
}
