//! The last DTLS records without an answer, and when they are sent again. No I/O: datagrams and times are passed in.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::stun::relayed;

/// Content type of DTLS records with data of the application (RFC 5246 §6.2.1), which is SCTP.
const APPLICATION_DATA: u8 = 23;
/// Datagrams kept: the last retransmissions, and what was sent beside them.
const MAX_DATAGRAMS: usize = 4;
/// Checks of a working path are answered twice a second. After a longer silence there was an outage.
const OUTAGE: Duration = Duration::from_secs(3);
/// Repetitions after an outage: the first answers to checks may be on a path that is not selected.
const MAX_REPETITIONS: u32 = 5;
const INTERVAL: Duration = Duration::from_secs(1);

/// The records of one connection, over all its sockets.
#[derive(Debug, Default)]
pub(crate) struct LastRecords {
    /// Sent since the remote peer last sent any.
    unanswered: VecDeque<Vec<u8>>,
    checked: Option<Instant>,
    repetitions_left: u32,
    repeated: Option<Instant>,
}

impl LastRecords {
    /// Records the datagrams of a batch that is sent.
    pub(super) fn on_sent<'a>(&mut self, batch: impl ExactSizeIterator<Item = &'a [u8]>) {
        // Only what is kept is copied: a batch is up to 64 datagrams (GSO).
        let others = batch.len().saturating_sub(MAX_DATAGRAMS);
        for records in batch.skip(others).filter_map(data_records) {
            if self.unanswered.len() >= MAX_DATAGRAMS {
                self.unanswered.pop_front();
            }
            self.unanswered.push_back(records.to_vec());
        }
    }

    /// Records a datagram that was received.
    pub(super) fn on_received(&mut self, datagram: &[u8]) {
        if data_records(datagram).is_some() {
            self.unanswered.clear();
            self.repetitions_left = 0;
        }
    }

    /// A connectivity check was answered. Returns the datagrams to send again on its path.
    pub(super) fn on_check_answered(&mut self, now: Instant) -> Vec<Vec<u8>> {
        let since = |at: Instant| now.saturating_duration_since(at);
        if self.checked.is_some_and(|at| since(at) >= OUTAGE) {
            self.repetitions_left = MAX_REPETITIONS;
            self.repeated = None;
        }
        self.checked = Some(now);
        if self.repetitions_left == 0
            || self.unanswered.is_empty()
            || self.repeated.is_some_and(|at| since(at) < INTERVAL)
        {
            return Vec::new();
        }
        self.repetitions_left -= 1;
        self.repeated = Some(now);
        self.unanswered.iter().cloned().collect()
    }
}

/// The DTLS records of a datagram, relayed or not, if they are data.
pub(super) fn data_records(datagram: &[u8]) -> Option<&[u8]> {
    let content = relayed(datagram).map_or(datagram, |relayed| relayed.content);
    (content.first() == Some(&APPLICATION_DATA)).then_some(content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stun::tests::channel_data;

    fn record(number: u8) -> Vec<u8> {
        vec![APPLICATION_DATA, 254, 253, number]
    }

    #[test]
    fn the_last_records_are_sent_again_after_an_outage_until_there_is_an_answer() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut records = LastRecords::default();
        assert!(records.on_check_answered(at(0)).is_empty());
        // Alone and in batches.
        let sent: Vec<_> = (0..6).map(record).collect();
        records.on_sent([&*sent[0]].into_iter());
        records.on_sent(sent[1..].iter().map(Vec::as_slice));
        records.on_sent([&[128; 40][..]].into_iter());
        assert!(records.on_check_answered(at(500)).is_empty());
        let last: Vec<_> = (2..6).map(record).collect();
        assert_eq!(records.on_check_answered(at(40_000)), last);
        assert!(records.on_check_answered(at(40_500)).is_empty());
        assert_eq!(records.on_check_answered(at(41_000)), last);
        records.on_received(&[128; 40]);
        assert_eq!(records.on_check_answered(at(42_000)), last);
        records.on_received(&record(9));
        records.on_sent([&*record(7)].into_iter());
        assert!(records.on_check_answered(at(43_000)).is_empty());
    }

    #[test]
    fn repetitions_are_bounded_and_begin_again_with_the_next_outage() {
        let start = Instant::now();
        let mut records = LastRecords::default();
        records.on_sent([&*channel_data(&record(1))].into_iter());
        records.on_check_answered(start);
        let mut repetitions = |from: u64| {
            (from..from + 30)
                .filter(|second| {
                    let datagrams = records.on_check_answered(start + Duration::from_secs(*second));
                    assert!(datagrams.iter().all(|datagram| *datagram == record(1)));
                    !datagrams.is_empty()
                })
                .count()
        };
        assert_eq!(repetitions(40), 5);
        assert_eq!(repetitions(140), 5);
    }
}
