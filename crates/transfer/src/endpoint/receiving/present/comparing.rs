//! A file that is compared with that of the sender.

use crate::{
    Ranges,
    hash::{FileHash, FileHasher, group_count, group_length},
};

/// A group counts for that many bytes at least, so that at most 512 files are compared at once. The sender takes 1,024 ranges.
const MIN_COST: u64 = 128 << 10;

/// Which groups of a file are the same. A file that is empty, or has one group, counts as one group, and has a hash instead
/// of digests.
#[derive(Debug)]
pub(super) struct Comparing {
    pub(super) size: u64,
    pub(super) to_ask: Ranges,
    /// Asked for on this connection.
    pub(super) awaited: Ranges,
    /// The disk compares them.
    pub(super) at_disk: Ranges,
    pub(super) equal: Ranges,
    /// Of the sender's digests.
    pub(super) hasher: Option<FileHasher>,
    /// Of a file of one group.
    pub(super) hash: Option<FileHash>,
}

/// What is known after a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::endpoint::receiving) enum Verdict {
    /// More is to be compared.
    Open,
    /// The file is there, with this hash.
    Same(FileHash),
    Different,
}

impl Comparing {
    pub(super) fn new(size: u64) -> Self {
        Self {
            size,
            to_ask: std::iter::once(0..groups(size)).collect(),
            awaited: Ranges::new(),
            at_disk: Ranges::new(),
            equal: Ranges::new(),
            hasher: FileHasher::new(size).ok().filter(|_| groups(size) > 1),
            hash: None,
        }
    }

    fn cost_of(&self, groups: &Ranges) -> u64 {
        let cost = |group| group_length(self.size, group).unwrap_or_default();
        let costs = groups
            .iter()
            .flatten()
            .map(|group| cost(group).max(MIN_COST));
        costs.sum()
    }

    /// What it takes of [`super::MAX_COST`].
    pub(super) fn cost(&self) -> u64 {
        self.cost_of(&self.awaited) + self.cost_of(&self.at_disk)
    }

    pub(super) fn verdict(&self) -> Verdict {
        if self.equal.total() < groups(self.size) {
            return Verdict::Open;
        }
        let combined = self.hasher.as_ref().and_then(|of| of.finish().ok());
        combined
            .or(self.hash)
            .map_or(Verdict::Different, Verdict::Same)
    }
}

/// What a file is compared by: its groups, or itself.
pub(super) fn groups(size: u64) -> u64 {
    group_count(size).max(1)
}
