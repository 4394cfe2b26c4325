//! What a sender has in memory of files that it sends to others as well.

use std::collections::BTreeMap;

use crate::{Ranges, hash::GROUP_BYTES, ranges::one};

/// Groups of files that need not be read from the disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AtHand {
    /// Files of one group, by their entries.
    files: Ranges,
    /// Groups of larger files.
    groups: BTreeMap<u32, Ranges>,
}

impl AtHand {
    /// The group at `offset` of a file of `size` bytes is in memory.
    pub fn insert(&mut self, entry: u32, offset: u64, size: u64) {
        if size <= GROUP_BYTES {
            self.files.insert(one(entry));
        } else {
            let groups = self.groups.entry(entry).or_default();
            groups.insert(one(offset / GROUP_BYTES));
        }
    }

    /// It is no longer.
    pub fn remove(&mut self, entry: u32, offset: u64) {
        self.files.remove(one(entry));
        if let Some(groups) = self.groups.get_mut(&entry) {
            groups.remove(one(offset / GROUP_BYTES));
            if groups.is_empty() {
                self.groups.remove(&entry);
            }
        }
    }

    /// Whether nothing is in memory.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.groups.is_empty()
    }

    pub(super) fn has(&self, entry: u32, group: u64) -> bool {
        let groups = self.groups.get(&entry);
        self.files.contains(&one(entry))
            || groups.is_some_and(|groups| groups.contains(&one(group)))
    }

    /// The first group that is in memory and in `wanted`.
    pub(super) fn first_group(&self, entry: u32, wanted: &Ranges) -> Option<u64> {
        let groups = self.groups.get(&entry)?;
        groups.iter().find_map(|range| wanted.first_in(&range))
    }

    /// The first file that is in memory as a whole and in `wanted`.
    pub(super) fn first_file(&self, wanted: &Ranges) -> Option<u64> {
        self.files.iter().find_map(|range| wanted.first_in(&range))
    }

    /// Larger files of which something is in memory.
    pub(super) fn entries(&self) -> impl Iterator<Item = u32> + '_ {
        self.groups.keys().copied()
    }
}
