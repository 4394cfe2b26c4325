//! What a sender says about when its frames were captured (RTCP sender reports, RFC 3550 §6.4.1).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Streams whose reports are kept. A connection of ours has four; who sends more is not listened to.
const MAX_STREAMS: usize = 32;

/// The newest report of one stream: at `ntp`, its RTP clock stood at `rtp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderTime {
    /// The sender's own clock, in 2⁻³² seconds (RFC 5905 §6). All streams of a sender share it; it need not be
    /// anybody else's, nor be right.
    pub ntp: u64,
    /// The stream's RTP timestamp at that moment.
    pub rtp: u32,
}

impl SenderTime {
    /// The sender's clock, in seconds since its report, when `timestamp` was captured on an RTP clock of `rate`
    /// hertz. Right within half a turn of that clock: 6 hours of video, 12 of sound.
    #[must_use]
    pub fn since(&self, timestamp: u32, rate: u32) -> f64 {
        f64::from(timestamp.wrapping_sub(self.rtp).cast_signed()) / f64::from(rate)
    }

    /// How much later than `other`'s this report was made, in seconds.
    #[must_use]
    pub fn after(&self, other: &Self) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a difference of seconds: exact to a microsecond up to centuries"
        )]
        let fractions = self.ntp.wrapping_sub(other.ntp).cast_signed() as f64;
        fractions / 4_294_967_296.0
    }
}

/// The newest reports of all streams; written by the packet chain.
#[derive(Debug, Default)]
pub(crate) struct SenderTimes(Mutex<BTreeMap<u32, SenderTime>>);

impl SenderTimes {
    pub(crate) fn note(&self, ssrc: u32, time: SenderTime) {
        let mut times = self.lock();
        if times.len() < MAX_STREAMS || times.contains_key(&ssrc) {
            times.insert(ssrc, time);
        }
    }

    pub(crate) fn forget(&self, ssrc: u32) {
        self.lock().remove(&ssrc);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, SenderTime>> {
        // Entries are replaced whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The sender's clock of one remote track. Clones read the same.
#[derive(Debug, Clone)]
pub struct SenderClock {
    ssrc: u32,
    times: Arc<SenderTimes>,
}

impl SenderClock {
    pub(crate) fn new(ssrc: u32, times: Arc<SenderTimes>) -> Self {
        Self { ssrc, times }
    }

    /// Its newest report; `None` before the first, which most senders make within a second.
    #[must_use]
    pub fn newest(&self) -> Option<SenderTime> {
        self.times.lock().get(&self.ssrc).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_and_clocks_wrap() {
        let report = SenderTime {
            ntp: u64::MAX,
            rtp: u32::MAX - 44_999,
        };
        assert!((report.since(45_000, 90_000) - 1.0).abs() < 1e-9);
        assert!((report.since(u32::MAX - 89_999, 90_000) + 0.5).abs() < 1e-9);
        let later = SenderTime {
            ntp: (1 << 31) - 1,
            rtp: 0,
        };
        assert!((later.after(&report) - 0.5).abs() < 1e-9);
        assert!((report.after(&later) + 0.5).abs() < 1e-9);
    }

    #[test]
    fn a_sender_of_countless_streams_costs_no_memory() {
        let times = Arc::new(SenderTimes::default());
        for ssrc in 0..1_000 {
            times.note(ssrc, SenderTime { ntp: 1, rtp: 2 });
        }
        let clock = |ssrc| SenderClock::new(ssrc, Arc::clone(&times)).newest();
        assert!(clock(31).is_some() && clock(32).is_none());
        times.forget(31);
        assert!(clock(31).is_none());
    }
}
