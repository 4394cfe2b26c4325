//! Counters of a track.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counters of one track.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) frames: AtomicU64,
    pub(crate) packets: AtomicU64,
    /// Bytes of payload.
    pub(crate) bytes: AtomicU64,
    /// Frames that were not read in time.
    pub(crate) dropped: AtomicU64,
}

impl Counters {
    /// Counts a packet with this many bytes of payload.
    pub(crate) fn count_packet(&self, bytes: usize) {
        self.packets.fetch_add(1, Relaxed);
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }
}
