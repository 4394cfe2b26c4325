use std::collections::{HashMap, HashSet};

use super::{
    MAX_NAME_BYTES,
    key::key,
    safe::{cut_stem, safe_name, split},
};

/// Bytes for a suffix: ` (1000001)`.
const SUFFIX_BYTES: usize = 10;

/// A folder of a transfer. [`FolderId::ROOT`] is the one the person chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FolderId(pub(super) u32);

impl FolderId {
    /// The folder that the transfer is received in.
    pub const ROOT: Self = Self(0);
}

/// Gives names that are unique in their folder.
///
/// Of each name only 8 bytes of a hash are held: 10 to 20 bytes for each name, 20 MB for 1,000,000, and as much again if
/// half of them got a suffix. Two names of the same hash, once in 30 million transfers of that size, give the second a
/// suffix that it does not need.
///
/// The names depend on nothing but the sequence of calls, so that a transfer that is resumed has the same names.
#[derive(Debug, Clone, Default)]
pub struct UniqueNames {
    taken: HashSet<u64>,
    /// For each stem and extension that got a suffix: the next one.
    next: HashMap<u64, u32>,
}

impl UniqueNames {
    /// Of no folder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The safe name of `component`, with ` (2)`, ` (3)` and so on before its extension if `folder` has that name
    /// already. To get another name, because the disk has a file of this one, call it again.
    ///
    /// However the names are chosen, the numbers that are tried over all calls are at most twice as many as the calls.
    pub fn claim(&mut self, folder: FolderId, component: &str) -> String {
        let name = safe_name(component);
        if self.take(folder, &name) {
            return name;
        }
        let (stem, extension) = split(&name);
        // Always cut for the longest suffix: stems that become the same when cut share their numbers.
        let stem = cut_stem(stem, MAX_NAME_BYTES - SUFFIX_BYTES - extension.len());
        let family = hash(folder, &key(&format!("{stem}/{extension}")));
        let mut number = self.next.get(&family).copied().unwrap_or(2);
        loop {
            let candidate = format!("{stem} ({number}){extension}");
            number += 1;
            if self.take(folder, &candidate) {
                self.next.insert(family, number);
                return candidate;
            }
        }
    }

    /// How many sequences of numbers there are.
    #[cfg(test)]
    pub(super) fn families(&self) -> usize {
        self.next.len()
    }

    fn take(&mut self, folder: FolderId, name: &str) -> bool {
        self.taken.insert(hash(folder, &key(name)))
    }
}

fn hash(folder: FolderId, key: &str) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&folder.0.to_le_bytes());
    hasher.update(key.as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(bytes)
}
