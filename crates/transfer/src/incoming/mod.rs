//! A file that is being received: which bytes and digests arrived, which groups agree, and when it is complete.
//!
//! Bytes arrive in any order and any number of times. What arrives first counts: it is written at once, and hashed in the
//! order of the file, so that nothing is read back.

mod group;
mod piece;

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use self::group::IncomingGroup;
pub use self::piece::Piece;
use crate::hash::{
    Digest, FileHash, FileHasher, GROUP_BYTES, GroupHash, HashError, group_count, group_length,
    hash_zeros,
};
use crate::{Ranges, limits::MAX_OPEN_GROUPS};

/// How often the bytes of a group may disagree with its digest, or those of a file with its hash.
const MAX_FAILURES: u8 = 3;

/// Where content comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The sender. It is to be written.
    Network,
    /// The partial file of an earlier connection. It is only to be verified.
    Disk,
}

/// What follows from what arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileEvent {
    /// Write this at this offset.
    Write(u64, Piece),
    /// The bytes of a group agree with its digest.
    Verified(u64, Digest),
    /// The bytes of a group do not agree: want it again, with its digest (for a file of one group, with its end).
    WantGroup(u64),
    /// All of the file agrees with its hash.
    Complete(FileHash),
    /// Something disagreed three times. The file cannot be received.
    Corrupt,
}

/// A sender violates docs/transfer.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Content beyond the end of the file, or a group that it does not have.
    #[error("beyond the end of the file")]
    BeyondEnd,
    /// More than [`MAX_OPEN_GROUPS`] groups are incomplete.
    #[error("too many groups at once")]
    TooManyGroups,
    /// The size in the end record is not that of the manifest.
    #[error("another size than in the manifest")]
    Size,
    /// A digest for a file of one group, or none.
    #[error("a file of one group has no digests")]
    NoDigests,
}

/// A file that is being received.
#[derive(Debug)]
pub struct IncomingFile {
    size: u64,
    /// Bytes that arrived and were not discarded.
    arrived: Ranges,
    /// Groups of which only some bytes arrived.
    groups: BTreeMap<u64, IncomingGroup>,
    /// Digests of groups that wait for the sender's. Bounded by the number of groups.
    hashed: BTreeMap<u64, Digest>,
    /// Whole groups of zeros that are not hashed yet.
    holes: Ranges,
    /// Digests of the sender for groups without a verdict. Bounded by the number of groups.
    digests: BTreeMap<u64, Digest>,
    /// Of groups that agree. `None` for a file of one group.
    hasher: Option<FileHasher>,
    /// Of a file of one group.
    only_group: Option<FileHash>,
    has_end: bool,
    end: Option<FileHash>,
    failures: BTreeMap<u64, u8>,
    finished: bool,
    events: VecDeque<FileEvent>,
}

impl IncomingFile {
    /// A file of `size` bytes.
    ///
    /// # Errors
    ///
    /// [`HashError::FileTooLarge`].
    pub fn new(size: u64) -> Result<Self, HashError> {
        let hasher = match FileHasher::new(size) {
            Ok(hasher) => Some(hasher),
            Err(HashError::NoDigests) => None,
            Err(error) => return Err(error),
        };
        Ok(Self {
            size,
            arrived: Ranges::new(),
            groups: BTreeMap::new(),
            hashed: BTreeMap::new(),
            holes: Ranges::new(),
            digests: BTreeMap::new(),
            hasher,
            only_group: None,
            has_end: false,
            end: None,
            failures: BTreeMap::new(),
            finished: false,
            events: VecDeque::new(),
        })
    }

    /// The next thing to do.
    pub fn poll_event(&mut self) -> Option<FileEvent> {
        self.events.pop_front()
    }

    /// Whether the last event was, or will be, [`FileEvent::Complete`] or [`FileEvent::Corrupt`].
    #[must_use]
    pub const fn is_finished(&self) -> bool {
        self.finished
    }

    /// Bytes that did not arrive yet, or were discarded.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.size - self.arrived.total()
    }

    /// Content arrived. What arrived before is ignored.
    ///
    /// # Errors
    ///
    /// [`FileError::BeyondEnd`], [`FileError::TooManyGroups`]; then nothing changed.
    pub fn insert(&mut self, offset: u64, piece: &Piece, source: Source) -> Result<(), FileError> {
        let end = offset
            .checked_add(piece.len())
            .filter(|end| *end <= self.size)
            .ok_or(FileError::BeyondEnd)?;
        if self.finished {
            return Ok(());
        }
        self.check_groups(offset..end, piece)?;
        let mut at = offset;
        while at < end {
            let group = at / GROUP_BYTES;
            let until = end.min((group + 1) * GROUP_BYTES);
            for new in self.arrived.missing_in(&(at..until)) {
                let part = piece.slice(new.start - offset..new.end - offset);
                self.insert_new(group, new, part, source);
            }
            at = until;
        }
        Ok(())
    }

    /// Digests of consecutive groups arrived. For groups that have one already they are ignored.
    ///
    /// # Errors
    ///
    /// [`FileError::BeyondEnd`], [`FileError::NoDigests`]; then nothing changed.
    pub fn insert_digests(&mut self, first: u64, digests: &[Digest]) -> Result<(), FileError> {
        let groups = group_count(self.size);
        if groups < 2 {
            return Err(FileError::NoDigests);
        }
        first
            .checked_add(digests.len() as u64)
            .filter(|end| *end <= groups)
            .ok_or(FileError::BeyondEnd)?;
        if self.finished {
            return Ok(());
        }
        for (group, digest) in (first..).zip(digests) {
            if !self.is_verified(group) {
                self.digests.entry(group).or_insert(*digest);
                self.judge(group);
            }
        }
        Ok(())
    }

    /// The end record arrived. Without a hash, the digests decide.
    ///
    /// # Errors
    ///
    /// [`FileError::Size`]; then nothing changed.
    pub fn insert_end(&mut self, size: u64, hash: Option<FileHash>) -> Result<(), FileError> {
        if size != self.size {
            return Err(FileError::Size);
        }
        if !self.finished {
            self.has_end = true;
            self.end = hash.or(self.end);
            self.finish_if_complete();
        }
        Ok(())
    }

    /// A group was verified on an earlier connection, and is on the disk.
    ///
    /// # Errors
    ///
    /// [`FileError::BeyondEnd`], [`FileError::NoDigests`]; then nothing changed.
    pub fn restore(&mut self, group: u64, digest: Digest) -> Result<(), FileError> {
        let length = group_length(self.size, group).ok_or(FileError::BeyondEnd)?;
        let hasher = self.hasher.as_mut().ok_or(FileError::NoDigests)?;
        // An error is that of a group that was added before.
        let _ = hasher.add(group, digest);
        let start = group * GROUP_BYTES;
        self.arrived.insert(start..start + length);
        Ok(())
    }

    /// The groups that are not verified, ascending: those to want on another connection. Empty for an empty file.
    #[must_use]
    pub fn unverified(&self) -> Ranges {
        (0..group_count(self.size))
            .filter(|group| !self.is_verified(*group))
            .map(|group| group..group + 1)
            .collect()
    }

    /// Bytes that are in memory, since they arrived before others of their group.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.groups.values().map(IncomingGroup::waiting).sum()
    }

    /// Number of groups of which only some bytes arrived.
    #[must_use]
    pub fn open_groups(&self) -> usize {
        self.groups.len()
    }

    /// Hashes up to `groups` groups of zeros. Returns whether more wait: a long hole takes as long to hash as other
    /// content, so that it is done in steps.
    pub fn hash_holes(&mut self, groups: u64) -> bool {
        for group in self.holes.take_first(groups).into_iter().flatten() {
            // Known to be a group of this file.
            if let Ok(hash) = hash_zeros(self.size, group) {
                self.on_hashed(group, hash);
            }
        }
        !self.holes.is_empty()
    }

    fn is_verified(&self, group: u64) -> bool {
        self.hasher.as_ref().is_some_and(|hasher| hasher.has(group))
    }

    /// Whole groups of zeros need no state of their own.
    fn is_hole(&self, group: u64, range: &Range<u64>, piece: &Piece) -> bool {
        matches!(piece, Piece::Zeros(_))
            && Some(range.end - range.start) == group_length(self.size, group)
    }

    fn check_groups(&self, range: Range<u64>, piece: &Piece) -> Result<(), FileError> {
        if range.is_empty() {
            return Ok(());
        }
        let (first, last) = (range.start / GROUP_BYTES, (range.end - 1) / GROUP_BYTES);
        // Only the first and the last can be partial.
        let partial = [Some(first), (last != first).then_some(last)];
        let opened = partial.into_iter().flatten().filter(|group| {
            let part =
                range.start.max(group * GROUP_BYTES)..range.end.min((group + 1) * GROUP_BYTES);
            !self.groups.contains_key(group)
                && !self.arrived.contains(&part)
                && !self.is_hole(*group, &part, piece)
        });
        if self.groups.len() + opened.count() > MAX_OPEN_GROUPS {
            return Err(FileError::TooManyGroups);
        }
        Ok(())
    }

    fn insert_new(&mut self, group: u64, range: Range<u64>, piece: Piece, source: Source) {
        self.arrived.insert(range.clone());
        if source == Source::Network {
            self.events
                .push_back(FileEvent::Write(range.start, piece.clone()));
        }
        if self.is_hole(group, &range, &piece) {
            self.holes.insert(group..group + 1);
            return;
        }
        let size = self.size;
        let incoming = match self.groups.entry(group) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let Ok(incoming) = IncomingGroup::new(size, group) else {
                    return;
                };
                entry.insert(incoming)
            }
        };
        if let Some(hash) = incoming.insert(range.start, piece) {
            self.on_hashed(group, hash);
        }
    }

    /// All bytes of a group are hashed.
    fn on_hashed(&mut self, group: u64, hash: GroupHash) {
        self.groups.remove(&group);
        match hash {
            GroupHash::File(hash) => {
                self.only_group = Some(hash);
                self.finish_if_complete();
            }
            GroupHash::Digest(digest) => {
                self.hashed.insert(group, digest);
                self.judge(group);
            }
        }
    }

    /// Compares the digest of a group with the sender's, if both are known.
    fn judge(&mut self, group: u64) {
        let (Some(ours), Some(theirs)) = (self.hashed.get(&group), self.digests.get(&group)) else {
            return;
        };
        let (ours, theirs) = (*ours, *theirs);
        self.hashed.remove(&group);
        self.digests.remove(&group);
        if ours != theirs {
            return self.on_disagreement(group);
        }
        // Cannot fail: the group is one of this file, and was not verified before.
        if let Some(hasher) = &mut self.hasher {
            let _ = hasher.add(group, ours);
        }
        self.events.push_back(FileEvent::Verified(group, ours));
        self.finish_if_complete();
    }

    fn on_disagreement(&mut self, group: u64) {
        let failures = self.failures.entry(group).or_default();
        *failures += 1;
        if *failures >= MAX_FAILURES {
            return self.finish(FileEvent::Corrupt);
        }
        let start = group * GROUP_BYTES;
        let length = group_length(self.size, group).unwrap_or_default();
        self.arrived.remove(start..start + length);
        self.events.push_back(FileEvent::WantGroup(group));
    }

    fn finish_if_complete(&mut self) {
        if !self.has_end {
            return;
        }
        let ours = match &self.hasher {
            Some(hasher) => hasher.finish().ok(),
            None => self.only_group,
        };
        let Some(ours) = ours else { return };
        if self.end.is_none_or(|end| end == ours) {
            self.finish(FileEvent::Complete(ours));
        } else if self.hasher.is_some() {
            // Each group agrees with its digest, so that the sender contradicts itself.
            self.finish(FileEvent::Corrupt);
        } else {
            self.only_group = None;
            self.has_end = false;
            self.end = None;
            self.on_disagreement(0);
        }
    }

    fn finish(&mut self, event: FileEvent) {
        self.finished = true;
        self.groups.clear();
        self.hashed.clear();
        self.digests.clear();
        self.holes = Ranges::new();
        self.events.push_back(event);
    }
}

#[cfg(test)]
mod tests;
