//! The history of sent packets, by transport-wide sequence number.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::packet_result::PacketResult;
use crate::rtp::sequence::{Unwrapper, low_bits};

/// Packets remembered: four seconds at 6 Mbit/s.
const MAX_PACKETS: usize = 2600;
/// How long after a packet sent later a packet may still arrive before it counts as lost. Jitter reorders packets by as
/// much as it delays them, and feedback comes every 50 to 100 ms.
const REORDER_WINDOW: Duration = Duration::from_millis(250);

#[derive(Debug)]
struct SentPacket {
    departure: Instant,
    size: usize,
}

/// Packets without feedback so far. The stack has such a history, but takes every reordered packet for lost at once, so
/// that 80 ms of jitter look like 30 % loss.
#[derive(Debug, Default)]
pub(crate) struct SentPackets {
    unwrapper: Unwrapper,
    /// By extended sequence number.
    packets: BTreeMap<u64, SentPacket>,
    /// Departure of the last sent packet that is known to have arrived.
    latest_arrived: Option<Instant>,
}

impl SentPackets {
    /// Records a packet that leaves.
    pub(crate) fn on_sent(&mut self, sequence: u16, size: usize, departure: Instant) {
        self.packets.insert(
            self.unwrapper.unwrap(sequence),
            SentPacket { departure, size },
        );
        if self.packets.len() > MAX_PACKETS {
            self.packets.pop_first();
        }
    }

    /// Takes one feedback message: sequence numbers and arrival times by the remote peer's clock, `None` for packets
    /// that have not arrived. Returns the packets whose fate is certain now.
    pub(crate) fn on_feedback(
        &mut self,
        arrivals: impl Iterator<Item = (u16, Option<Duration>)>,
    ) -> Vec<PacketResult> {
        let mut results = Vec::new();
        for (sequence, arrival) in arrivals {
            if arrival.is_none() {
                continue;
            }
            let Some(extended) = self.extend(sequence) else {
                continue;
            };
            if let Some(sent) = self.packets.remove(&extended) {
                self.latest_arrived = self.latest_arrived.max(Some(sent.departure));
                results.push(PacketResult {
                    departure: sent.departure,
                    arrival,
                    size: sent.size,
                });
            }
        }
        let Some(latest) = self.latest_arrived else {
            return results;
        };
        while let Some(first) = self.packets.first_entry() {
            if latest.saturating_duration_since(first.get().departure) < REORDER_WINDOW {
                break;
            }
            let sent = first.remove();
            results.push(PacketResult {
                departure: sent.departure,
                arrival: None,
                size: sent.size,
            });
        }
        results
    }

    /// Forgets packets that were sent over a path that is no longer selected.
    pub(crate) fn clear(&mut self) {
        self.packets.clear();
        self.latest_arrived = None;
    }

    /// Extends a sequence number of feedback. Not by the unwrapper, whose highest number must be one that we sent.
    fn extend(&self, sequence: u16) -> Option<u64> {
        let highest = self.unwrapper.highest()?;
        let back = low_bits(highest).wrapping_sub(sequence);
        highest.checked_sub(u64::from(back))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARRIVED: Option<Duration> = Some(Duration::ZERO);

    fn at(start: Instant, milliseconds: u64) -> Instant {
        start + Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_reordered_packet_is_not_lost_yet() {
        let start = Instant::now();
        let mut sent = SentPackets::default();
        for (index, sequence) in [65_534, 65_535, 0, 1].into_iter().enumerate() {
            sent.on_sent(sequence, 100, at(start, 20 * index as u64));
        }
        let first = sent
            .on_feedback([(65_534, ARRIVED), (65_535, None), (0, None), (1, ARRIVED)].into_iter());
        assert_eq!(first.len(), 2);
        let late = sent.on_feedback([(0, ARRIVED)].into_iter());
        assert!(late.len() == 1 && late[0].arrival.is_some());
    }

    #[test]
    fn a_packet_that_does_not_arrive_is_reported_lost_once() {
        let start = Instant::now();
        let mut sent = SentPackets::default();
        sent.on_sent(1, 100, start);
        sent.on_sent(2, 100, at(start, 300));
        let results = sent.on_feedback([(1, None), (2, ARRIVED)].into_iter());
        let lost = results.iter().filter(|result| result.arrival.is_none());
        assert_eq!(lost.count(), 1);
        let again = sent.on_feedback([(1, ARRIVED), (2, ARRIVED)].into_iter());
        assert!(again.is_empty());
    }

    #[test]
    fn feedback_about_unknown_packets_is_ignored_and_memory_is_bounded() {
        let start = Instant::now();
        let mut sent = SentPackets::default();
        assert!(sent.on_feedback([(7, ARRIVED)].into_iter()).is_empty());
        for sequence in 0..20_000u16 {
            sent.on_sent(sequence, 100, start);
            assert!(sent.packets.len() <= MAX_PACKETS);
        }
    }
}
