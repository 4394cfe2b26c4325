//! Entries that failed, by code: a million of them need no more memory than a few.

use maru_protocol::Open;

use crate::{Ranges, control::Code};

/// Different codes that are kept apart; later ones count as the last of these.
const MAX_CODES: usize = 32;
/// Bytes of a code that this version does not know.
const MAX_CODE_BYTES: usize = 64;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Failed {
    by_code: Vec<(Open<Code>, Ranges)>,
    count: u32,
}

impl Failed {
    /// Whether it had not failed before; the first code stays.
    pub(super) fn insert(&mut self, entry: u32, code: &Open<Code>) -> bool {
        if self.get(entry).is_some() {
            return false;
        }
        let range = u64::from(entry)..u64::from(entry) + 1;
        let code = shortened(code);
        let at = self.by_code.iter().position(|(of, _)| *of == code);
        if at.is_none() && self.by_code.len() < MAX_CODES {
            self.by_code.push((code, Ranges::new()));
        }
        let at = at.unwrap_or(self.by_code.len() - 1);
        self.by_code[at].1.insert(range);
        self.count += 1;
        true
    }

    /// It did not fail after all.
    pub(super) fn remove(&mut self, entries: std::ops::Range<u64>) {
        for (_, failed) in &mut self.by_code {
            let removed = failed.remove(entries.clone());
            self.count -= u32::try_from(removed).unwrap_or(self.count);
        }
    }

    pub(super) fn get(&self, entry: u32) -> Option<&Open<Code>> {
        let range = u64::from(entry)..u64::from(entry) + 1;
        let found = self.by_code.iter().find(|(_, of)| of.contains(&range));
        found.map(|(code, _)| code)
    }

    pub(super) const fn count(&self) -> u32 {
        self.count
    }

    pub(super) fn ranges(&self) -> impl Iterator<Item = std::ops::Range<u64>> {
        self.by_code.iter().flat_map(|(_, of)| of.iter())
    }
}

fn shortened(code: &Open<Code>) -> Open<Code> {
    match code {
        Open::Other(text) if text.len() > MAX_CODE_BYTES => {
            let end = text.floor_char_boundary(MAX_CODE_BYTES);
            Open::Other(text[..end].to_owned())
        }
        code => code.clone(),
    }
}
