//! Between the sound card's callbacks, of whatever size and number of channels, and blocks of 10 ms.
//!
//! A buffer size that was asked for may be ignored by the device, so no size is relied on. Capturing adds less
//! than one block of delay, playing too.

use crate::samples_usize;

/// Samples in a block: 10 ms, what echo cancellation works on.
pub const BLOCK: usize = samples_usize(10);

/// 10 ms of mono at 48 kHz.
pub type Block = [f32; BLOCK];

/// Collects what a microphone gives into blocks.
#[derive(Debug, Clone, Default)]
pub struct ToBlocks {
    pending: Vec<f32>,
}

impl ToBlocks {
    /// Takes `captured` and gives every block that is complete to `each`.
    pub fn push(&mut self, captured: &[f32], mut each: impl FnMut(&mut Block)) {
        self.pending.extend_from_slice(captured);
        let mut block = [0.0; BLOCK];
        let mut complete = self.pending.chunks_exact(BLOCK);
        for samples in &mut complete {
            block.copy_from_slice(samples);
            each(&mut block);
        }
        let rest = complete.remainder().len();
        self.pending.drain(..self.pending.len() - rest);
    }

    /// Samples waiting for their block to be complete.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.pending.len()
    }
}

/// Hands blocks out in the pieces a loudspeaker asks for.
#[derive(Debug, Clone)]
pub struct FromBlocks {
    block: Block,
    used: usize,
}

impl Default for FromBlocks {
    fn default() -> Self {
        Self {
            block: [0.0; BLOCK],
            used: BLOCK,
        }
    }
}

impl FromBlocks {
    /// Fills `out`; `next` fills a block whenever one is needed.
    pub fn pull(&mut self, out: &mut [f32], mut next: impl FnMut(&mut Block)) {
        let mut filled = 0;
        while filled < out.len() {
            if self.used == BLOCK {
                next(&mut self.block);
                self.used = 0;
            }
            let piece = (BLOCK - self.used).min(out.len() - filled);
            out[filled..filled + piece].copy_from_slice(&self.block[self.used..self.used + piece]);
            self.used += piece;
            filled += piece;
        }
    }

    /// Samples of the current block that have not been asked for.
    #[must_use]
    pub fn pending(&self) -> usize {
        BLOCK - self.used
    }
}

/// Appends the mean of each frame's `channels` to `mono`. What the device left incomplete is dropped.
pub fn mix_down(interleaved: &[f32], channels: u16, mono: &mut Vec<f32>) {
    let channels = usize::from(channels.max(1));
    let share = 1.0 / crate::count::real(channels);
    mono.extend(
        interleaved
            .chunks_exact(channels)
            .map(|frame| frame.iter().sum::<f32>() * share),
    );
}

/// Puts each sample of `mono` on the first two of `channels` (a third would be a subwoofer), the rest silent.
/// `interleaved` beyond the end of `mono` is silent too.
pub fn spread(mono: &[f32], channels: u16, interleaved: &mut [f32]) {
    let channels = usize::from(channels.max(1));
    let mut mono = mono.iter();
    for frame in interleaved.chunks_mut(channels) {
        let sample = mono.next().copied().unwrap_or(0.0);
        for (channel, slot) in frame.iter_mut().enumerate() {
            *slot = if channel < 2 { sample } else { 0.0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_is_lost_or_repeated(sizes in proptest::collection::vec(0..3000usize, 0..40)) {
            let mut counter = 0u16;
            let mut next = || {
                counter = counter.wrapping_add(1) % 10_000;
                f32::from(counter)
            };
            let mut to = ToBlocks::default();
            let (mut sent, mut received) = (Vec::new(), Vec::new());
            for size in &sizes {
                let piece: Vec<f32> = (0..*size).map(|_| next()).collect();
                sent.extend_from_slice(&piece);
                to.push(&piece, |block| received.extend_from_slice(block));
                prop_assert!(to.pending() < BLOCK);
            }
            prop_assert_eq!(&received[..], &sent[..received.len()]);
            prop_assert_eq!(received.len() + to.pending(), sent.len());

            let mut from = FromBlocks::default();
            let mut source = received.chunks_exact(BLOCK);
            let mut played = Vec::new();
            for size in &sizes {
                if played.len() + size > received.len() {
                    break;
                }
                let mut out = vec![0.0; *size];
                from.pull(&mut out, |block| block.copy_from_slice(source.next().expect("enough")));
                played.extend_from_slice(&out);
            }
            prop_assert_eq!(&played[..], &received[..played.len()]);
        }
    }

    #[test]
    fn channels_are_mixed_down_and_spread() {
        let mut mono = Vec::new();
        mix_down(&[1.0, 0.0, 0.5, 0.5, 9.0], 2, &mut mono);
        assert_eq!(mono, [0.5, 0.5]);
        let mut surround = [9.0; 10];
        spread(&[0.25], 4, &mut surround);
        assert_eq!(
            surround,
            [0.25, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
        );
        mix_down(&[1.0], 0, &mut mono);
        assert_eq!(mono.len(), 3, "a device without channels counts as mono");
    }
}
