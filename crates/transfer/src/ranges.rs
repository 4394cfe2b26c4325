//! Sets of byte offsets, or of group or entry numbers, as disjoint ranges in ascending order.

use std::collections::BTreeMap;
use std::ops::Range;

/// A set of integers. Memory grows with the number of gaps, not with the number of integers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ranges {
    /// End by start. No two touch.
    ranges: BTreeMap<u64, u64>,
    total: u64,
}

/// The range of a single number.
pub(crate) fn one(number: impl Into<u64>) -> Range<u64> {
    let number = number.into();
    number..number.saturating_add(1)
}

impl Ranges {
    /// The empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            ranges: BTreeMap::new(),
            total: 0,
        }
    }

    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Number of disjoint ranges: what the memory depends on.
    #[must_use]
    pub fn count(&self) -> usize {
        self.ranges.len()
    }

    /// Number of integers in the set.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// The ranges, ascending.
    pub fn iter(&self) -> impl Iterator<Item = Range<u64>> + '_ {
        self.ranges.iter().map(|(start, end)| *start..*end)
    }

    /// The lowest range.
    #[must_use]
    pub fn first(&self) -> Option<Range<u64>> {
        self.iter().next()
    }

    /// Whether all of `range` is in the set. An empty range is in every set.
    #[must_use]
    pub fn contains(&self, range: &Range<u64>) -> bool {
        range.is_empty()
            || self
                .ranges
                .range(..=range.start)
                .next_back()
                .is_some_and(|(_, end)| *end >= range.end)
    }

    /// Whether any of `range` is in the set.
    #[must_use]
    pub fn intersects(&self, range: &Range<u64>) -> bool {
        !range.is_empty()
            && self
                .ranges
                .range(..range.end)
                .next_back()
                .is_some_and(|(_, end)| *end > range.start)
    }

    /// The lowest integer of `range` that is in the set.
    #[must_use]
    pub fn first_in(&self, range: &Range<u64>) -> Option<u64> {
        if self.contains(&(range.start..range.start.saturating_add(1))) {
            return (!range.is_empty()).then_some(range.start);
        }
        let mut inside = self.ranges.range(range.start..range.end.max(range.start));
        inside.next().map(|(start, _)| *start)
    }

    /// What of `range` is in the set.
    #[must_use]
    pub fn within(&self, range: &Range<u64>) -> Self {
        let mut inside: Self = std::iter::once(range.clone()).collect();
        for missing in self.missing_in(range) {
            inside.remove(missing);
        }
        inside
    }

    /// Adds a range. Returns how many of its integers were not in the set before.
    pub fn insert(&mut self, range: Range<u64>) -> u64 {
        if range.is_empty() {
            return 0;
        }
        let (mut start, mut end) = (range.start, range.end);
        let mut known = 0;
        while let Some((at, until)) = self.touching(start, end) {
            known += until.min(range.end).saturating_sub(at.max(range.start));
            start = start.min(at);
            end = end.max(until);
            self.ranges.remove(&at);
        }
        self.ranges.insert(start, end);
        let new = range.end - range.start - known;
        self.total += new;
        new
    }

    /// Removes a range. Returns how many of its integers were in the set.
    pub fn remove(&mut self, range: Range<u64>) -> u64 {
        if range.is_empty() {
            return 0;
        }
        let mut removed = 0;
        while let Some((at, until)) = self.overlapping(&range) {
            self.ranges.remove(&at);
            if at < range.start {
                self.ranges.insert(at, range.start);
            }
            if until > range.end {
                self.ranges.insert(range.end, until);
            }
            removed += until.min(range.end) - at.max(range.start);
        }
        self.total -= removed;
        removed
    }

    /// Removes up to `most` integers from the beginning, all of one range.
    pub fn take_first(&mut self, most: u64) -> Option<Range<u64>> {
        let first = self.first().filter(|_| most > 0)?;
        let end = first.end.min(first.start.saturating_add(most));
        self.remove(first.start..end);
        Some(first.start..end)
    }

    /// The parts of `range` that are not in the set, ascending.
    #[must_use]
    pub fn missing_in(&self, range: &Range<u64>) -> Vec<Range<u64>> {
        let mut missing = Vec::new();
        let mut at = range.start;
        let before = self.ranges.range(..range.start).next_back();
        let inside = self.ranges.range(range.start..range.end.max(range.start));
        for (start, end) in before.into_iter().chain(inside) {
            if at < *start {
                missing.push(at..*start);
            }
            at = at.max(*end);
        }
        if at < range.end {
            missing.push(at..range.end);
        }
        missing
    }

    /// A range that overlaps or touches `start..end`.
    fn touching(&self, start: u64, end: u64) -> Option<(u64, u64)> {
        let (at, until) = self.ranges.range(..=end).next_back()?;
        (*until >= start).then_some((*at, *until))
    }

    fn overlapping(&self, range: &Range<u64>) -> Option<(u64, u64)> {
        let (at, until) = self.ranges.range(..range.end).next_back()?;
        (*until > range.start).then_some((*at, *until))
    }
}

impl FromIterator<Range<u64>> for Ranges {
    fn from_iter<I: IntoIterator<Item = Range<u64>>>(ranges: I) -> Self {
        let mut set = Self::new();
        for range in ranges {
            set.insert(range);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Operation {
        Insert(Range<u64>),
        Remove(Range<u64>),
        TakeFirst(u64),
    }

    fn operation() -> impl Strategy<Value = Operation> {
        let range = (0..60_u64, 0..12_u64).prop_map(|(start, length)| start..start + length);
        prop_oneof![
            3 => range.clone().prop_map(Operation::Insert),
            2 => range.prop_map(Operation::Remove),
            1 => (0..20_u64).prop_map(Operation::TakeFirst),
        ]
    }

    proptest! {
        #[test]
        fn a_set_of_ranges_is_a_set(operations in prop::collection::vec(operation(), 0..40)) {
            let mut ranges = Ranges::new();
            let mut set = BTreeSet::new();
            for operation in operations {
                match operation {
                    Operation::Insert(range) => {
                        let added = range.clone().filter(|it| set.insert(*it)).count();
                        prop_assert_eq!(ranges.insert(range), added as u64);
                    }
                    Operation::Remove(range) => {
                        let removed = range.clone().filter(|it| set.remove(it)).count();
                        prop_assert_eq!(ranges.remove(range), removed as u64);
                    }
                    Operation::TakeFirst(most) => {
                        let taken = ranges.take_first(most);
                        for it in taken.clone().into_iter().flatten() {
                            prop_assert_eq!(set.pop_first(), Some(it));
                        }
                        let count = taken.map_or(0, |range| range.end - range.start);
                        prop_assert!(count <= most && (count > 0 || most == 0 || set.is_empty()));
                    }
                }
                let listed: Vec<u64> = ranges.iter().flatten().collect();
                prop_assert_eq!(&listed, &set.iter().copied().collect::<Vec<_>>());
                prop_assert_eq!(ranges.total(), set.len() as u64);
                // Disjoint, ascending, and never two that touch.
                let bounds: Vec<_> = ranges.iter().collect();
                prop_assert!(bounds.windows(2).all(|two| two[0].end < two[1].start));
                prop_assert_eq!(ranges.count(), bounds.len());
                for start in 0..72 {
                    for length in [0, 1, 3, 9] {
                        let range = start..start + length;
                        let missing: Vec<u64> =
                            ranges.missing_in(&range).into_iter().flatten().collect();
                        let outside = range.clone().filter(|it| !set.contains(it));
                        prop_assert_eq!(missing, outside.collect::<Vec<_>>());
                        let within: Vec<u64> = ranges.within(&range).iter().flatten().collect();
                        let both = range.clone().filter(|it| set.contains(it));
                        prop_assert_eq!(within, both.collect::<Vec<_>>());
                        let mut inside = range.clone().map(|it| set.contains(&it));
                        prop_assert_eq!(ranges.contains(&range), inside.clone().all(|it| it));
                        prop_assert_eq!(ranges.intersects(&range), inside.any(|it| it));
                    }
                }
            }
        }
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let mut ranges = Ranges::new();
        assert_eq!(ranges.insert(u64::MAX - 2..u64::MAX), 2);
        assert_eq!(ranges.take_first(u64::MAX), Some(u64::MAX - 2..u64::MAX));
        assert!(ranges.is_empty());
    }
}
