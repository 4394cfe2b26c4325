//! Where a packet belongs, on time lines that do not wrap.

use crate::{SAMPLE_RATE, queue::Packet};

/// A timestamp this far from where it should be is not the network's doing.
const BREAK: i64 = 2 * SAMPLE_RATE;
/// Sequence numbers that are remembered to tell a duplicate.
const SEEN: i64 = 128;

/// A packet's place: both counters continued beyond their wrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Unwrapped RTP sequence number.
    pub sequence: i64,
    /// Unwrapped RTP timestamp, in samples.
    pub timestamp: i64,
}

/// What [`Timeline::place`] makes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It belongs here.
    Here(Place),
    /// It came before.
    Duplicate,
    /// Nothing fits; it may be the first of a new stream. Whoever asks should keep it until the next packet
    /// has been placed.
    Strange,
    /// This packet and the strange one before it agree with each other: the sender began anew. Both places
    /// are on the new line; the strange one's is `first`.
    Anew {
        /// Of the strange packet.
        first: Place,
        /// Of this one.
        second: Place,
    },
}

/// Continues RTP's counters beyond their wrap (RFC 3550 A.1) and tells when they cannot be believed.
///
/// A timestamp is believed when it is within two seconds of where the clock says it should be by now (so that
/// a pause may last for days) or of the last one (so that a network that stood still may go on). Only what is
/// believed moves the lines, so that one absurd packet costs one packet. Like A.1's `bad_seq`, a new line
/// begins with the second of two packets that agree with each other.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    last: Option<Last>,
    strange: Option<(u16, u32)>,
    newest: i64,
    seen: u128,
}

#[derive(Debug, Clone, Copy)]
struct Last {
    place: Place,
    arrived: i64,
}

impl Timeline {
    /// Places a packet that arrived at `now`, in samples of the local clock.
    pub fn place(&mut self, now: i64, packet: &Packet) -> Verdict {
        let Some(last) = self.last else {
            return Verdict::Here(self.begin(now, packet.sequence, packet.timestamp));
        };
        let expected = last
            .place
            .timestamp
            .saturating_add(now.saturating_sub(last.arrived).max(0));
        let by_clock = nearest::<32>(expected, packet.timestamp.into());
        let by_line = nearest::<32>(last.place.timestamp, packet.timestamp.into());
        let timestamp = if by_clock.abs_diff(expected) <= BREAK.unsigned_abs() {
            by_clock
        } else if by_line.abs_diff(last.place.timestamp) <= BREAK.unsigned_abs() {
            by_line
        } else {
            return self.doubt(now, packet);
        };
        self.strange = None;
        let place = Place {
            sequence: nearest::<16>(last.place.sequence, packet.sequence.into()),
            timestamp,
        };
        if self.is_duplicate(place.sequence) {
            return Verdict::Duplicate;
        }
        self.last = Some(Last {
            place,
            arrived: now,
        });
        Verdict::Here(place)
    }

    fn doubt(&mut self, now: i64, packet: &Packet) -> Verdict {
        let follows = self.strange.filter(|(sequence, timestamp)| {
            let ahead = packet.sequence.wrapping_sub(*sequence);
            (1..=3).contains(&ahead)
                && i64::from(packet.timestamp.wrapping_sub(*timestamp)) <= BREAK
        });
        let Some((sequence, timestamp)) = follows else {
            self.strange = Some((packet.sequence, packet.timestamp));
            return Verdict::Strange;
        };
        let first = self.begin(now, sequence, timestamp);
        let second = Place {
            sequence: nearest::<16>(first.sequence, packet.sequence.into()),
            timestamp: nearest::<32>(first.timestamp, packet.timestamp.into()),
        };
        self.is_duplicate(second.sequence);
        self.last = Some(Last {
            place: second,
            arrived: now,
        });
        Verdict::Anew { first, second }
    }

    fn begin(&mut self, now: i64, sequence: u16, timestamp: u32) -> Place {
        let place = Place {
            sequence: sequence.into(),
            timestamp: timestamp.into(),
        };
        *self = Self {
            last: Some(Last {
                place,
                arrived: now,
            }),
            strange: None,
            newest: place.sequence,
            seen: 1,
        };
        place
    }

    /// Remembers a sequence number; true when it was there before. What is older than memory counts as new:
    /// it is far too late to be played anyway.
    fn is_duplicate(&mut self, sequence: i64) -> bool {
        let ahead = sequence - self.newest;
        if ahead > 0 {
            self.seen = if ahead < SEEN { self.seen << ahead } else { 0 } | 1;
            self.newest = sequence;
            return false;
        }
        if ahead <= -SEEN {
            return false;
        }
        let bit = 1u128 << -ahead;
        let before = self.seen & bit != 0;
        self.seen |= bit;
        before
    }
}

/// The value congruent to `value` modulo 2^`BITS` that is nearest to `around`.
fn nearest<const BITS: u32>(around: i64, value: i64) -> i64 {
    let span = 1i64 << BITS;
    let ahead = (value - around.rem_euclid(span)).rem_euclid(span);
    around.saturating_add(if ahead < span / 2 {
        ahead
    } else {
        ahead - span
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(sequence: u16, timestamp: u32) -> Packet {
        Packet {
            sequence,
            timestamp,
            duration: 960,
            fec: false,
            silent: false,
            payload: Vec::new(),
        }
    }

    fn here(sequence: i64, timestamp: i64) -> Verdict {
        Verdict::Here(Place {
            sequence,
            timestamp,
        })
    }

    #[test]
    fn counters_go_on_beyond_their_wrap_in_both_directions() {
        let mut line = Timeline::default();
        assert_eq!(
            line.place(0, &packet(65_534, u32::MAX - 959)),
            here(65_534, 0xffff_fc40)
        );
        assert_eq!(
            line.place(1920, &packet(0, 960)),
            here(65_536, 0x1_0000_03c0)
        );
        assert_eq!(
            line.place(1930, &packet(65_535, 0)),
            here(65_535, 0x1_0000_0000)
        );
        assert_eq!(
            line.place(2880, &packet(1, 1920)),
            here(65_537, 0x1_0000_0780)
        );
    }

    #[test]
    fn a_long_pause_is_no_new_beginning() {
        let mut line = Timeline::default();
        line.place(0, &packet(7, 0));
        // 30 hours: the timestamp has wrapped once.
        let pause = 30 * 3600 * SAMPLE_RATE;
        let wrapped = u32::try_from(pause % (1 << 32)).expect("below 2^32");
        assert_eq!(line.place(pause, &packet(8, wrapped)), here(8, pause));
    }

    #[test]
    fn one_absurd_packet_costs_one_packet() {
        let mut line = Timeline::default();
        line.place(0, &packet(7, 0));
        for absurd in [1 << 31, (1 << 31) - 1, 1_000_000, u32::MAX - 1_000_000] {
            assert_eq!(line.place(960, &packet(40_000, absurd)), Verdict::Strange);
        }
        assert_eq!(line.place(960, &packet(8, 960)), here(8, 960));
        // A sequence number out of line with a timestamp in line is no reason to lose the line either.
        assert!(matches!(
            line.place(1920, &packet(20_000, 1920)),
            Verdict::Here(_)
        ));
        assert_eq!(line.place(2880, &packet(9, 2880)), here(9, 2880));
    }

    #[test]
    fn two_packets_that_agree_are_a_new_beginning() {
        let mut line = Timeline::default();
        line.place(0, &packet(7, 0));
        assert_eq!(line.place(960, &packet(500, 1 << 30)), Verdict::Strange);
        assert_eq!(
            line.place(1000, &packet(500, 1 << 30)),
            Verdict::Strange,
            "a duplicate agrees with nobody"
        );
        let first = Place {
            sequence: 500,
            timestamp: 1 << 30,
        };
        let second = Place {
            sequence: 501,
            timestamp: (1 << 30) + 960,
        };
        assert_eq!(
            line.place(1920, &packet(501, (1 << 30) + 960)),
            Verdict::Anew { first, second }
        );
    }

    #[test]
    fn a_network_that_stood_still_goes_on() {
        let mut line = Timeline::default();
        line.place(0, &packet(7, 0));
        for index in 1..100u16 {
            let timestamp = u32::from(index) * 960;
            assert!(matches!(
                line.place(5 * SAMPLE_RATE, &packet(7 + index, timestamp)),
                Verdict::Here(_)
            ));
        }
    }

    #[test]
    fn duplicates_are_told() {
        let mut line = Timeline::default();
        for (sequence, expected) in [
            (10, false),
            (12, false),
            (10, true),
            (11, false),
            (11, true),
            (12, true),
        ] {
            let verdict = line.place(0, &packet(sequence, u32::from(sequence) * 960));
            assert_eq!(verdict == Verdict::Duplicate, expected, "{sequence}");
        }
    }
}
