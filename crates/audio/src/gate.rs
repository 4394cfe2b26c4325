//! Telling speech from a noise floor, so that silence costs nothing on the network.
//!
//! Opus's own DTX engages only when its input is all but digital silence, which no microphone delivers. The
//! gate replaces what is not speech by zeros; 200 ms later Opus stops sending.
//!
//! Two bands with a noise floor each, because an "s" has nothing below 3 kHz and a vowel nothing to speak of
//! above. What is handed out is 20 ms old, so that the gate is open before a word begins and not after.

use crate::blocks::{BLOCK, Block};

/// Blocks held back: 20 ms. With it the gate opens before the block that opened it.
const LOOK_AHEAD: usize = 2;
/// Blocks the gate stays open after speech: pauses between words are part of speech.
const HANGOVER: u32 = 30;
/// Power over the floor that counts as speech: 9 dB low, 8 dB high.
const OVER_FLOOR: [f32; 2] = [8.0, 6.0];
/// What is below this is silence whatever the floor: about −65 dBFS a band.
const SILENT: f32 = 3e-7;
/// A floor rises by about 4 dB a second, and falls at once: a voice is never loud for long, noise is.
const RISE: f32 = 1.009;
/// One-pole coefficient of the split at about 2.5 kHz.
const SPLIT: f32 = 0.28;

/// What the gate says about a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Speech, or close to it.
    Open,
    /// Nothing to hear: the block is all zeros.
    Closed,
}

/// A voice gate with look-ahead. Adds 20 ms of delay.
#[derive(Debug, Clone)]
pub struct VoiceGate {
    held: [Block; LOOK_AHEAD],
    low: f32,
    floors: [f32; 2],
    /// Blocks it stays open without speech.
    open: u32,
    gain: f32,
}

impl Default for VoiceGate {
    fn default() -> Self {
        // Open at first: better a second of noise than the first word of the call.
        Self {
            held: [[0.0; BLOCK]; LOOK_AHEAD],
            low: 0.0,
            floors: [SILENT; 2],
            open: HANGOVER,
            gain: 1.0,
        }
    }
}

impl VoiceGate {
    /// Takes the next block and replaces it by the one 20 ms before, or by silence.
    pub fn run(&mut self, block: &mut Block) -> Gate {
        let speech = self.listen(block);
        self.open = if speech {
            HANGOVER + LOOK_AHEAD_BLOCKS
        } else {
            self.open.saturating_sub(1)
        };
        self.held.rotate_left(1);
        std::mem::swap(block, &mut self.held[LOOK_AHEAD - 1]);
        // Opening and closing within a block, not between two samples.
        let target = if self.open > 0 { 1.0 } else { 0.0 };
        let step = (target - self.gain) / crate::count::real(BLOCK);
        if step != 0.0 || self.gain < 1.0 {
            for sample in block.iter_mut() {
                self.gain += step;
                *sample *= self.gain;
            }
            self.gain = target;
        }
        if target == 0.0 && step == 0.0 {
            Gate::Closed
        } else {
            Gate::Open
        }
    }

    /// True when the block holds speech, as far as its energy tells.
    fn listen(&mut self, block: &Block) -> bool {
        let mut powers = [0.0f32; 2];
        for sample in block {
            self.low += SPLIT * (sample - self.low);
            powers[0] += self.low * self.low;
            powers[1] += (sample - self.low).powi(2);
        }
        let mut speech = false;
        for ((power, floor), over) in powers.into_iter().zip(&mut self.floors).zip(OVER_FLOOR) {
            let power = (power / crate::count::real(BLOCK)).max(SILENT / 100.0);
            speech |= power > SILENT && power > *floor * over;
            // Noise fluctuates: the floor follows its mean, not its least block.
            *floor = if power < *floor {
                *floor + 0.1 * (power - *floor)
            } else {
                (*floor * RISE).min(power)
            };
        }
        speech
    }
}

/// [`LOOK_AHEAD`] as a count of blocks: what was heard now comes out that much later.
const LOOK_AHEAD_BLOCKS: u32 = 2;
const _: () = assert!(LOOK_AHEAD_BLOCKS as usize == LOOK_AHEAD);
