//! One group that is being received.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::piece::Piece;
use crate::hash::{GROUP_BYTES, GroupHash, GroupHasher, HashError};

/// What a piece that waits costs beside its bytes.
const PIECE_COST: u64 = 128;

/// The content of a group that arrived, hashed as far as it has no gap.
#[derive(Debug)]
pub(super) struct IncomingGroup {
    /// 2 KiB: in a box, as the map of groups has room for more than there are.
    hasher: Box<GroupHasher>,
    /// The offset in the file up to which everything is hashed.
    hashed: u64,
    /// Content behind a gap, by offset in the file. Together less than a group.
    pieces: BTreeMap<u64, Piece>,
    waiting: u64,
}

impl IncomingGroup {
    pub(super) fn new(size: u64, group: u64) -> Result<Self, HashError> {
        Ok(Self {
            hasher: Box::new(GroupHasher::new(size, group)?),
            hashed: group * GROUP_BYTES,
            pieces: BTreeMap::new(),
            waiting: 0,
        })
    }

    /// Bytes that wait for others before them, with what each piece costs.
    pub(super) const fn waiting(&self) -> u64 {
        self.waiting
    }

    /// Adds content that did not arrive before. Returns the hash with the last piece.
    pub(super) fn insert(&mut self, offset: u64, piece: Piece) -> Option<GroupHash> {
        if offset != self.hashed {
            // A copy: otherwise a few bytes would keep a whole message in memory.
            let piece = match piece {
                Piece::Bytes(bytes) => Piece::Bytes(Bytes::copy_from_slice(&bytes)),
                zeros @ Piece::Zeros(_) => zeros,
            };
            self.waiting += cost(&piece);
            self.pieces.insert(offset, piece);
            return None;
        }
        self.hash(&piece);
        while let Some(piece) = self.pieces.remove(&self.hashed) {
            self.waiting -= cost(&piece);
            self.hash(&piece);
        }
        self.hasher.finish().ok()
    }

    fn hash(&mut self, piece: &Piece) {
        self.hashed += piece.len();
        let updated = match piece {
            Piece::Bytes(bytes) => self.hasher.update(bytes),
            Piece::Zeros(length) => self.hasher.update_zeros(*length),
        };
        // Pieces do not overlap and are inside the group.
        debug_assert_eq!(updated, Ok(()));
    }
}

fn cost(piece: &Piece) -> u64 {
    let bytes = match piece {
        Piece::Bytes(bytes) => bytes.len() as u64,
        Piece::Zeros(_) => 0,
    };
    bytes + PIECE_COST
}
