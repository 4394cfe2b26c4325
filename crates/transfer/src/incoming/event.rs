//! What goes into a file that is being received, and what follows.

use super::piece::Piece;
use crate::hash::{Digest, FileHash};

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
    /// More than [`crate::limits::MAX_OPEN_GROUPS`] groups are incomplete.
    #[error("too many groups at once")]
    TooManyGroups,
    /// The size in the end record is not that of the manifest.
    #[error("another size than in the manifest")]
    Size,
    /// A digest for a file of one group, or none.
    #[error("a file of one group has no digests")]
    NoDigests,
}
