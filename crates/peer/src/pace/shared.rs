//! What the packet chain tells the rest of the peer. The chain runs inside the stack's driver and must
//! never wait, so numbers are atomics and news goes through a queue that may refuse.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::tracks::SenderTimes;

/// News from the packet chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feedback {
    /// The far end cannot decode this SSRC of ours without a keyframe.
    KeyframeWanted(u32),
    /// Share of our sound that the far end lost since its report before, in 256ths (RFC 3550 §6.4.1).
    VoiceLoss(u8),
    /// The estimate moved by more than a twentieth.
    Bandwidth(u32),
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Shared {
    news: mpsc::Sender<Feedback>,
    round_trip_micros: AtomicU64,
    bits_per_second: AtomicU32,
    queued_bytes: AtomicU64,
    requests: AtomicU64,
    refused: AtomicU64,
    sender_times: Arc<SenderTimes>,
}

impl Shared {
    pub(crate) fn new(news: mpsc::Sender<Feedback>, bits_per_second: u32) -> Self {
        Self {
            news,
            round_trip_micros: AtomicU64::new(0),
            bits_per_second: AtomicU32::new(bits_per_second),
            queued_bytes: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            sender_times: Arc::default(),
        }
    }

    /// Refused where nobody reads: the far end repeats a keyframe request, and the estimate is read afresh.
    pub(crate) fn tell(&self, feedback: Feedback) {
        let _ = self.news.try_send(feedback);
    }

    /// Smoothed round trip from RTCP reports.
    pub(crate) fn measured_round_trip(&self) -> Option<Duration> {
        match self.round_trip_micros.load(Relaxed) {
            0 => None,
            micros => Some(Duration::from_micros(micros)),
        }
    }

    /// That was another path.
    pub(crate) fn forget_round_trip(&self) {
        self.round_trip_micros.store(0, Relaxed);
    }

    /// RFC 6298's smoothing: an eighth of each new sample.
    pub(crate) fn measured(&self, sample: Duration) {
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

    pub(crate) fn bandwidth(&self) -> u32 {
        self.bits_per_second.load(Relaxed)
    }

    pub(crate) fn set_bandwidth(&self, bits_per_second: u32) {
        self.bits_per_second.store(bits_per_second, Relaxed);
    }

    pub(crate) fn queued_bytes(&self) -> u64 {
        self.queued_bytes.load(Relaxed)
    }

    pub(crate) fn set_queued_bytes(&self, bytes: u64) {
        self.queued_bytes.store(bytes, Relaxed);
    }

    pub(crate) fn asked_for(&self, packets: usize) {
        self.requests.fetch_add(packets as u64, Relaxed);
    }

    pub(crate) fn retransmissions_asked_for(&self) -> u64 {
        self.requests.load(Relaxed)
    }

    pub(crate) fn packet_refused(&self) {
        self.refused.fetch_add(1, Relaxed);
    }

    pub(crate) fn packets_refused(&self) -> u64 {
        self.refused.load(Relaxed)
    }
}
