//! Decoded sound on its way to the mixer.

use super::Ask;
use crate::{
    count::{length, media},
    stretch,
};

/// Decoded and not yet played, and a little of what was.
#[derive(Debug, Default)]
pub(super) struct Sound {
    /// What was played last, for [`stretch::lengthen`], then what is to be played.
    samples: Vec<f32>,
    /// Where that begins.
    head: usize,
    scratch: Vec<f32>,
}

impl Sound {
    /// Samples to be played.
    pub(super) fn len(&self) -> i64 {
        media(self.samples.len() - self.head)
    }

    /// Adds the last `keep` of `wanted` samples.
    pub(super) fn add(
        &mut self,
        ask: Ask<'_>,
        wanted: i64,
        keep: i64,
        decode: &mut impl FnMut(Ask<'_>, &mut Vec<f32>),
    ) {
        self.scratch.clear();
        decode(ask, &mut self.scratch);
        self.scratch.resize(length(wanted), 0.0);
        self.samples
            .extend_from_slice(&self.scratch[length(wanted - keep)..]);
    }

    pub(super) fn play(&mut self, out: &mut [f32]) {
        let ready = &self.samples[self.head..];
        let available = ready.len().min(out.len());
        let (filled, rest) = out.split_at_mut(available);
        filled.copy_from_slice(&ready[..available]);
        rest.fill(0.0);
        self.head += available;
        let old = self.head.saturating_sub(stretch::HISTORY);
        self.samples.drain(..old);
        self.head -= old;
    }

    /// Takes a period out; says how many samples that were, none where none can go.
    pub(super) fn shorten(&mut self, forced: bool) -> usize {
        stretch::shorten(&mut self.samples, self.head, forced)
    }

    /// Plays a period twice; says how many samples that adds, none where it cannot be done.
    pub(super) fn lengthen(&mut self, forced: bool) -> usize {
        stretch::lengthen(&mut self.samples, self.head, forced)
    }
}
