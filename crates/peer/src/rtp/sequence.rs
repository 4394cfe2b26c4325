//! Sequence numbers that do not wrap.

/// Unwraps 16-bit RTP sequence numbers (RFC 3550 §5.1) into a 64-bit line, so that order is plain `<`.
///
/// Starts at 2^32, so that a packet older than the first one seen still has a place.
#[derive(Debug, Default)]
pub(crate) struct Unwrapper {
    highest: Option<u64>,
}

const ORIGIN: u64 = 1 << 32;

impl Unwrapper {
    /// The place of `sequence` on the line: the one nearest to the highest seen so far.
    pub(crate) fn unwrap(&mut self, sequence: u16) -> u64 {
        let Some(highest) = self.highest else {
            let first = ORIGIN | u64::from(sequence);
            self.highest = Some(first);
            return first;
        };
        let forward = sequence.wrapping_sub(low_bits(highest));
        let place = if forward < 1 << 15 {
            highest + u64::from(forward)
        } else {
            highest.saturating_sub(u64::from(forward.wrapping_neg()))
        };
        self.highest = Some(highest.max(place));
        place
    }

    /// The highest place seen.
    pub(crate) fn highest(&self) -> Option<u64> {
        self.highest
    }
}

/// The sequence number as it travels.
#[expect(
    clippy::cast_possible_truncation,
    reason = "taking the low 16 bits is the purpose"
)]
pub(crate) fn low_bits(place: u64) -> u16 {
    place as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_wrap_goes_on_upwards() {
        let mut line = Unwrapper::default();
        let before = line.unwrap(u16::MAX);
        assert_eq!(line.unwrap(0), before + 1);
        assert_eq!(line.unwrap(u16::MAX), before);
    }

    proptest! {
        #[test]
        fn every_place_keeps_its_sequence_number(sequences in prop::collection::vec(any::<u16>(), 1..200)) {
            let mut line = Unwrapper::default();
            for sequence in sequences {
                prop_assert_eq!(low_bits(line.unwrap(sequence)), sequence);
            }
        }

        #[test]
        fn steps_smaller_than_half_the_circle_are_exact(start: u16, steps in prop::collection::vec(-1000i32..1000, 1..200)) {
            let mut line = Unwrapper::default();
            let first = i128::from(line.unwrap(start));
            let mut at = 0i32;
            for step in steps {
                // Stay within half a circle of the highest place, which is all RTP promises.
                at = (at + step).max(i32::try_from(i128::from(line.highest().unwrap()) - first).unwrap() - 20_000);
                let sequence = low_bits(u64::try_from(first + i128::from(at)).unwrap());
                prop_assert_eq!(i128::from(line.unwrap(sequence)), first + i128::from(at));
            }
        }
    }
}
