//! What the receiver wants and is not read yet, of one transfer.

use std::{collections::BTreeMap, ops::Range};

use super::{FOLDER, at_hand::AtHand};
use crate::{
    Ranges,
    control::{GroupRange, Limit},
    hash::{GROUP_BYTES, group_count, group_length},
    limits::MAX_WANTED,
    ranges::one,
};

/// Wanted entries and groups. Groups come first: they complete files that were begun.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    entries: Ranges,
    groups: BTreeMap<u32, Ranges>,
    /// The entry that is being read.
    current: Option<(u32, Ranges)>,
    /// Ranges that are there because of the order of reading.
    splits: usize,
}

/// Ranges beyond which the order is not changed any more: each costs memory here, and at the receiver.
const MAX_SPLITS: usize = 256;

/// What to read next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) entry: u32,
    /// `offset..offset + length`: one group, or none of an empty file.
    pub(super) offset: u64,
    pub(super) length: u64,
    /// Nothing else of this entry is wanted.
    pub(super) last: bool,
    /// Its bytes are not to be sent.
    pub(super) only_digests: bool,
}

impl Wanted {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.groups.is_empty() && self.current.is_none()
    }

    /// `count` entries from `first` on, as far as there are so many.
    pub(super) fn want_entries(
        &mut self,
        first: u32,
        count: Option<u32>,
        sizes: &[u64],
    ) -> Result<(), Limit> {
        let until = count.map_or(u64::MAX, |count| u64::from(first) + u64::from(count));
        let before = self.is_nearly_full(1).then(|| self.entries.clone());
        self.entries
            .insert(u64::from(first)..until.min(sizes.len() as u64).max(first.into()));
        self.check().inspect_err(|_| {
            self.entries = before.unwrap_or_default();
        })
    }

    /// Groups of a file.
    pub(super) fn want_groups(
        &mut self,
        entry: u32,
        groups: &[GroupRange],
        size: u64,
    ) -> Result<(), Limit> {
        if size == FOLDER {
            return Ok(());
        }
        let count = group_count(size);
        let nearly_full = self.is_nearly_full(groups.len());
        let wanted = match &mut self.current {
            Some((current, wanted)) if *current == entry => wanted,
            _ => self.groups.entry(entry).or_default(),
        };
        let before = nearly_full.then(|| wanted.clone());
        for range in groups {
            let end = range.first.saturating_add(range.count).min(count);
            wanted.insert(range.first.min(end)..end);
        }
        if wanted.is_empty() {
            self.groups.remove(&entry);
        }
        self.check().inspect_err(|_| {
            let before = before.unwrap_or_default();
            match &mut self.current {
                Some((current, wanted)) if *current == entry => *wanted = before,
                _ if before.is_empty() => {
                    self.groups.remove(&entry);
                }
                _ => {
                    self.groups.insert(entry, before);
                }
            }
        })
    }

    fn check(&self) -> Result<(), Limit> {
        if self.ranges() > MAX_WANTED + self.splits {
            return Err(Limit::Wanted);
        }
        Ok(())
    }

    /// So many ranges more might be too many: what is there before is kept.
    fn is_nearly_full(&self, more: usize) -> bool {
        self.ranges() + more > MAX_WANTED + self.splits
    }

    pub(super) fn ranges(&self) -> usize {
        let groups: usize = self.groups.values().map(Ranges::count).sum();
        let current = self
            .current
            .as_ref()
            .map_or(0, |(_, groups)| groups.count());
        self.entries.count() + groups + current
    }

    /// Takes what is to be read next: something that is `at_hand`, or what comes first. `sizes` of all entries, [`FOLDER`]
    /// for a folder.
    pub(super) fn next(&mut self, sizes: &[u64], at_hand: &AtHand) -> Option<Chunk> {
        let jump = self.jump(sizes, at_hand);
        if self.current.is_none() {
            self.current = Some(self.next_entry(sizes)?);
        }
        let (entry, groups) = self.current.as_mut()?;
        let entry = *entry;
        let size = size_of(entry, sizes).unwrap_or_default();
        let group = jump.or_else(|| groups.first().map(|range| range.start));
        if let Some(group) = group {
            groups.remove(one(group));
        }
        let last = groups.is_empty();
        if last {
            self.current = None;
        }
        Some(Chunk {
            entry,
            offset: group.unwrap_or_default() * GROUP_BYTES,
            length: group
                .and_then(|group| group_length(size, group))
                .unwrap_or_default(),
            last,
            only_digests: false,
        })
    }

    /// Goes to what is at hand if what comes first is not. Returns the group, which is of the current entry then.
    fn jump(&mut self, sizes: &[u64], at_hand: &AtHand) -> Option<u64> {
        if at_hand.is_empty() || self.ranges() >= MAX_SPLITS || self.first_is(at_hand) {
            return None;
        }
        let before = self.ranges();
        let current = self.current.as_ref();
        let group = current.and_then(|(entry, groups)| at_hand.first_group(*entry, groups));
        let group = group.or_else(|| self.jump_to_entry(sizes, at_hand));
        // Also the range that a group splits off when it is taken.
        self.splits += (self.ranges() + 1).saturating_sub(before);
        self.splits = self.splits.min(MAX_SPLITS);
        group
    }

    fn first_is(&self, at_hand: &AtHand) -> bool {
        let of_groups = |(entry, groups): (u32, &Ranges)| {
            groups
                .first()
                .is_some_and(|range| at_hand.has(entry, range.start))
        };
        let current = self.current.as_ref().map(|(entry, of)| (*entry, of));
        if let Some(first) = current.or_else(|| {
            let first = self.groups.first_key_value();
            first.map(|(entry, of)| (*entry, of))
        }) {
            return of_groups(first);
        }
        let first = self.entries.first();
        let first = first.and_then(|range| u32::try_from(range.start).ok());
        first.is_some_and(|entry| at_hand.has(entry, 0))
    }

    fn jump_to_entry(&mut self, sizes: &[u64], at_hand: &AtHand) -> Option<u64> {
        let found = at_hand.entries().find_map(|entry| {
            if let Some(groups) = self.groups.get(&entry) {
                return Some((entry, at_hand.first_group(entry, groups)?));
            }
            let size = size_of(entry, sizes).filter(|size| *size != FOLDER)?;
            let all: Ranges = std::iter::once(0..group_count(size)).collect();
            let is_wanted = self.entries.contains(&one(entry));
            let group = at_hand.first_group(entry, &all).filter(|_| is_wanted);
            Some((entry, group?))
        });
        let (entry, group) = match found {
            Some(found) => found,
            None => (u32::try_from(at_hand.first_file(&self.entries)?).ok()?, 0),
        };
        let size = size_of(entry, sizes).filter(|size| *size != FOLDER)?;
        self.entries.remove(one(entry));
        let groups = self.groups.remove(&entry);
        let groups = groups.unwrap_or_else(|| std::iter::once(0..group_count(size)).collect());
        if let Some((suspended, rest)) = self.current.replace((entry, groups)) {
            let of = self.groups.entry(suspended).or_default();
            for range in rest.iter() {
                of.insert(range);
            }
        }
        // An empty file has no group.
        (size > 0).then_some(group)
    }

    fn next_entry(&mut self, sizes: &[u64]) -> Option<(u32, Ranges)> {
        if let Some((entry, groups)) = self.groups.pop_first() {
            return Some((entry, groups));
        }
        while let Some(range) = self.entries.take_first(1) {
            let entry = u32::try_from(range.start).ok()?;
            match sizes.get(usize::try_from(entry).ok()?) {
                Some(&FOLDER) | None => {}
                Some(&size) => {
                    let mut groups = Ranges::new();
                    groups.insert(0..group_count(size));
                    return Some((entry, groups));
                }
            }
        }
        None
    }

    /// Everything before `end` of this entry is a hole: takes the groups of it that are wanted and are not the last wanted
    /// one, which is read so that the file is checked.
    pub(super) fn take_hole(&mut self, entry: u32, end: u64) -> Ranges {
        let Some((_, groups)) = self
            .current
            .as_mut()
            .filter(|(current, _)| *current == entry)
        else {
            return Ranges::new();
        };
        let Some(last) = groups.iter().last().map(|range| range.end - 1) else {
            return Ranges::new();
        };
        let hole = 0..(end / GROUP_BYTES).min(last);
        let taken = groups.within(&hole);
        groups.remove(hole);
        taken
    }

    /// Takes back a part that was read, or not yet, and is not sent.
    pub(super) fn give_back(&mut self, entry: u32, offset: u64, size: u64) {
        if size == 0 || offset >= size {
            self.entries.insert(one(entry));
            return;
        }
        let group = offset / GROUP_BYTES;
        let groups = match &mut self.current {
            Some((current, groups)) if *current == entry => groups,
            _ => self.groups.entry(entry).or_default(),
        };
        groups.insert(one(group));
    }

    /// Nothing of these entries is wanted any more.
    pub(super) fn drop_entries(&mut self, entries: Range<u64>) {
        self.entries.remove(entries.clone());
        self.groups
            .retain(|entry, _| !entries.contains(&u64::from(*entry)));
        self.current
            .take_if(|(current, _)| entries.contains(&u64::from(*current)));
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

fn size_of(entry: u32, sizes: &[u64]) -> Option<u64> {
    sizes.get(usize::try_from(entry).ok()?).copied()
}
