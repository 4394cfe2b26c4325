//! The missing packets of one stream, and when to request them (RFC 4585 §6.2.1). No I/O.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::rtp::sequence::{Unwrapper, low_bits};

/// Missing packets tracked at once. After more losses only a keyframe helps.
const MAX_MISSING: usize = 256;
/// Requests for one packet.
const MAX_REQUESTS: u8 = 8;
/// A packet older than this would come too late for its frame.
const MAX_AGE: Duration = Duration::from_secs(1);
/// Reordering is not loss. The first request waits for as long as packets of this path have lately been late without
/// being lost, within these limits.
const MIN_FIRST_WAIT: Duration = Duration::from_millis(5);
const MAX_FIRST_WAIT: Duration = Duration::from_millis(100);
/// Shortest interval between two requests for a packet, whatever the round trip.
const MIN_RETRY_INTERVAL: Duration = Duration::from_millis(25);

#[derive(Debug, Clone, Copy)]
struct MissingPacket {
    since: Instant,
    requested: Option<Instant>,
    requests: u8,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct MissingPackets {
    unwrapper: Unwrapper,
    /// By extended sequence number.
    missing: BTreeMap<u64, MissingPacket>,
    /// How late reordered packets were.
    reordering: Duration,
    /// Smoothed time from a request to the retransmission.
    response_time: Option<Duration>,
}

impl MissingPackets {
    /// A packet of the stream arrived.
    pub(crate) fn on_arrival(&mut self, sequence: u16, retransmitted: bool, now: Instant) {
        let before = self.unwrapper.highest();
        let extended = self.unwrapper.unwrap(sequence);
        let found = self.missing.remove(&extended);
        match found {
            Some(late) if !retransmitted => {
                let late = now.saturating_duration_since(late.since);
                self.reordering = self.reordering.max(late).min(MAX_FIRST_WAIT);
            }
            // With several requests it is not known which one was answered (Karn's algorithm).
            Some(MissingPacket {
                requested: Some(requested),
                requests: 1,
                ..
            }) => self.add_response_time(now.saturating_duration_since(requested)),
            _ => {}
        }
        let Some(before) = before else { return };
        if extended > before + 1 {
            // Decays over some hundred gaps, so that a path that stopped reordering is repaired quickly again.
            self.reordering -= self.reordering / 128;
            let gap = extended - before - 1;
            if gap > MAX_MISSING as u64 {
                // Too much to repair, and requests for older packets would only add to the congestion.
                self.missing.clear();
                return;
            }
            for lost in before + 1..extended {
                self.missing.insert(
                    lost,
                    MissingPacket {
                        since: now,
                        requested: None,
                        requests: 0,
                    },
                );
            }
            while self.missing.len() > MAX_MISSING {
                self.missing.pop_first();
            }
        }
    }

    /// Smoothed as in RFC 6298: each new sample counts for an eighth.
    fn add_response_time(&mut self, sample: Duration) {
        self.response_time = Some(
            self.response_time
                .map_or(sample, |before| before - before / 8 + sample / 8),
        );
    }

    /// Smoothed time from a request to the retransmission; `None` before the first retransmission.
    pub(crate) fn response_time(&self) -> Option<Duration> {
        self.response_time
    }

    /// The sequence numbers to request now, ascending. A packet is requested again after one round trip.
    pub(crate) fn due(&mut self, round_trip: Duration, now: Instant) -> Vec<u16> {
        self.missing.retain(|_, packet| {
            packet.requests < MAX_REQUESTS && now.saturating_duration_since(packet.since) < MAX_AGE
        });
        let (first_wait, interval) = (self.first_wait(), retry_interval(round_trip));
        let mut due = Vec::new();
        for (extended, packet) in &mut self.missing {
            if next_request(packet, first_wait, interval) <= now {
                packet.requested = Some(now);
                packet.requests += 1;
                due.push(low_bits(*extended));
            }
        }
        due
    }

    /// When [`Self::due`] will next return something.
    pub(crate) fn deadline(&self, round_trip: Duration) -> Option<Instant> {
        let (first_wait, interval) = (self.first_wait(), retry_interval(round_trip));
        let times = self.missing.values();
        times
            .map(|packet| next_request(packet, first_wait, interval))
            .min()
    }

    fn first_wait(&self) -> Duration {
        self.reordering.max(MIN_FIRST_WAIT)
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.missing.len()
    }
}

fn retry_interval(round_trip: Duration) -> Duration {
    // A quarter more: a request sent just before the answer arrives would double the traffic.
    (round_trip + round_trip / 4).max(MIN_RETRY_INTERVAL)
}

fn next_request(packet: &MissingPacket, first_wait: Duration, interval: Duration) -> Instant {
    packet
        .requested
        .map_or(packet.since + first_wait, |at| at + interval)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RTT: Duration = Duration::from_millis(40);

    #[test]
    fn a_missing_packet_is_requested_once_per_round_trip_up_to_a_limit() {
        let start = Instant::now();
        let mut missing = MissingPackets::default();
        missing.on_arrival(10, false, start);
        missing.on_arrival(13, false, start);
        assert!(
            missing.due(RTT, start).is_empty(),
            "it may only be reordered"
        );
        let mut requests = 0;
        for millisecond in 0..5000 {
            requests += missing
                .due(RTT, start + Duration::from_millis(millisecond))
                .len();
        }
        assert_eq!(requests, 2 * usize::from(MAX_REQUESTS));
        assert_eq!(missing.deadline(RTT), None);
    }

    #[test]
    fn a_packet_that_arrived_is_not_requested() {
        let start = Instant::now();
        let mut missing = MissingPackets::default();
        missing.on_arrival(65_535, false, start);
        missing.on_arrival(2, false, start);
        missing.on_arrival(0, false, start);
        assert_eq!(missing.due(RTT, start + MIN_FIRST_WAIT), vec![1]);
        missing.on_arrival(1, true, start + MIN_FIRST_WAIT);
        assert_eq!(missing.deadline(RTT), None);
    }

    #[test]
    fn on_a_path_that_reorders_the_first_request_waits_longer() {
        let start = Instant::now();
        let mut missing = MissingPackets::default();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        missing.on_arrival(1, false, start);
        missing.on_arrival(3, false, start);
        missing.on_arrival(2, false, at(60));
        missing.on_arrival(5, false, at(70));
        assert!(missing.due(RTT, at(120)).is_empty());
        assert_eq!(missing.due(RTT, at(140)), vec![4]);
    }

    #[test]
    fn packets_of_a_long_outage_are_not_requested() {
        let start = Instant::now();
        let mut missing = MissingPackets::default();
        missing.on_arrival(0, false, start);
        missing.on_arrival(1000, false, start);
        assert!(missing.due(RTT, start + MIN_FIRST_WAIT).is_empty());
    }

    proptest! {
        #[test]
        fn packets_and_requests_are_bounded(
            arrivals in prop::collection::vec((any::<u16>(), 0u64..40), 0..500),
        ) {
            let mut now = Instant::now();
            let mut missing = MissingPackets::default();
            for (sequence, wait) in arrivals {
                missing.on_arrival(sequence, false, now);
                prop_assert!(missing.len() <= MAX_MISSING);
                now += Duration::from_millis(wait);
                let due = missing.due(RTT, now);
                prop_assert!(due.len() <= MAX_MISSING);
                prop_assert!(missing.deadline(RTT).is_none_or(|at| at > now));
            }
        }
    }

    #[test]
    fn the_response_time_is_measured_only_with_a_single_request() {
        let start = Instant::now();
        let after = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut missing = MissingPackets::default();
        missing.on_arrival(1, false, start);
        missing.on_arrival(4, false, start);
        assert_eq!(missing.due(RTT, after(5)), [2, 3]);
        missing.on_arrival(2, true, after(35));
        assert_eq!(missing.response_time(), Some(Duration::from_millis(30)));
        assert_eq!(missing.due(RTT, after(60)), [3]);
        missing.on_arrival(3, true, after(61));
        assert_eq!(missing.response_time(), Some(Duration::from_millis(30)));
    }
}
