//! Buffers for what is read, used again by all threads: each thread of its own would leave the most that it ever had to the
//! system's allocator, which keeps it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// Bytes of a buffer.
pub(super) const BUFFER_BYTES: usize = 64 << 10;
/// Free buffers that stay beside as many as are in use: after the last transfer, these alone.
const MAX_IDLE: usize = 16;

static BUFFERS: Mutex<Buffers> = Mutex::new(Buffers {
    free: Vec::new(),
    in_use: 0,
});

struct Buffers {
    free: Vec<Box<[u8]>>,
    in_use: usize,
}

/// Each change is complete, also if the thread panicked later.
fn lock() -> MutexGuard<'static, Buffers> {
    BUFFERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A buffer of [`BUFFER_BYTES`], with some content.
pub(super) struct Buffer {
    bytes: Box<[u8]>,
    length: usize,
}

impl Buffer {
    /// For `length` bytes, at most [`BUFFER_BYTES`].
    pub(super) fn new(length: usize) -> Self {
        let mut buffers = lock();
        buffers.in_use += 1;
        let free = buffers.free.pop();
        drop(buffers);
        let bytes = free.unwrap_or_else(|| vec![0; BUFFER_BYTES].into());
        let length = length.min(BUFFER_BYTES);
        Self { bytes, length }
    }

    pub(super) fn as_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.length]
    }

    /// The buffer is used again when the last of its content is dropped.
    pub(super) fn into_bytes(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        let mut buffers = lock();
        buffers.in_use -= 1;
        buffers.free.push(bytes);
        let most = buffers.in_use + MAX_IDLE;
        buffers.free.truncate(most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_used_again_and_few_stay() {
        let make = |byte: u8, length: usize| {
            let mut buffer = Buffer::new(length);
            buffer.as_mut().fill(byte);
            buffer.into_bytes()
        };
        let all: Vec<Bytes> = (0..200).map(|byte| make(byte, 5_000)).collect();
        // Parts keep their buffer.
        let parts: Vec<Bytes> = all.iter().map(|bytes| bytes.slice(100..200)).collect();
        drop(all);
        for (byte, part) in (0..).zip(&parts) {
            assert_eq!(part.as_ref(), [byte; 100]);
        }
        drop(parts);
        // Other tests of this process may use some at the same time.
        let buffers = lock();
        assert!(buffers.free.len() <= buffers.in_use + 2 * MAX_IDLE);
        assert!(!buffers.free.is_empty());
    }
}
