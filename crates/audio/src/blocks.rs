//! Blocks of 10 ms from a microphone's samples.
//!
//! A device may ignore a requested buffer size, so any size is accepted. This adds less than one block of delay.

use crate::units::samples_usize;

/// Samples in a block: 10 ms, the unit of echo cancellation.
pub const BLOCK: usize = samples_usize(10);

/// 10 ms of mono at 48 kHz.
pub type Block = [f32; BLOCK];

/// Collects captured samples into blocks.
#[derive(Debug, Clone, Default)]
pub struct BlockBuffer {
    pending: Vec<f32>,
}

impl BlockBuffer {
    /// Appends `captured` and calls `on_block` with every complete block.
    pub fn push(&mut self, captured: &[f32], mut on_block: impl FnMut(&mut Block)) {
        self.pending.extend_from_slice(captured);
        let mut block = [0.0; BLOCK];
        let mut complete = self.pending.chunks_exact(BLOCK);
        for samples in &mut complete {
            block.copy_from_slice(samples);
            on_block(&mut block);
        }
        let rest = complete.remainder().len();
        self.pending.drain(..self.pending.len() - rest);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn samples_are_neither_lost_nor_repeated(sizes in proptest::collection::vec(0..3000usize, 0..40)) {
            let mut counter = 0u16;
            let mut next = || {
                counter = counter.wrapping_add(1) % 10_000;
                f32::from(counter)
            };
            let mut buffer = BlockBuffer::default();
            let (mut pushed, mut received) = (Vec::new(), Vec::new());
            for size in &sizes {
                let piece: Vec<f32> = (0..*size).map(|_| next()).collect();
                pushed.extend_from_slice(&piece);
                buffer.push(&piece, |block| received.extend_from_slice(block));
                prop_assert!(buffer.pending.len() < BLOCK);
            }
            prop_assert_eq!(&received[..], &pushed[..received.len()]);
            prop_assert_eq!(received.len() + buffer.pending.len(), pushed.len());
        }
    }
}
