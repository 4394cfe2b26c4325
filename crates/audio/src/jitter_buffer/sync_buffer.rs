//! Decoded samples between the decoder and the sound card (NetEq's sync buffer).

use super::decode_request::{Decode, DecodeRequest};
use crate::{time_stretch, units::to_usize};

/// Decoded samples that have not been played yet, and the last ones that have.
#[derive(Debug, Default)]
pub(super) struct SyncBuffer {
    /// Played samples, kept for [`time_stretch::decelerate`], then samples to be played.
    samples: Vec<f32>,
    /// Index of the first sample to be played.
    head: usize,
    scratch: Vec<f32>,
}

impl SyncBuffer {
    /// Samples to be played.
    pub(super) fn len(&self) -> i64 {
        (self.samples.len() - self.head) as i64
    }

    /// Requests `samples` from `decode` and appends the last `keep` of them.
    pub(super) fn append(
        &mut self,
        request: DecodeRequest<'_>,
        samples: i64,
        keep: i64,
        decode: &mut Decode<'_>,
    ) {
        self.scratch.clear();
        decode(request, &mut self.scratch);
        self.scratch.resize(to_usize(samples), 0.0);
        self.samples
            .extend_from_slice(&self.scratch[to_usize(samples - keep)..]);
    }

    /// Appends `samples` of concealment.
    pub(super) fn conceal(&mut self, samples: i64, decode: &mut Decode<'_>) {
        let request = DecodeRequest::Conceal {
            samples: to_usize(samples),
        };
        self.append(request, samples, samples, decode);
    }

    /// Fills `out`; with zeros where no samples are left.
    pub(super) fn play(&mut self, out: &mut [f32]) {
        let ready = &self.samples[self.head..];
        let available = ready.len().min(out.len());
        let (filled, rest) = out.split_at_mut(available);
        filled.copy_from_slice(&ready[..available]);
        rest.fill(0.0);
        self.head += available;
        let old = self.head.saturating_sub(time_stretch::HISTORY);
        self.samples.drain(..old);
        self.head -= old;
    }

    /// Removes one pitch period. Returns the samples removed, 0 where none can be.
    pub(super) fn accelerate(&mut self, force: bool) -> usize {
        time_stretch::accelerate(&mut self.samples, self.head, force)
    }

    /// Repeats one pitch period. Returns the samples added, 0 where none can be.
    pub(super) fn decelerate(&mut self, force: bool) -> usize {
        time_stretch::decelerate(&mut self.samples, self.head, force)
    }
}
