//! Entries that failed, by code: a million of them need no more memory than a few.

use std::ops::Range;

use maru_protocol::Open;

use crate::{Ranges, control::Code, ranges::one};

/// Different codes that are kept apart; later ones count as the last of these.
const MAX_CODES: usize = 32;

/// Entries that failed, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FailedEntries {
    by_code: Vec<(Open<Code>, Ranges)>,
    count: u32,
}

impl FailedEntries {
    /// Whether it had not failed before; the first code stays.
    pub fn insert(&mut self, entry: u32, code: &Open<Code>) -> bool {
        if self.get(entry).is_some() {
            return false;
        }
        self.insert_range(one(entry), code);
        true
    }

    /// Adds entries of which none has failed before.
    pub fn insert_range(&mut self, entries: Range<u64>, code: &Open<Code>) {
        let code = Code::shortened(code.clone());
        let at = self.by_code.iter().position(|(of, _)| *of == code);
        if at.is_none() && self.by_code.len() < MAX_CODES {
            self.by_code.push((code, Ranges::new()));
        }
        let at = at.unwrap_or(self.by_code.len() - 1);
        let added = self.by_code[at].1.insert(entries);
        self.count = self
            .count
            .saturating_add(u32::try_from(added).unwrap_or(u32::MAX));
    }

    /// They did not fail after all. Returns how many had.
    pub fn remove(&mut self, entries: Range<u64>) -> u32 {
        let before = self.count;
        for (_, failed) in &mut self.by_code {
            let removed = failed.remove(entries.clone());
            self.count -= u32::try_from(removed).unwrap_or(self.count);
        }
        before - self.count
    }

    /// Why an entry failed, if it did.
    #[must_use]
    pub fn get(&self, entry: u32) -> Option<&Open<Code>> {
        let range = one(entry);
        let found = self.by_code.iter().find(|(_, of)| of.contains(&range));
        found.map(|(code, _)| code)
    }

    /// How many failed.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Each code, and the entries that failed with it.
    pub fn iter(&self) -> impl Iterator<Item = (&Open<Code>, &Ranges)> {
        self.by_code.iter().map(|(code, entries)| (code, entries))
    }

    /// All of them, in no order.
    pub fn ranges(&self) -> impl Iterator<Item = Range<u64>> {
        self.by_code.iter().flat_map(|(_, of)| of.iter())
    }
}
