//! What a sender makes a receiver keep in memory.

use crate::limits::{MAX_DIGESTS, MAX_PARTIAL_GROUPS, MAX_RANGES, MAX_WAITING_BYTES};

/// What a file holds in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Held {
    /// Bytes that wait for earlier ones of their group, with what each piece costs.
    pub(crate) waiting: u64,
    /// Groups of which only some bytes arrived.
    pub(crate) groups: usize,
    /// Digests that wait for their group.
    pub(crate) digests: usize,
    /// Groups that wait for their digest.
    pub(crate) hashed: usize,
    /// Ranges of bytes and groups.
    pub(crate) ranges: usize,
}

impl Held {
    /// As part of a sum: what a file holds changed.
    pub(crate) fn change(&mut self, before: Self, after: Self) {
        self.waiting = self.waiting + after.waiting - before.waiting;
        self.groups = self.groups + after.groups - before.groups;
        self.digests = self.digests + after.digests - before.digests;
        self.hashed = self.hashed + after.hashed - before.hashed;
        self.ranges = self.ranges + after.ranges - before.ranges;
    }

    /// Of two together.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.change(Self::default(), other);
        self
    }

    /// Whether a sender may make a receiver hold so much.
    pub(crate) const fn is_permitted(&self) -> bool {
        self.waiting <= MAX_WAITING_BYTES
            && self.groups <= MAX_PARTIAL_GROUPS
            && self.digests <= MAX_DIGESTS
            && self.hashed <= MAX_DIGESTS
            && self.ranges <= MAX_RANGES
    }
}
