//! Which packets of one stream are missing, and when to ask for them again (RFC 4585 §6.2.1).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::rtp::sequence::{Unwrapper, low_bits};

/// Packets tracked as missing at once. Beyond it only a keyframe helps.
const MAX_MISSING: usize = 256;
/// Requests for one packet.
const MAX_REQUESTS: u8 = 8;
/// After this long the frame is lost to the viewer anyway.
const MAX_AGE: Duration = Duration::from_secs(1);
/// Reordering is not loss: the first request waits at least this long, and as long as packets of this path
/// have lately been late without being lost.
const FIRST: Duration = Duration::from_millis(5);
const FIRST_AT_MOST: Duration = Duration::from_millis(100);
/// Least time between two requests for a packet, whatever the round trip.
const LEAST_BETWEEN: Duration = Duration::from_millis(25);

#[derive(Debug, Clone, Copy)]
struct Missing {
    since: Instant,
    asked: Option<Instant>,
    requests: u8,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct MissingPackets {
    line: Unwrapper,
    missing: BTreeMap<u64, Missing>,
    /// How late packets have been that came by themselves.
    lateness: Duration,
    /// How soon a request is answered, smoothed.
    answer: Option<Duration>,
}

impl MissingPackets {
    /// A packet of the stream arrived, `repaired` where it was a retransmission.
    pub(crate) fn arrived(&mut self, sequence: u16, repaired: bool, now: Instant) {
        let before = self.line.highest();
        let place = self.line.unwrap(sequence);
        let found = self.missing.remove(&place);
        match found {
            Some(late) if !repaired => {
                let late = now.saturating_duration_since(late.since);
                self.lateness = self.lateness.max(late).min(FIRST_AT_MOST);
            }
            // Which of several requests it answers is not known (Karn's rule).
            Some(Missing {
                asked: Some(asked),
                requests: 1,
                ..
            }) => self.answered(now.saturating_duration_since(asked)),
            _ => {}
        }
        let Some(before) = before else { return };
        if place > before + 1 {
            // Forgotten over some hundred gaps, so that a path that calmed down is repaired fast again.
            self.lateness -= self.lateness / 128;
            let gap = place - before - 1;
            if gap > MAX_MISSING as u64 {
                // Too much to repair, and old requests would only add to the congestion.
                self.missing.clear();
                return;
            }
            for lost in before + 1..place {
                self.missing.insert(
                    lost,
                    Missing {
                        since: now,
                        asked: None,
                        requests: 0,
                    },
                );
            }
            while self.missing.len() > MAX_MISSING {
                self.missing.pop_first();
            }
        }
    }

    /// RFC 6298's smoothing: an eighth of each new sample.
    fn answered(&mut self, sample: Duration) {
        self.answer = Some(
            self.answer
                .map_or(sample, |before| before - before / 8 + sample / 8),
        );
    }

    /// How soon a request is answered; `None` before the first was.
    pub(crate) fn answer(&self) -> Option<Duration> {
        self.answer
    }

    /// The sequence numbers to ask for now, ascending. Asking again waits for one round trip.
    pub(crate) fn due(&mut self, round_trip: Duration, now: Instant) -> Vec<u16> {
        self.missing.retain(|_, lost| {
            lost.requests < MAX_REQUESTS && now.saturating_duration_since(lost.since) < MAX_AGE
        });
        let (first, between) = (self.first(), between(round_trip));
        let mut ask = Vec::new();
        for (place, lost) in &mut self.missing {
            if next(lost, first, between) <= now {
                lost.asked = Some(now);
                lost.requests += 1;
                ask.push(low_bits(*place));
            }
        }
        ask
    }

    /// When [`Self::due`] has something to say next.
    pub(crate) fn deadline(&self, round_trip: Duration) -> Option<Instant> {
        let (first, between) = (self.first(), between(round_trip));
        let times = self.missing.values();
        times.map(|lost| next(lost, first, between)).min()
    }

    fn first(&self) -> Duration {
        self.lateness.max(FIRST)
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.missing.len()
    }
}

fn between(round_trip: Duration) -> Duration {
    // A quarter on top: asking a moment before the answer arrives doubles the traffic.
    (round_trip + round_trip / 4).max(LEAST_BETWEEN)
}

fn next(lost: &Missing, first: Duration, between: Duration) -> Instant {
    lost.asked
        .map_or(lost.since + first, |asked| asked + between)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RTT: Duration = Duration::from_millis(40);

    #[test]
    fn a_gap_is_asked_for_once_per_round_trip_and_not_for_ever() {
        let start = Instant::now();
        let mut missing = MissingPackets::default();
        missing.arrived(10, false, start);
        missing.arrived(13, false, start);
        assert!(
            missing.due(RTT, start).is_empty(),
            "reordering gets a moment"
        );
        let mut asked = 0;
        for millisecond in 0..5000 {
            asked += missing
                .due(RTT, start + Duration::from_millis(millisecond))
                .len();
        }
        assert_eq!(asked, 2 * usize::from(MAX_REQUESTS));
        assert_eq!(missing.deadline(RTT), None);
    }

    #[test]
    fn what_arrives_is_not_asked_for() {
        let start = Instant::now();
        let mut missing = MissingPackets::default();
        missing.arrived(65_535, false, start);
        missing.arrived(2, false, start);
        missing.arrived(0, false, start);
        assert_eq!(missing.due(RTT, start + FIRST), vec![1]);
        missing.arrived(1, true, start + FIRST);
        assert_eq!(missing.deadline(RTT), None);
    }

    #[test]
    fn a_path_that_reorders_is_given_time() {
        let start = Instant::now();
        let mut missing = MissingPackets::default();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        missing.arrived(1, false, start);
        missing.arrived(3, false, start);
        missing.arrived(2, false, at(60));
        missing.arrived(5, false, at(70));
        assert!(missing.due(RTT, at(120)).is_empty());
        assert_eq!(missing.due(RTT, at(140)), vec![4]);
    }

    #[test]
    fn an_outage_is_left_to_a_keyframe() {
        let start = Instant::now();
        let mut missing = MissingPackets::default();
        missing.arrived(0, false, start);
        missing.arrived(1000, false, start);
        assert!(missing.due(RTT, start + FIRST).is_empty());
    }

    proptest! {
        #[test]
        fn bounded_and_each_packet_asked_for_a_limited_number_of_times(
            arrivals in prop::collection::vec((any::<u16>(), 0u64..40), 0..500),
        ) {
            let mut now = Instant::now();
            let mut missing = MissingPackets::default();
            for (sequence, wait) in arrivals {
                missing.arrived(sequence, false, now);
                prop_assert!(missing.len() <= MAX_MISSING);
                now += Duration::from_millis(wait);
                let asked = missing.due(RTT, now);
                prop_assert!(asked.len() <= MAX_MISSING);
                prop_assert!(missing.deadline(RTT).is_none_or(|at| at > now));
            }
        }
    }

    #[test]
    fn answers_tell_the_round_trip_unless_asked_for_twice() {
        let start = Instant::now();
        let after = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut missing = MissingPackets::default();
        missing.arrived(1, false, start);
        missing.arrived(4, false, start);
        assert_eq!(missing.due(RTT, after(5)), [2, 3]);
        missing.arrived(2, true, after(35));
        assert_eq!(missing.answer(), Some(Duration::from_millis(30)));
        assert_eq!(missing.due(RTT, after(60)), [3]);
        missing.arrived(3, true, after(61));
        assert_eq!(missing.answer(), Some(Duration::from_millis(30)));
    }
}
