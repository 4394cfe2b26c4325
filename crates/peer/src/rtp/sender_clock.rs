//! Capture times of a sender's frames, from its RTCP sender reports (RFC 3550 §6.4.1).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::lock::lock;

/// Streams whose reports are kept. Our connections have four; reports of more are ignored.
const MAX_STREAMS: usize = 32;

/// A sender report of one stream: at `ntp` its RTP timestamp was `rtp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderTime {
    /// The sender's wall clock, in 2⁻³² seconds (RFC 5905 §6). All streams of a sender share it. It may differ from
    /// every other clock.
    pub ntp: u64,
    /// The stream's RTP timestamp at that moment.
    pub rtp: u32,
}

impl SenderTime {
    /// Seconds by the sender's clock from its report to the capture of `timestamp`, on an RTP clock of `rate` hertz.
    /// Correct within half the range of RTP timestamps: 6 hours of video, 12 of audio.
    #[must_use]
    pub fn since(&self, timestamp: u32, rate: u32) -> f64 {
        f64::from(timestamp.wrapping_sub(self.rtp).cast_signed()) / f64::from(rate)
    }

    /// Seconds from `other` to this report.
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

/// The latest sender reports of all remote streams, by SSRC; written by the interceptors.
#[derive(Debug, Default)]
pub(crate) struct SenderTimes(Mutex<BTreeMap<u32, SenderTime>>);

impl SenderTimes {
    pub(crate) fn update(&self, ssrc: u32, time: SenderTime) {
        let mut times = lock(&self.0);
        if times.len() < MAX_STREAMS || times.contains_key(&ssrc) {
            times.insert(ssrc, time);
        }
    }

    pub(crate) fn remove(&self, ssrc: u32) {
        lock(&self.0).remove(&ssrc);
    }
}

/// The sender's clock of one remote track. Clones share it.
#[derive(Debug, Clone)]
pub struct SenderClock {
    ssrc: u32,
    times: Arc<SenderTimes>,
}

impl SenderClock {
    pub(crate) fn new(ssrc: u32, times: Arc<SenderTimes>) -> Self {
        Self { ssrc, times }
    }

    /// The latest sender report; `None` before the first, which most senders send within a second.
    #[must_use]
    pub fn newest(&self) -> Option<SenderTime> {
        lock(&self.times.0).get(&self.ssrc).copied()
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
    fn the_number_of_streams_is_bounded() {
        let times = Arc::new(SenderTimes::default());
        for ssrc in 0..1_000 {
            times.update(ssrc, SenderTime { ntp: 1, rtp: 2 });
        }
        let clock = |ssrc| SenderClock::new(ssrc, Arc::clone(&times)).newest();
        assert!(clock(31).is_some() && clock(32).is_none());
        times.remove(31);
        assert!(clock(31).is_none());
    }
}
