//! A file that is being received: which bytes and digests arrived, which groups agree, and when it is complete.
//!
//! Bytes arrive in any order and any number of times. What arrives first counts: it is written at once, and hashed in the
//! order of the file, so that nothing is read back.

mod event;
mod group;
mod held;
mod piece;
mod verify;

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

pub use self::event::{FileError, FileEvent, Source};
use self::group::IncomingGroup;
pub(crate) use self::held::Held;
pub use self::piece::{Piece, hash_pieces};
use crate::hash::{
    Digest, FileHash, FileHasher, GROUP_BYTES, HashError, group_count, group_length,
};
use crate::{Ranges, limits::MAX_OPEN_GROUPS, ranges::one};

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
    /// Whole groups of zeros that are not hashed.
    holes: Ranges,
    /// Those whose digest arrived: hashing the others would be in vain if it never does.
    ready: Ranges,
    /// Groups that agree with their digest.
    verified: Ranges,
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
    /// Cost of what waits in groups.
    waiting: u64,
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
            ready: Ranges::new(),
            verified: Ranges::new(),
            digests: BTreeMap::new(),
            hasher,
            only_group: None,
            has_end: false,
            end: None,
            failures: BTreeMap::new(),
            finished: false,
            events: VecDeque::new(),
            waiting: 0,
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

    /// Bytes that it has when it is complete.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
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
        for new in self.arrived.missing_in(&(offset..end)) {
            self.insert_range(new, offset, piece, source);
        }
        Ok(())
    }

    /// Content that did not arrive before; `piece` begins at `offset`.
    fn insert_range(&mut self, new: Range<u64>, offset: u64, piece: &Piece, source: Source) {
        let mut at = new.start;
        while at < new.end {
            let group = at / GROUP_BYTES;
            let mut until = new.end.min((group + 1) * GROUP_BYTES);
            if let Some(groups) = self.whole_holes(at..new.end, piece) {
                until = new.end.min(groups.end * GROUP_BYTES);
                self.insert_holes(groups);
                self.record(at..until, &Piece::Zeros(until - at), source);
            } else {
                let part = piece.slice(at - offset..until - offset);
                self.record(at..until, &part, source);
                self.insert_part(group, at, part);
            }
            at = until;
        }
    }

    fn record(&mut self, range: Range<u64>, piece: &Piece, source: Source) {
        if source == Source::Network {
            self.events
                .push_back(FileEvent::Write(range.start, piece.clone()));
        }
        self.arrived.insert(range);
    }

    /// The groups at the beginning of `range` that are zeros as a whole, if any. They need no state of their own.
    fn whole_holes(&self, range: Range<u64>, piece: &Piece) -> Option<Range<u64>> {
        let whole_until = if range.end == self.size {
            group_count(self.size)
        } else {
            range.end / GROUP_BYTES
        };
        let first = range.start.div_ceil(GROUP_BYTES);
        let is_hole = matches!(piece, Piece::Zeros(_))
            && self.hasher.is_some()
            && range.start.is_multiple_of(GROUP_BYTES);
        (is_hole && first < whole_until).then_some(first..whole_until)
    }

    fn insert_holes(&mut self, groups: Range<u64>) {
        for (group, _) in self.digests.range(groups.clone()) {
            self.ready.insert(one(*group));
        }
        self.holes.insert(groups);
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
        self.verified.insert(one(group));
        Ok(())
    }

    /// The groups that are not verified, ascending: those to want on another connection. Empty for an empty file.
    #[must_use]
    pub fn unverified(&self) -> Ranges {
        let all = 0..group_count(self.size);
        self.verified.missing_in(&all).into_iter().collect()
    }

    /// Bytes that are in memory, since they arrived before others of their group, with the overhead of each piece.
    #[must_use]
    pub const fn waiting(&self) -> u64 {
        self.waiting
    }

    /// What is in memory.
    pub(crate) fn held(&self) -> Held {
        Held {
            waiting: self.waiting,
            groups: self.groups.len(),
            digests: self.digests.len(),
            hashed: self.hashed.len(),
            ranges: self.arrived.count()
                + self.holes.count()
                + self.ready.count()
                + self.verified.count(),
        }
    }

    /// Number of groups of which only some bytes arrived.
    #[must_use]
    pub fn open_groups(&self) -> usize {
        self.groups.len()
    }

    fn is_verified(&self, group: u64) -> bool {
        self.verified.contains(&one(group))
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
                && self.whole_holes(part, piece).is_none()
        });
        if self.groups.len() + opened.count() > MAX_OPEN_GROUPS {
            return Err(FileError::TooManyGroups);
        }
        Ok(())
    }

    fn insert_part(&mut self, group: u64, offset: u64, part: Piece) {
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
        let before = incoming.waiting();
        let hash = incoming.insert(offset, part);
        self.waiting = self.waiting + incoming.waiting() - before;
        if let Some(hash) = hash {
            self.on_hashed(group, hash);
        }
    }
}

#[cfg(test)]
mod tests;
