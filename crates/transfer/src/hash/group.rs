use blake3::hazmat::HasherExt as _;

use super::{Digest, FileHash, GROUP_BYTES, GroupHash, HashError};
use crate::limits::MAX_FILE_BYTES;

/// Zeros are hashed in pieces of this many bytes, enough for the widest instructions.
const ZEROS: [u8; 16_384] = [0; 16_384];

/// The number of groups of a file of `size` bytes. An empty file has none.
#[must_use]
pub const fn group_count(size: u64) -> u64 {
    size.div_ceil(GROUP_BYTES)
}

/// The bytes of group `group` of a file of `size` bytes: 1 to [`GROUP_BYTES`], or `None` if the file has no such group.
#[must_use]
pub const fn group_length(size: u64, group: u64) -> Option<u64> {
    if group >= group_count(size) {
        return None;
    }
    let rest = size - group * GROUP_BYTES;
    Some(if rest < GROUP_BYTES {
        rest
    } else {
        GROUP_BYTES
    })
}

/// Hashes one group, whose bytes come in order and in pieces of any length. About 2 KiB, without a buffer.
#[derive(Debug, Clone)]
pub struct GroupHasher {
    hasher: blake3::Hasher,
    remaining: u64,
    /// The group is the whole file.
    whole: bool,
}

impl GroupHasher {
    /// For group `group`, counted from 0, of a file of `size` bytes.
    ///
    /// # Errors
    /// [`HashError::FileTooLarge`]; [`HashError::NoSuchGroup`], as for every group of an empty file.
    pub fn new(size: u64, group: u64) -> Result<Self, HashError> {
        if size > MAX_FILE_BYTES {
            return Err(HashError::FileTooLarge);
        }
        let remaining = group_length(size, group).ok_or(HashError::NoSuchGroup)?;
        let mut hasher = blake3::Hasher::new();
        hasher.set_input_offset(group * GROUP_BYTES);
        Ok(Self {
            hasher,
            remaining,
            whole: group_count(size) == 1,
        })
    }

    /// How many bytes of the group have not been hashed.
    #[must_use]
    pub const fn remaining(&self) -> u64 {
        self.remaining
    }

    /// Hashes the next bytes of the group.
    ///
    /// # Errors
    /// [`HashError::TooManyBytes`] if the group has fewer; then none of them is hashed.
    pub fn update(&mut self, bytes: &[u8]) -> Result<(), HashError> {
        self.remaining = self
            .remaining
            .checked_sub(bytes.len() as u64)
            .ok_or(HashError::TooManyBytes)?;
        self.hasher.update(bytes);
        Ok(())
    }

    /// Hashes `length` zeros as the next bytes of the group: a hole.
    ///
    /// # Errors
    /// As [`update`](Self::update).
    pub fn update_zeros(&mut self, length: u64) -> Result<(), HashError> {
        self.remaining = self
            .remaining
            .checked_sub(length)
            .ok_or(HashError::TooManyBytes)?;
        let mut rest = length;
        while rest > 0 {
            let piece = usize::try_from(rest).map_or(ZEROS.len(), |rest| rest.min(ZEROS.len()));
            self.hasher.update(&ZEROS[..piece]);
            rest -= piece as u64;
        }
        Ok(())
    }

    /// The digest of the group, or the hash of the file if it has no other group.
    ///
    /// # Errors
    /// [`HashError::Incomplete`] while bytes remain.
    pub fn finish(&self) -> Result<GroupHash, HashError> {
        if self.remaining > 0 {
            return Err(HashError::Incomplete);
        }
        Ok(if self.whole {
            GroupHash::File(FileHash(*self.hasher.finalize().as_bytes()))
        } else {
            GroupHash::Digest(Digest(self.hasher.finalize_non_root()))
        })
    }
}

/// What group `group` of a file of `size` bytes hashes to if it is a hole.
///
/// # Errors
/// As [`GroupHasher::new`].
pub fn hash_zeros(size: u64, group: u64) -> Result<GroupHash, HashError> {
    let mut hasher = GroupHasher::new(size, group)?;
    hasher.update_zeros(hasher.remaining())?;
    hasher.finish()
}
