//! Noise suppression: steady noise is learnt from what the microphone hears, and taken out of what is left of it.

use sonora_ns::{
    config::{NsConfig, SuppressionLevel},
    noise_suppressor::NoiseSuppressor,
};

use super::bands::{BANDS, Bands};

/// Steady noise, removed. It delays by 6 ms.
#[derive(Debug)]
pub(super) struct Noise(NoiseSuppressor);

impl Noise {
    pub(super) fn new() -> Self {
        // A fan at 12 dB less is still heard between words; at 21 dB less words suffer.
        let level = NsConfig {
            target_level: SuppressionLevel::K18dB,
        };
        Self(NoiseSuppressor::new_with_bands(level, BANDS))
    }

    /// Learns from what the microphone heard, before the echo is removed: what the echo's suppression leaves pulses
    /// with it and would be learnt as no noise at all.
    pub(super) fn learn(&mut self, heard: &Bands) {
        self.0.analyze(&heard[0]);
    }

    pub(super) fn remove(&mut self, bands: &mut Bands) {
        let [voice, above @ ..] = bands;
        self.0.process(voice);
        let gain = self.0.upper_band_gain();
        for (index, band) in above.iter_mut().enumerate() {
            self.0.process_upper_band(band, index, gain);
        }
    }
}
