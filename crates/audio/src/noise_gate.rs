//! A noise gate: replaces background noise by digital silence, so that silence costs no bandwidth.
//!
//! Opus's own DTX engages only when its input is almost digital silence, which no microphone delivers. 200 ms
//! after the gate has closed, Opus stops sending.
//!
//! The signal is split into two bands with a noise floor each, because an "s" has no energy below 3 kHz and a
//! vowel little above. The output is delayed by 20 ms, so that the gate opens before a word begins.

use crate::blocks::{BLOCK, Block};

/// Delay of the output in blocks: 20 ms.
const LOOK_AHEAD: u32 = 2;
/// Blocks for which the gate stays open after speech: pauses between words are part of speech.
const HANGOVER: u32 = 30;
/// Power over the floor that counts as speech: 9 dB in the low band, 8 dB in the high one.
const OVER_FLOOR: [f32; 2] = [8.0, 6.0];
/// Power of a band below which it is silent, whatever the floor: about −65 dBFS.
const SILENT: f32 = 3e-7;
/// Factor by which a floor rises per block: about 4 dB a second. It falls faster: noise is continuous, speech
/// pauses.
const RISE: f32 = 1.009;
/// One-pole coefficient of the split at about 2.5 kHz.
const SPLIT: f32 = 0.28;

/// State of the gate for one block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GateState {
    /// The block contains speech or is close to it.
    Open,
    /// The block is all zeros.
    Closed,
}

/// A noise gate with look-ahead. Adds 20 ms of delay.
#[derive(Debug, Clone)]
pub struct NoiseGate {
    delayed: [Block; LOOK_AHEAD as usize],
    /// State of the low-pass filter.
    low: f32,
    floors: [f32; 2],
    /// Blocks for which the gate stays open without speech.
    open_for: u32,
    gain: f32,
}

impl Default for NoiseGate {
    fn default() -> Self {
        // Open at first: a second of noise is better than losing the first word of a call.
        Self {
            delayed: [[0.0; BLOCK]; LOOK_AHEAD as usize],
            low: 0.0,
            floors: [SILENT; 2],
            open_for: HANGOVER,
            gain: 1.0,
        }
    }
}

impl NoiseGate {
    /// Takes the next block and replaces it by the one 20 ms before, or by silence.
    pub fn process(&mut self, block: &mut Block) -> GateState {
        let speech = self.detect_speech(block);
        self.open_for = if speech {
            HANGOVER + LOOK_AHEAD
        } else {
            self.open_for.saturating_sub(1)
        };
        self.delayed.rotate_left(1);
        std::mem::swap(block, &mut self.delayed[LOOK_AHEAD as usize - 1]);
        // The gain changes over a whole block: a step would click.
        let target = if self.open_for > 0 { 1.0 } else { 0.0 };
        let step = (target - self.gain) / BLOCK as f32;
        if step != 0.0 || self.gain < 1.0 {
            for sample in block.iter_mut() {
                self.gain += step;
                *sample *= self.gain;
            }
            self.gain = target;
        }
        if target == 0.0 && step == 0.0 {
            GateState::Closed
        } else {
            GateState::Open
        }
    }

    /// True when the energy of the block indicates speech.
    fn detect_speech(&mut self, block: &Block) -> bool {
        let mut powers = [0.0f32; 2];
        for sample in block {
            self.low += SPLIT * (sample - self.low);
            powers[0] += self.low * self.low;
            powers[1] += (sample - self.low).powi(2);
        }
        let mut speech = false;
        for ((power, floor), over) in powers.into_iter().zip(&mut self.floors).zip(OVER_FLOOR) {
            let power = (power / BLOCK as f32).max(SILENT / 100.0);
            speech |= power > SILENT && power > *floor * over;
            // Noise fluctuates: the floor follows its mean, not its minimum.
            *floor = if power < *floor {
                *floor + 0.1 * (power - *floor)
            } else {
                (*floor * RISE).min(power)
            };
        }
        speech
    }
}
