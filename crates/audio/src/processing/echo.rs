//! Echo cancellation: the blocks of AEC3, put together with settings for rooms that ring.

use std::time::Duration;

use sonora_aec3::{
    block::Block as EchoBlock, block_processor::BlockProcessor, common::BLOCK_SIZE,
    config::EchoCanceller3Config,
};

use super::bands::{BAND, BANDS, Bands, FULL_SCALE, Splitter};
use crate::{blocks::Block, samples_usize};

/// How much of the room is modelled: 40 blocks of 4 ms. The 52 ms that AEC3 comes with end within the first
/// reflections of a living room, and what is not modelled is suppressed, together with whoever speaks at that moment.
const LENGTH_BLOCKS: usize = 40;

/// Samples of each band that wait so that 10 ms can be given for every 10 ms taken, in blocks of 4 ms: after 160
/// samples two blocks are done and half of one is over, so half a block is what it takes.
const PRIMED: usize = BLOCK_SIZE / 2;

/// What the microphone hears of the loudspeaker, removed.
#[derive(Debug)]
pub(super) struct Echo {
    aec: BlockProcessor,
    reference: Splitter,
    played: Blocks,
    captured: Blocks,
    clean: [Vec<f32>; BANDS],
    split: Bands,
    block: EchoBlock,
}

impl Echo {
    pub(super) fn new() -> Self {
        Self {
            aec: BlockProcessor::new(&settings(), samples_usize(1000), 1, 1),
            reference: Splitter::new(),
            played: Blocks::default(),
            captured: Blocks::default(),
            clean: std::array::from_fn(|_| {
                let mut waiting = Vec::with_capacity(BAND + 2 * BLOCK_SIZE);
                waiting.resize(PRIMED, 0.0);
                waiting
            }),
            split: [[0.0; BAND]; BANDS],
            block: EchoBlock::new(BANDS, 1),
        }
    }

    /// What the loudspeaker plays next.
    pub(super) fn render(&mut self, block: &Block) {
        self.reference.split(block, &mut self.split);
        self.played.push(&self.split);
        while self.played.pop(&mut self.block) {
            self.aec.buffer_render(&self.block);
        }
    }

    /// Removes the echo from `bands`, which come out 6 ms later: 4 of AEC3's windows, 2 of waiting. `clipped` says that the microphone did.
    pub(super) fn capture(&mut self, bands: &mut Bands, delay: Duration, clipped: bool) {
        let delay = i32::try_from(delay.as_millis()).unwrap_or(i32::MAX);
        self.aec.set_audio_buffer_delay(delay.min(LONGEST_DELAY_MS));
        self.captured.push(bands);
        while self.captured.pop(&mut self.block) {
            self.aec
                .process_capture(false, clipped, None, &mut self.block);
            for (band, clean) in self.clean.iter_mut().enumerate() {
                clean.extend_from_slice(self.block.view(band, 0));
            }
        }
        for (band, clean) in bands.iter_mut().zip(&mut self.clean) {
            band.copy_from_slice(&clean[..BAND]);
            clean.drain(..BAND);
        }
    }
}

/// Longer than any device says in earnest; what is beyond would be searched for in the wrong place.
const LONGEST_DELAY_MS: i32 = 500;

/// True where the microphone could not follow: what it heard is then no echo of anything that was played.
pub(super) fn clips(block: &Block) -> bool {
    block
        .iter()
        .any(|sample| sample.abs() * FULL_SCALE >= 32_700.0)
}

fn settings() -> EchoCanceller3Config {
    let mut settings = EchoCanceller3Config::default();
    // The coarse filter finds the echo soon and stays short; the refined one, which is what is subtracted, is long.
    settings.filter.refined.length_blocks = LENGTH_BLOCKS;
    // What the suppressor dares to take for removed by then, as a ratio of powers, below and above 4 kHz. AEC3 says
    // 4 and 1.5 for its short filter.
    settings.erle.max_l = 6.0;
    settings.erle.max_h = 2.0;
    let as_it_is = settings.validate();
    debug_assert!(as_it_is, "settings within what AEC3 takes");
    settings
}

/// From 10 ms to AEC3's blocks of 4 ms.
#[derive(Debug, Default)]
struct Blocks {
    waiting: [Vec<f32>; BANDS],
}

impl Blocks {
    fn push(&mut self, bands: &Bands) {
        for (waiting, band) in self.waiting.iter_mut().zip(bands) {
            waiting.extend_from_slice(band);
        }
    }

    fn pop(&mut self, block: &mut EchoBlock) -> bool {
        if self.waiting[0].len() < BLOCK_SIZE {
            return false;
        }
        for (band, waiting) in self.waiting.iter_mut().enumerate() {
            block
                .view_mut(band, 0)
                .copy_from_slice(&waiting[..BLOCK_SIZE]);
            waiting.drain(..BLOCK_SIZE);
        }
        true
    }
}
