//! Which groups agree with the sender, and whether the file does.

use super::{FileError, FileEvent, IncomingFile};
use crate::{
    Ranges,
    hash::{Digest, FileHash, GROUP_BYTES, GroupHash, group_count, group_length, hash_zeros},
    ranges::one,
};

/// How often the bytes of a group may disagree with its digest, or those of a file with its hash.
const MAX_FAILURES: u8 = 3;
/// How many groups may disagree at all: a memory or a sender that is faulty.
const MAX_FAILED_GROUPS: usize = 256;

impl IncomingFile {
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
            if self.is_verified(group) {
                continue;
            }
            self.digests.entry(group).or_insert(*digest);
            if self.holes.contains(&one(group)) {
                self.ready.insert(one(group));
            } else {
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

    /// Hashes up to `groups` groups of zeros whose digests arrived. Returns whether more wait: a long hole takes as long to
    /// hash as other content, so that it is done in steps.
    pub fn hash_holes(&mut self, groups: u64) -> bool {
        for group in self.ready.take_first(groups).into_iter().flatten() {
            self.holes.remove(one(group));
            // Known to be a group of this file.
            if let Ok(hash) = hash_zeros(self.size, group) {
                self.on_hashed(group, hash);
            }
        }
        self.has_holes()
    }

    /// Whether [`Self::hash_holes`] has something to do.
    #[must_use]
    pub fn has_holes(&self) -> bool {
        !self.ready.is_empty()
    }

    /// All bytes of a group are hashed.
    pub(super) fn on_hashed(&mut self, group: u64, hash: GroupHash) {
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
        self.verified.insert(one(group));
        self.events.push_back(FileEvent::Verified(group, ours));
        self.finish_if_complete();
    }

    fn on_disagreement(&mut self, group: u64) {
        let failures = self.failures.entry(group).or_default();
        *failures += 1;
        if *failures >= MAX_FAILURES || self.failures.len() > MAX_FAILED_GROUPS {
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
        self.ready = Ranges::new();
        self.failures.clear();
        self.waiting = 0;
        self.events.push_back(event);
    }
}
