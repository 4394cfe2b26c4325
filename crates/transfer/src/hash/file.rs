use std::collections::BTreeMap;

use blake3::hazmat::{Mode, merge_subtrees_non_root, merge_subtrees_root};

use super::{Digest, FileHash, HashError, group_count};
use crate::limits::MAX_FILE_BYTES;

/// Combines the digests of a file's groups, in any order, to the hash of the file.
///
/// Two subtrees that have the same parent are merged as soon as both are there. In order, at most one digest for each
/// level of the tree is held (33 for the largest file). In other orders it is at most one for each run of groups and
/// level, and never more than half of all groups: about 5 MB for a file of 100 GB.
#[derive(Debug, Clone)]
pub struct FileHasher {
    groups: u64,
    added: u64,
    /// Node `index` of level `level` is the subtree over the groups from `index << level` to before
    /// `(index + 1) << level`, as far as the file has them.
    subtrees: BTreeMap<(u32, u64), Digest>,
    root: Option<FileHash>,
}

impl FileHasher {
    /// For a file of `size` bytes. Of an empty file the hash is known at once.
    ///
    /// # Errors
    /// [`HashError::FileTooLarge`]; [`HashError::NoDigests`] for a file of one group, whose hash is
    /// [`GroupHash::File`](super::GroupHash::File).
    pub fn new(size: u64) -> Result<Self, HashError> {
        if size > MAX_FILE_BYTES {
            return Err(HashError::FileTooLarge);
        }
        let groups = group_count(size);
        if groups == 1 {
            return Err(HashError::NoDigests);
        }
        Ok(Self {
            groups,
            added: 0,
            subtrees: BTreeMap::new(),
            root: (groups == 0).then(|| FileHash(*blake3::hash(b"").as_bytes())),
        })
    }

    /// Adds the digest of group `group`.
    ///
    /// # Errors
    /// [`HashError::NoSuchGroup`]; [`HashError::Duplicate`], even if the digest is the same. Nothing changes then.
    pub fn add(&mut self, group: u64, digest: Digest) -> Result<(), HashError> {
        if group >= self.groups {
            return Err(HashError::NoSuchGroup);
        }
        if self.has(group) {
            return Err(HashError::Duplicate);
        }
        self.added += 1;
        let (mut level, mut index, mut subtree) = (0, group, digest);
        loop {
            // The parent covers the whole file: its two halves are merged as the root.
            let is_root = self.groups <= 2 << level;
            let first_of_sibling = (index ^ 1) << level;
            if first_of_sibling >= self.groups {
                // A node without a right half is its left half.
            } else if let Some(sibling) = self.subtrees.remove(&(level, index ^ 1)) {
                let (left, right) = if index & 1 == 0 {
                    (subtree, sibling)
                } else {
                    (sibling, subtree)
                };
                if is_root {
                    let root = merge_subtrees_root(&left.0, &right.0, Mode::Hash);
                    self.root = Some(FileHash(*root.as_bytes()));
                    return Ok(());
                }
                subtree = Digest(merge_subtrees_non_root(&left.0, &right.0, Mode::Hash));
            } else {
                self.subtrees.insert((level, index), subtree);
                return Ok(());
            }
            level += 1;
            index >>= 1;
        }
    }

    /// Whether the digest of group `group` was added.
    #[must_use]
    pub fn has(&self, group: u64) -> bool {
        if self.root.is_some() {
            return group < self.groups;
        }
        (0..u64::BITS)
            .take_while(|level| self.groups > 1 << level)
            .any(|level| self.subtrees.contains_key(&(level, group >> level)))
    }

    /// How many digests are missing.
    #[must_use]
    pub const fn remaining(&self) -> u64 {
        self.groups - self.added
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.subtrees.len()
    }

    /// The hash of the file.
    ///
    /// # Errors
    /// [`HashError::Incomplete`] while digests are missing.
    pub fn finish(&self) -> Result<FileHash, HashError> {
        self.root.ok_or(HashError::Incomplete)
    }
}

/// The hash of a file of `size` bytes from the digests of its groups, in order.
///
/// # Errors
/// As [`FileHasher`]: also when there are more or fewer digests than the file has groups.
pub fn combine(size: u64, digests: &[Digest]) -> Result<FileHash, HashError> {
    let mut hasher = FileHasher::new(size)?;
    for (group, digest) in (0..).zip(digests) {
        hasher.add(group, *digest)?;
    }
    hasher.finish()
}
