//! Echo cancellation: the block processor of AEC3 with settings for reverberant rooms.

use std::time::Duration;

use sonora_aec3::{
    block::Block as AecBlock, block_processor::BlockProcessor, common::BLOCK_SIZE,
    config::EchoCanceller3Config,
};

use super::bands::{BAND, BANDS, BandSplitter, Bands, FULL_SCALE};
use crate::{blocks::Block, units::samples_usize};

/// Length of the refined filter in blocks of 4 ms: 160 ms. AEC3's default of 52 ms ends within the early reflections
/// of a living room. The rest of the echo is then suppressed, together with anybody speaking at that moment.
const FILTER_BLOCKS: usize = 40;

/// Zeros of each band at the start of the output queue. Half a block is what it takes to return 10 ms for every
/// 10 ms taken while AEC3 works on blocks of 4 ms: after 160 samples two blocks are done and half of one is left.
const INITIAL_SAMPLES: usize = BLOCK_SIZE / 2;

/// Longer than the delay of any real device: AEC3 would search for the echo in the wrong place. In milliseconds.
const MAX_DELAY_MS: i32 = 500;

/// Removes the loudspeaker's signal from the microphone's.
#[derive(Debug)]
pub(super) struct EchoCanceller {
    aec: BlockProcessor,
    render_splitter: BandSplitter,
    render: BlockQueue,
    capture: BlockQueue,
    output: [Vec<f32>; BANDS],
    bands: Bands,
    block: AecBlock,
}

impl EchoCanceller {
    pub(super) fn new() -> Self {
        Self {
            aec: BlockProcessor::new(&settings(), samples_usize(1000), 1, 1),
            render_splitter: BandSplitter::new(),
            render: BlockQueue::default(),
            capture: BlockQueue::default(),
            output: std::array::from_fn(|_| {
                let mut output = Vec::with_capacity(BAND + 2 * BLOCK_SIZE);
                output.resize(INITIAL_SAMPLES, 0.0);
                output
            }),
            bands: [[0.0; BAND]; BANDS],
            block: AecBlock::new(BANDS, 1),
        }
    }

    /// The block that the loudspeaker plays next.
    pub(super) fn analyze_render(&mut self, block: &Block) {
        self.render_splitter.split(block, &mut self.bands);
        self.render.push(&self.bands);
        while self.render.pop(&mut self.block) {
            self.aec.buffer_render(&self.block);
        }
    }

    /// Removes the echo from `bands` and delays them by 6 ms: 4 ms of AEC3's windows, 2 ms of buffering. `clipped`
    /// says that the microphone's signal clipped.
    pub(super) fn process_capture(&mut self, bands: &mut Bands, delay: Duration, clipped: bool) {
        let delay = i32::try_from(delay.as_millis()).unwrap_or(i32::MAX);
        self.aec.set_audio_buffer_delay(delay.min(MAX_DELAY_MS));
        self.capture.push(bands);
        while self.capture.pop(&mut self.block) {
            self.aec
                .process_capture(false, clipped, None, &mut self.block);
            for (band, output) in self.output.iter_mut().enumerate() {
                output.extend_from_slice(self.block.view(band, 0));
            }
        }
        for (band, output) in bands.iter_mut().zip(&mut self.output) {
            band.copy_from_slice(&output[..BAND]);
            output.drain(..BAND);
        }
    }
}

/// True when the microphone's signal reached full scale: the block is then not a linear echo of the render signal.
pub(super) fn is_clipped(block: &Block) -> bool {
    block
        .iter()
        .any(|sample| sample.abs() * FULL_SCALE >= 32_700.0)
}

fn settings() -> EchoCanceller3Config {
    let mut settings = EchoCanceller3Config::default();
    // Only the refined filter, whose output is subtracted, is long. The coarse one finds the echo sooner for being
    // short.
    settings.filter.refined.length_blocks = FILTER_BLOCKS;
    // Upper bounds of the echo return loss enhancement that the suppressor assumes, as power ratios below and above
    // 4 kHz. AEC3's defaults, for its short filter, are 4 and 1.5.
    settings.erle.max_l = 6.0;
    settings.erle.max_h = 2.0;
    let unchanged = settings.validate();
    debug_assert!(unchanged, "settings within AEC3's limits");
    settings
}

/// Turns 10 ms at a time into AEC3's blocks of 4 ms.
#[derive(Debug, Default)]
struct BlockQueue {
    samples: [Vec<f32>; BANDS],
}

impl BlockQueue {
    fn push(&mut self, bands: &Bands) {
        for (samples, band) in self.samples.iter_mut().zip(bands) {
            samples.extend_from_slice(band);
        }
    }

    fn pop(&mut self, block: &mut AecBlock) -> bool {
        if self.samples[0].len() < BLOCK_SIZE {
            return false;
        }
        for (band, samples) in self.samples.iter_mut().enumerate() {
            block
                .view_mut(band, 0)
                .copy_from_slice(&samples[..BLOCK_SIZE]);
            samples.drain(..BLOCK_SIZE);
        }
        true
    }
}
