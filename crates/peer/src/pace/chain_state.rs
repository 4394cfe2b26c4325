//! What the interceptors share with the rest of the peer. They run inside the stack's driver and must never block, so
//! that numbers are atomics and events go through a queue that drops what it has no room for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::rtp::sender_clock::SenderTimes;

/// An event from the interceptor chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChainEvent {
    /// The remote peer requests a keyframe of the local stream with this SSRC (PLI or FIR).
    KeyframeRequest(u32),
    /// Fraction of our audio packets lost since the last report, in 256ths (RFC 3550 §6.4.1).
    AudioLoss(u8),
    /// The estimate changed by more than 5 %, to this many bits per second.
    Bandwidth(u32),
}

/// See the module.
#[derive(Debug)]
pub(crate) struct ChainState {
    events: mpsc::Sender<ChainEvent>,
    round_trip_micros: AtomicU64,
    bits_per_second: AtomicU32,
    queued_bytes: AtomicU64,
    requested: AtomicU64,
    dropped: AtomicU64,
    sender_times: Arc<SenderTimes>,
}

impl ChainState {
    pub(crate) fn new(events: mpsc::Sender<ChainEvent>, bits_per_second: u32) -> Self {
        Self {
            events,
            round_trip_micros: AtomicU64::new(0),
            bits_per_second: AtomicU32::new(bits_per_second),
            queued_bytes: AtomicU64::new(0),
            requested: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            sender_times: Arc::default(),
        }
    }

    /// Dropped if the queue is full: the remote peer repeats a keyframe request, and the estimate can be read here.
    pub(crate) fn emit(&self, event: ChainEvent) {
        let _ = self.events.try_send(event);
    }

    /// Smoothed round-trip time from RTCP reports.
    pub(crate) fn round_trip(&self) -> Option<Duration> {
        match self.round_trip_micros.load(Relaxed) {
            0 => None,
            micros => Some(Duration::from_micros(micros)),
        }
    }

    /// Another path was selected.
    pub(crate) fn reset_round_trip(&self) {
        self.round_trip_micros.store(0, Relaxed);
    }

    /// Smoothed as in RFC 6298: each new sample counts for an eighth.
    pub(crate) fn add_round_trip(&self, sample: Duration) {
        let sample = u64::try_from(sample.as_micros()).unwrap_or(u64::MAX).max(1);
        let smoothed = match self.round_trip_micros.load(Relaxed) {
            0 => sample,
            before => before - before / 8 + sample / 8,
        };
        self.round_trip_micros.store(smoothed.max(1), Relaxed);
    }

    pub(crate) fn sender_times(&self) -> &Arc<SenderTimes> {
        &self.sender_times
    }

    /// The bandwidth estimate, in bits per second.
    pub(crate) fn bandwidth(&self) -> u32 {
        self.bits_per_second.load(Relaxed)
    }

    pub(crate) fn set_bandwidth(&self, bits_per_second: u32) {
        self.bits_per_second.store(bits_per_second, Relaxed);
    }

    /// Bytes in the pacer's queue.
    pub(crate) fn queued_bytes(&self) -> u64 {
        self.queued_bytes.load(Relaxed)
    }

    pub(crate) fn set_queued_bytes(&self, bytes: u64) {
        self.queued_bytes.store(bytes, Relaxed);
    }

    /// Counts packets that were requested again by NACK.
    pub(crate) fn count_requested(&self, packets: usize) {
        self.requested.fetch_add(packets as u64, Relaxed);
    }

    pub(crate) fn retransmissions_requested(&self) -> u64 {
        self.requested.load(Relaxed)
    }

    /// Counts a packet for which the pacer's queue had no room.
    pub(crate) fn count_pacer_drop(&self) {
        self.dropped.fetch_add(1, Relaxed);
    }

    pub(crate) fn pacer_drops(&self) -> u64 {
        self.dropped.load(Relaxed)
    }
}
