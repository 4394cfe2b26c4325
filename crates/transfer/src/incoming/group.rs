//! One group that is being received.

use std::collections::BTreeMap;

use super::piece::Piece;
use crate::hash::{GROUP_BYTES, GroupHash, GroupHasher, HashError};

/// The content of a group that arrived, hashed as far as it has no gap.
#[derive(Debug)]
pub(super) struct IncomingGroup {
    hasher: GroupHasher,
    /// The offset in the file up to which everything is hashed.
    hashed: u64,
    /// Content behind a gap, by offset in the file. Together less than a group.
    waiting: BTreeMap<u64, Piece>,
}

impl IncomingGroup {
    pub(super) fn new(size: u64, group: u64) -> Result<Self, HashError> {
        Ok(Self {
            hasher: GroupHasher::new(size, group)?,
            hashed: group * GROUP_BYTES,
            waiting: BTreeMap::new(),
        })
    }

    /// Bytes that wait for others before them.
    pub(super) fn waiting(&self) -> u64 {
        let in_memory = |piece: &Piece| match piece {
            Piece::Bytes(bytes) => bytes.len() as u64,
            Piece::Zeros(_) => 0,
        };
        self.waiting.values().map(in_memory).sum()
    }

    /// Adds content that did not arrive before. Returns the hash with the last piece.
    pub(super) fn insert(&mut self, offset: u64, piece: Piece) -> Option<GroupHash> {
        self.waiting.insert(offset, piece);
        while let Some(piece) = self.waiting.remove(&self.hashed) {
            self.hashed += piece.len();
            let updated = match piece {
                Piece::Bytes(bytes) => self.hasher.update(&bytes),
                Piece::Zeros(length) => self.hasher.update_zeros(length),
            };
            // Pieces do not overlap and are inside the group.
            debug_assert_eq!(updated, Ok(()));
        }
        self.hasher.finish().ok()
    }
}
