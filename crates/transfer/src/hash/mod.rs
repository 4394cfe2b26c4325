//! Digests of groups and hashes of files (docs/transfer.md, "Hashes").
//!
//! The digest of a group is a chaining value of BLAKE3, so that digests in any order combine to the hash of the file.
//! Where in the file a group is enters its digest: the digest of a group of zeros is different at each place, and a
//! long hole takes as long to hash as other content.

mod file;
mod group;

pub use file::{FileHasher, combine};
pub use group::{GroupHasher, group_count, group_length, hash_zeros};

use crate::limits::MAX_FILE_BYTES;

/// Bytes of a group. The last group of a file may be shorter.
pub const GROUP_BYTES: u64 = 1 << 20;
/// Groups of a file of [`MAX_FILE_BYTES`].
pub const MAX_GROUPS: u64 = MAX_FILE_BYTES.div_ceil(GROUP_BYTES);

/// The digest of one group of a file of at least two groups: 32 bytes, a chaining value of BLAKE3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

/// The hash of a file: what `b3sum` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileHash(pub [u8; 32]);

impl std::fmt::Display for FileHash {
    /// 64 lowercase hexadecimal digits.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

/// What the content of one group hashes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupHash {
    /// The file has other groups as well.
    Digest(Digest),
    /// The group is the whole file, which has no digests.
    File(FileHash),
}

/// Why something could not be hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// Larger than [`MAX_FILE_BYTES`](crate::limits::MAX_FILE_BYTES).
    #[error("a file has at most 2^53 - 1 bytes")]
    FileTooLarge,
    /// The file has no group of this number.
    #[error("the file has fewer groups")]
    NoSuchGroup,
    /// More bytes than the group has.
    #[error("more bytes than the group has")]
    TooManyBytes,
    /// Bytes of the group, or groups of the file, are missing.
    #[error("the content is incomplete")]
    Incomplete,
    /// The digest of this group was added before.
    #[error("the digest of this group was added before")]
    Duplicate,
    /// A file of one group, or of none, has no digests.
    #[error("a file of one group has no digests")]
    NoDigests,
}

#[cfg(test)]
mod tests;
