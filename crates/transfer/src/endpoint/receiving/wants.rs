//! Which entries are wanted, and which were asked for on this connection.

use std::ops::Range;

use crate::Ranges;

/// Ranges of entries that are asked for at once; [`crate::limits::MAX_WANTED`] is the sender's limit, for groups as well.
const MAX_ASKED: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Wants {
    to_ask: Ranges,
    asked: Ranges,
}

impl Wants {
    /// On a new connection: nothing was asked for.
    pub(super) fn restart(&mut self, missing: Ranges) {
        self.to_ask = missing;
        self.asked = Ranges::new();
    }

    pub(super) fn add(&mut self, entries: Range<u64>) {
        self.to_ask.insert(entries);
    }

    /// An entry needs nothing more.
    pub(super) fn remove(&mut self, entry: u32) {
        let range = u64::from(entry)..u64::from(entry) + 1;
        self.to_ask.remove(range.clone());
        self.asked.remove(range);
    }

    /// Whether it was asked for and is not there yet.
    pub(super) fn is_asked(&self, entry: u32) -> bool {
        self.asked.contains(&(entry.into()..u64::from(entry) + 1))
    }

    /// The next entries to ask for.
    pub(super) fn ask(&mut self) -> Option<Range<u64>> {
        if self.asked.count() >= MAX_ASKED {
            return None;
        }
        let range = self.to_ask.take_first(u64::MAX)?;
        self.asked.insert(range.clone());
        Some(range)
    }
}
