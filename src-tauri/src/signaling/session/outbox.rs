use std::collections::VecDeque;

/// Most frames kept while the socket is away.
pub(super) const MAX_FRAMES: usize = 128;
/// Most bytes kept.
pub(super) const MAX_BYTES: usize = 512 * 1024;

/// Signals said while the socket is away, for the same participants if the session is resumed.
///
/// When full, what comes later is dropped rather than what came first: an offer precedes its candidates,
/// and candidates without their offer are worth nothing.
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

    /// Hands out everything in order and is empty afterwards.
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
