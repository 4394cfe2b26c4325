//! The three bands, 8 kHz wide and sampled at 16 kHz, in which echo and noise are processed.

use sonora::three_band_filter_bank::{
    FULL_BAND_SIZE, NUM_BANDS, SPLIT_BAND_SIZE, ThreeBandFilterBank,
};

use crate::blocks::{BLOCK, Block};

/// Number of bands. The lowest reaches up to 8 kHz and contains most of speech.
pub(super) const BANDS: usize = NUM_BANDS;

/// Samples of a band in 10 ms.
pub(super) const BAND: usize = SPLIT_BAND_SIZE;

/// 10 ms in bands, in the range of 16-bit samples, as WebRTC's filters expect it.
pub(super) type Bands = [[f32; BAND]; BANDS];

/// Full scale of [`Bands`].
pub(super) const FULL_SCALE: f32 = 32_768.0;

const _: () = assert!(FULL_BAND_SIZE == BLOCK, "10 ms at 48 kHz for both");

/// Splits one stream into bands and merges it again, which delays it by 1 ms.
#[derive(Debug)]
pub(super) struct BandSplitter {
    bank: ThreeBandFilterBank,
    scaled: Block,
}

impl BandSplitter {
    pub(super) fn new() -> Self {
        Self {
            bank: ThreeBandFilterBank::new(),
            scaled: [0.0; BLOCK],
        }
    }

    pub(super) fn split(&mut self, block: &Block, bands: &mut Bands) {
        for (scaled, sample) in self.scaled.iter_mut().zip(block) {
            *scaled = sample * FULL_SCALE;
        }
        self.bank.analysis(&self.scaled, bands);
    }

    pub(super) fn merge(&mut self, bands: &Bands, block: &mut Block) {
        self.bank.synthesis(bands, block);
        for sample in block {
            *sample = (*sample / FULL_SCALE).clamp(-1.0, 1.0);
        }
    }
}
