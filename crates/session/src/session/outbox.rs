use std::collections::VecDeque;

/// Limit of queued frames.
pub(super) const MAX_FRAMES: usize = 128;
/// Limit of their sum, in bytes.
pub(super) const MAX_BYTES: usize = 512 * 1024;

/// Signals that were sent while there is no connection. They go out if the participant is resumed.
///
/// A full outbox drops the new frame, not the oldest: an offer comes before its candidates, and candidates without
/// their offer are useless.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    frames: VecDeque<String>,
    bytes: usize,
}

impl Outbox {
    pub(super) fn push(&mut self, frame: String) {
        if self.frames.len() < MAX_FRAMES && self.bytes + frame.len() <= MAX_BYTES {
            self.bytes += frame.len();
            self.frames.push_back(frame);
        }
    }

    /// Removes and returns all frames, in order.
    pub(super) fn take(&mut self) -> VecDeque<String> {
        self.bytes = 0;
        std::mem::take(&mut self.frames)
    }

    pub(super) fn clear(&mut self) {
        self.take();
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.frames.len()
    }
}
