//! What was sent and what became of it, by transport-wide sequence number.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::bandwidth::Report;
use crate::rtp::sequence::Unwrapper;

/// Packets remembered: four seconds at 6 Mbit/s.
const MAX_KEPT: usize = 2600;
/// How long a packet that others overtook may still arrive before it counts as lost. Jitter reorders by
/// its own size, and the far end reports every 50–100 ms.
const PATIENCE: Duration = Duration::from_millis(250);

#[derive(Debug)]
struct Sent {
    departure: Instant,
    size: usize,
}

/// See the module. The stack has such a history, but it takes everything overtaken for lost at once, so
/// that 80 ms of jitter look like a third of loss.
#[derive(Debug, Default)]
pub(crate) struct SentPackets {
    ours: Unwrapper,
    kept: BTreeMap<u64, Sent>,
    /// Departure of the latest packet known to have arrived.
    latest: Option<Instant>,
}

impl SentPackets {
    pub(crate) fn sent(&mut self, sequence: u16, size: usize, departure: Instant) {
        self.kept
            .insert(self.ours.unwrap(sequence), Sent { departure, size });
        if self.kept.len() > MAX_KEPT {
            self.kept.pop_first();
        }
    }

    /// Takes one feedback: sequence numbers and when they arrived by the far end's clock, `None` for not
    /// yet. Returns what is certain now.
    pub(crate) fn heard(
        &mut self,
        fates: impl Iterator<Item = (u16, Option<Duration>)>,
    ) -> Vec<Report> {
        let mut reports = Vec::new();
        for (sequence, arrival) in fates {
            if arrival.is_none() {
                continue;
            }
            // Sequence numbers of feedback must not move our own line.
            let Some(place) = self.place(sequence) else {
                continue;
            };
            if let Some(sent) = self.kept.remove(&place) {
                self.latest = self.latest.max(Some(sent.departure));
                reports.push(Report {
                    departure: sent.departure,
                    arrival,
                    size: sent.size,
                });
            }
        }
        let Some(latest) = self.latest else {
            return reports;
        };
        while let Some(first) = self.kept.first_entry() {
            if latest.saturating_duration_since(first.get().departure) < PATIENCE {
                break;
            }
            let sent = first.remove();
            reports.push(Report {
                departure: sent.departure,
                arrival: None,
                size: sent.size,
            });
        }
        reports
    }

    /// What left over a path that is no longer used says nothing.
    pub(crate) fn forget(&mut self) {
        self.kept.clear();
        self.latest = None;
    }

    fn place(&self, sequence: u16) -> Option<u64> {
        let highest = self.ours.highest()?;
        let back = crate::rtp::sequence::low_bits(highest).wrapping_sub(sequence);
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
    fn what_is_overtaken_is_not_lost_yet() {
        let start = Instant::now();
        let mut sent = SentPackets::default();
        for (index, sequence) in [65_534, 65_535, 0, 1].into_iter().enumerate() {
            sent.sent(sequence, 100, at(start, 20 * index as u64));
        }
        let first =
            sent.heard([(65_534, ARRIVED), (65_535, None), (0, None), (1, ARRIVED)].into_iter());
        assert_eq!(first.len(), 2);
        let late = sent.heard([(0, ARRIVED)].into_iter());
        assert!(late.len() == 1 && late[0].arrival.is_some());
    }

    #[test]
    fn what_never_comes_is_lost_once() {
        let start = Instant::now();
        let mut sent = SentPackets::default();
        sent.sent(1, 100, start);
        sent.sent(2, 100, at(start, 300));
        let reports = sent.heard([(1, None), (2, ARRIVED)].into_iter());
        assert_eq!(
            reports
                .iter()
                .filter(|report| report.arrival.is_none())
                .count(),
            1
        );
        assert!(
            sent.heard([(1, ARRIVED), (2, ARRIVED)].into_iter())
                .is_empty()
        );
    }

    #[test]
    fn feedback_about_nothing_we_sent_is_ignored_and_memory_bounded() {
        let start = Instant::now();
        let mut sent = SentPackets::default();
        assert!(sent.heard([(7, ARRIVED)].into_iter()).is_empty());
        for sequence in 0..20_000u16 {
            sent.sent(sequence, 100, start);
            assert!(sent.kept.len() <= MAX_KEPT);
        }
    }
}
