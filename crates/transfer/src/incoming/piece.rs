//! Content of a file, as it arrives.

use std::ops::Range;

use bytes::Bytes;

use crate::hash::{GroupHash, GroupHasher, HashError};

/// Content of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Bytes.
    Bytes(Bytes),
    /// So many zeros that the sender's file system does not store.
    Zeros(u64),
}

impl Piece {
    /// Bytes of the file.
    #[must_use]
    pub fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Zeros(length) => *length,
        }
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `range` counts from the beginning of the piece, and lies in it.
    pub(super) fn slice(&self, range: Range<u64>) -> Self {
        match self {
            Self::Bytes(bytes) => {
                let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
                Self::Bytes(bytes.slice(at(range.start)..at(range.end)))
            }
            Self::Zeros(_) => Self::Zeros(range.end - range.start),
        }
    }
}

/// What group `group` of a file of `size` bytes hashes to, of which these are the pieces. Zeros that go on behind it do not
/// count.
///
/// # Errors
/// As [`GroupHasher::new`]; that the pieces are more or less than the group.
pub fn hash_pieces(size: u64, group: u64, pieces: &[Piece]) -> Result<GroupHash, HashError> {
    let mut hasher = GroupHasher::new(size, group)?;
    for piece in pieces {
        match piece {
            Piece::Bytes(bytes) => hasher.update(bytes)?,
            Piece::Zeros(length) => hasher.update_zeros((*length).min(hasher.remaining()))?,
        }
    }
    hasher.finish()
}
