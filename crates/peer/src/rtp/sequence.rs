//! Extended sequence numbers, which do not wrap (RFC 3550 §A.1).

/// Extends 16-bit sequence numbers (RFC 3550 §5.1) to 64 bits, so that they can be compared with `<`.
///
/// Starts at 2^32, so that a packet older than the first one seen has a number, too.
#[derive(Debug, Default)]
pub(crate) struct Unwrapper {
    highest: Option<u64>,
}

const ORIGIN: u64 = 1 << 32;

impl Unwrapper {
    /// Extends `sequence` to the number nearest to the highest one so far.
    pub(crate) fn unwrap(&mut self, sequence: u16) -> u64 {
        let Some(highest) = self.highest else {
            let first = ORIGIN | u64::from(sequence);
            self.highest = Some(first);
            return first;
        };
        let forward = sequence.wrapping_sub(low_bits(highest));
        let extended = if forward < 1 << 15 {
            highest + u64::from(forward)
        } else {
            highest.saturating_sub(u64::from(forward.wrapping_neg()))
        };
        self.highest = Some(highest.max(extended));
        extended
    }

    /// The highest extended number so far.
    pub(crate) fn highest(&self) -> Option<u64> {
        self.highest
    }
}

/// The sequence number as it is on the wire.
#[expect(
    clippy::cast_possible_truncation,
    reason = "taking the low 16 bits is the purpose"
)]
pub(crate) fn low_bits(extended: u64) -> u16 {
    extended as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn extended_numbers_continue_across_a_wrap() {
        let mut unwrapper = Unwrapper::default();
        let before = unwrapper.unwrap(u16::MAX);
        assert_eq!(unwrapper.unwrap(0), before + 1);
        assert_eq!(unwrapper.unwrap(u16::MAX), before);
    }

    proptest! {
        #[test]
        fn the_low_bits_are_the_sequence_number(sequences in prop::collection::vec(any::<u16>(), 1..200)) {
            let mut unwrapper = Unwrapper::default();
            for sequence in sequences {
                prop_assert_eq!(low_bits(unwrapper.unwrap(sequence)), sequence);
            }
        }

        #[test]
        fn steps_below_half_the_range_are_exact(start: u16, steps in prop::collection::vec(-1000i32..1000, 1..200)) {
            let mut unwrapper = Unwrapper::default();
            let first = i128::from(unwrapper.unwrap(start));
            let mut at = 0i32;
            for step in steps {
                // Within half the range of the highest number: beyond it, the direction is ambiguous.
                at = (at + step).max(i32::try_from(i128::from(unwrapper.highest().unwrap()) - first).unwrap() - 20_000);
                let sequence = low_bits(u64::try_from(first + i128::from(at)).unwrap());
                prop_assert_eq!(i128::from(unwrapper.unwrap(sequence)), first + i128::from(at));
            }
        }
    }
}
