//! Extends RTP sequence numbers and timestamps beyond their wrap.

use crate::{packet::Packet, units::SAMPLE_RATE};

/// Largest difference between a timestamp and the expected one that the network can explain, in samples.
const MAX_JUMP: i64 = 2 * SAMPLE_RATE;
/// Sequence numbers remembered to detect duplicates.
const DUPLICATE_WINDOW: i64 = 128;

/// A packet's position in its stream, unwrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RtpPosition {
    /// Unwrapped RTP sequence number.
    pub sequence: i64,
    /// Unwrapped RTP timestamp, in samples.
    pub timestamp: i64,
}

/// Result of [`RtpUnwrapper::unwrap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unwrapped {
    /// The packet continues the stream.
    InStream(RtpPosition),
    /// A packet with this sequence number came before.
    Duplicate,
    /// The packet does not fit the stream. It may be an outlier or the first packet of a restarted stream: keep
    /// it until the next packet has been unwrapped.
    Suspect,
    /// This packet continues the suspect one before it: the stream restarted. Both positions are in the new
    /// stream.
    Restarted {
        /// Position of the suspect packet.
        suspect: RtpPosition,
        /// Position of this packet.
        current: RtpPosition,
    },
}

/// Extends RTP's counters beyond their wrap (RFC 3550 A.1) and rejects implausible ones.
///
/// A timestamp is plausible when it is within two seconds of either the one expected by the local clock (a pause
/// may last for days) or the last one (a network that stalled may go on). Only a plausible packet moves the
/// state, so an outlier affects no other packet. As with `bad_seq` in RFC 3550 A.1, a restart takes two packets in
/// sequence.
#[derive(Debug, Clone, Default)]
pub struct RtpUnwrapper {
    last: Option<LastPacket>,
    suspect: Option<(u16, u32)>,
    newest_sequence: i64,
    /// Bit n: `newest_sequence - n` has been received.
    received: u128,
}

#[derive(Debug, Clone, Copy)]
struct LastPacket {
    position: RtpPosition,
    arrived: i64,
}

impl RtpUnwrapper {
    /// Unwraps a packet that arrived at `now`, in samples of the local clock.
    pub fn unwrap(&mut self, now: i64, packet: &Packet) -> Unwrapped {
        let Some(last) = self.last else {
            return Unwrapped::InStream(self.restart(now, packet.sequence, packet.timestamp));
        };
        let expected = last
            .position
            .timestamp
            .saturating_add(now.saturating_sub(last.arrived).max(0));
        let by_clock = nearest::<32>(expected, packet.timestamp.into());
        let by_last = nearest::<32>(last.position.timestamp, packet.timestamp.into());
        let timestamp = if by_clock.abs_diff(expected) <= MAX_JUMP.unsigned_abs() {
            by_clock
        } else if by_last.abs_diff(last.position.timestamp) <= MAX_JUMP.unsigned_abs() {
            by_last
        } else {
            return self.on_implausible(now, packet);
        };
        self.suspect = None;
        let position = RtpPosition {
            sequence: nearest::<16>(last.position.sequence, packet.sequence.into()),
            timestamp,
        };
        if self.is_duplicate(position.sequence) {
            return Unwrapped::Duplicate;
        }
        self.last = Some(LastPacket {
            position,
            arrived: now,
        });
        Unwrapped::InStream(position)
    }

    fn on_implausible(&mut self, now: i64, packet: &Packet) -> Unwrapped {
        let continued = self.suspect.filter(|(sequence, timestamp)| {
            let ahead = packet.sequence.wrapping_sub(*sequence);
            (1..=3).contains(&ahead)
                && i64::from(packet.timestamp.wrapping_sub(*timestamp)) <= MAX_JUMP
        });
        let Some((sequence, timestamp)) = continued else {
            self.suspect = Some((packet.sequence, packet.timestamp));
            return Unwrapped::Suspect;
        };
        let suspect = self.restart(now, sequence, timestamp);
        let current = RtpPosition {
            sequence: nearest::<16>(suspect.sequence, packet.sequence.into()),
            timestamp: nearest::<32>(suspect.timestamp, packet.timestamp.into()),
        };
        self.is_duplicate(current.sequence);
        self.last = Some(LastPacket {
            position: current,
            arrived: now,
        });
        Unwrapped::Restarted { suspect, current }
    }

    fn restart(&mut self, now: i64, sequence: u16, timestamp: u32) -> RtpPosition {
        let position = RtpPosition {
            sequence: sequence.into(),
            timestamp: timestamp.into(),
        };
        *self = Self {
            last: Some(LastPacket {
                position,
                arrived: now,
            }),
            suspect: None,
            newest_sequence: position.sequence,
            received: 1,
        };
        position
    }

    /// Records a sequence number; true when it was recorded before. A number older than the window counts as new:
    /// such a packet is too late to be played anyway.
    fn is_duplicate(&mut self, sequence: i64) -> bool {
        let ahead = sequence - self.newest_sequence;
        if ahead > 0 {
            let shifted = if ahead < DUPLICATE_WINDOW {
                self.received << ahead
            } else {
                0
            };
            self.received = shifted | 1;
            self.newest_sequence = sequence;
            return false;
        }
        if ahead <= -DUPLICATE_WINDOW {
            return false;
        }
        let bit = 1u128 << -ahead;
        let before = self.received & bit != 0;
        self.received |= bit;
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
            dtx: false,
            payload: Vec::new(),
        }
    }

    fn in_stream(sequence: i64, timestamp: i64) -> Unwrapped {
        Unwrapped::InStream(RtpPosition {
            sequence,
            timestamp,
        })
    }

    #[test]
    fn counters_unwrap_in_both_directions() {
        let mut unwrapper = RtpUnwrapper::default();
        assert_eq!(
            unwrapper.unwrap(0, &packet(65_534, u32::MAX - 959)),
            in_stream(65_534, 0xffff_fc40)
        );
        assert_eq!(
            unwrapper.unwrap(1920, &packet(0, 960)),
            in_stream(65_536, 0x1_0000_03c0)
        );
        assert_eq!(
            unwrapper.unwrap(1930, &packet(65_535, 0)),
            in_stream(65_535, 0x1_0000_0000)
        );
        assert_eq!(
            unwrapper.unwrap(2880, &packet(1, 1920)),
            in_stream(65_537, 0x1_0000_0780)
        );
    }

    #[test]
    fn a_long_pause_is_not_a_restart() {
        let mut unwrapper = RtpUnwrapper::default();
        unwrapper.unwrap(0, &packet(7, 0));
        // 30 hours: the timestamp has wrapped once.
        let pause = 30 * 3600 * SAMPLE_RATE;
        let wrapped = u32::try_from(pause % (1 << 32)).expect("below 2^32");
        assert_eq!(
            unwrapper.unwrap(pause, &packet(8, wrapped)),
            in_stream(8, pause)
        );
    }

    #[test]
    fn an_outlier_affects_no_other_packet() {
        let mut unwrapper = RtpUnwrapper::default();
        unwrapper.unwrap(0, &packet(7, 0));
        for outlier in [1 << 31, (1 << 31) - 1, 1_000_000, u32::MAX - 1_000_000] {
            assert_eq!(
                unwrapper.unwrap(960, &packet(40_000, outlier)),
                Unwrapped::Suspect
            );
        }
        assert_eq!(unwrapper.unwrap(960, &packet(8, 960)), in_stream(8, 960));
        // Nor does an implausible sequence number with a plausible timestamp.
        assert!(matches!(
            unwrapper.unwrap(1920, &packet(20_000, 1920)),
            Unwrapped::InStream(_)
        ));
        assert_eq!(unwrapper.unwrap(2880, &packet(9, 2880)), in_stream(9, 2880));
    }

    #[test]
    fn two_implausible_packets_in_sequence_are_a_restart() {
        let mut unwrapper = RtpUnwrapper::default();
        unwrapper.unwrap(0, &packet(7, 0));
        assert_eq!(
            unwrapper.unwrap(960, &packet(500, 1 << 30)),
            Unwrapped::Suspect
        );
        assert_eq!(
            unwrapper.unwrap(1000, &packet(500, 1 << 30)),
            Unwrapped::Suspect,
            "a duplicate confirms nothing"
        );
        let suspect = RtpPosition {
            sequence: 500,
            timestamp: 1 << 30,
        };
        let current = RtpPosition {
            sequence: 501,
            timestamp: (1 << 30) + 960,
        };
        assert_eq!(
            unwrapper.unwrap(1920, &packet(501, (1 << 30) + 960)),
            Unwrapped::Restarted { suspect, current }
        );
    }

    #[test]
    fn packets_of_a_stalled_network_continue_the_stream() {
        let mut unwrapper = RtpUnwrapper::default();
        unwrapper.unwrap(0, &packet(7, 0));
        for index in 1..100u16 {
            let timestamp = u32::from(index) * 960;
            assert!(matches!(
                unwrapper.unwrap(5 * SAMPLE_RATE, &packet(7 + index, timestamp)),
                Unwrapped::InStream(_)
            ));
        }
    }

    #[test]
    fn duplicates_are_detected() {
        let mut unwrapper = RtpUnwrapper::default();
        for (sequence, expected) in [
            (10, false),
            (12, false),
            (10, true),
            (11, false),
            (11, true),
            (12, true),
        ] {
            let unwrapped = unwrapper.unwrap(0, &packet(sequence, u32::from(sequence) * 960));
            assert_eq!(unwrapped == Unwrapped::Duplicate, expected, "{sequence}");
        }
    }
}
