//! Which entries are wanted, and which were asked for on this connection.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::{Ranges, ranges::one};

/// Ranges that are asked for at once, before one more message, which may have 256. Together below
/// [`crate::limits::MAX_WANTED`], as groups that disagree are asked for as well.
const MAX_ASKED: usize = 512;

/// Entries that keep a sender busy for a round trip, and that are asked for together while the manifest arrives: each of its
/// messages would make one.
const ENOUGH: u64 = 512;
const TOGETHER: u64 = 4_096;

#[derive(Debug, Default)]
pub(super) struct Wants {
    to_ask: Ranges,
    asked: Ranges,
    /// Number of ranges of groups that were asked for, of entries that are not over.
    groups: BTreeMap<u32, usize>,
    group_count: usize,
}

impl Wants {
    /// On a new connection: nothing was asked for.
    pub(super) fn restart(&mut self, missing: Ranges) {
        *self = Self {
            to_ask: missing,
            ..Self::default()
        };
    }

    pub(super) fn add(&mut self, entries: Range<u64>) {
        self.to_ask.insert(entries);
    }

    /// An entry needs nothing more.
    pub(super) fn remove(&mut self, entry: u32) {
        let range = one(entry);
        self.to_ask.remove(range.clone());
        self.asked.remove(range);
        self.group_count -= self.groups.remove(&entry).unwrap_or_default();
    }

    /// Whether it was asked for and is not there yet.
    pub(super) fn is_asked(&self, entry: u32) -> bool {
        self.asked.contains(&one(entry))
    }

    /// More will be known soon, and the sender has enough to send until then.
    pub(super) fn can_wait(&self) -> bool {
        self.asked.total() >= ENOUGH && self.to_ask.total() < TOGETHER
    }

    /// The next entries to ask for, if the sender has to take more.
    pub(super) fn take(&mut self) -> Option<Range<u64>> {
        if self.asked.count() + self.group_count >= MAX_ASKED {
            return None;
        }
        self.to_ask.take_first(u64::MAX)
    }

    /// They were taken and are not asked for yet.
    pub(super) fn put_back(&mut self, entries: Range<u64>) {
        self.to_ask.insert(entries);
    }

    /// They are asked for as a whole.
    pub(super) fn add_asked(&mut self, entries: Range<u64>) {
        self.asked.insert(entries);
    }

    /// So many ranges of groups of an entry are asked for.
    pub(super) fn add_asked_groups(&mut self, entry: u32, ranges: usize) {
        self.to_ask.remove(one(entry));
        self.asked.insert(one(entry));
        self.group_count += ranges;
        *self.groups.entry(entry).or_default() += ranges;
    }
}
