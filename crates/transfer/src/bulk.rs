//! Messages of the bulk channel (docs/transfer.md, "Bulk messages").

mod decode;
mod encode;
mod error;
#[cfg(test)]
mod tests;

use bytes::Bytes;

pub use decode::{BulkMessage, Records};
pub use encode::{BulkEncoder, PushError};
pub use error::BulkError;

use crate::{
    hash::{GROUP_BYTES, MAX_GROUPS},
    limits::{MAX_ENTRIES, MAX_FILE_BYTES},
};

/// The version of the messages that this crate reads and writes.
pub const VERSION: u8 = 1;
/// Bytes of the header of a message.
pub const HEADER_BYTES: usize = 8;
/// Bytes of the header of a record.
pub const RECORD_HEADER_BYTES: usize = 24;
/// Bytes of a digest of a group, and of the hash of a file.
pub const HASH_BYTES: usize = 32;

/// From this kind on, a record that this version does not know has no content.
const FIRST_KIND_WITHOUT_CONTENT: u8 = 128;

/// A record of a bulk message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// `number` of the transfer.
    pub number: u16,
    /// The entry, below [`MAX_ENTRIES`].
    pub entry: u32,
    /// What the record says about it.
    pub content: Content,
}

/// The content of a [`Record`]. Offsets and lengths are bytes of the file, and end at or below [`MAX_FILE_BYTES`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Bytes of the file, at least one, all in one group.
    Data {
        /// Of the first byte.
        offset: u64,
        /// Decoded: a part of the message, which stays in memory as long as this does.
        bytes: Bytes,
    },
    /// A hole: zeros that the sender's file system does not store. It may contain many groups.
    Zeros {
        /// Of the first byte.
        offset: u64,
        /// At least 1.
        length: u64,
    },
    /// Digests of consecutive groups, at least one.
    Digests {
        /// Number of the first group.
        first: u64,
        /// [`HASH_BYTES`] for each group, one after the other.
        digests: Bytes,
    },
    /// The file ends.
    End {
        /// Of the file.
        size: u64,
        /// Of the file. `None` if the sender did not read all of it since it began: the receiver has its digests. Never
        /// for a file of one group or none.
        hash: Option<[u8; HASH_BYTES]>,
    },
}

/// The kinds of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Data,
    Zeros,
    Digests,
    End,
}

impl Kind {
    const fn from_byte(kind: u8) -> Option<Self> {
        match kind {
            1 => Some(Self::Data),
            2 => Some(Self::Zeros),
            3 => Some(Self::Digests),
            4 => Some(Self::End),
            _ => None,
        }
    }

    const fn byte(self) -> u8 {
        match self {
            Self::Data => 1,
            Self::Zeros => 2,
            Self::Digests => 3,
            Self::End => 4,
        }
    }
}

/// Checks the fields of a record's header against each other and the limits.
fn check(kind: Kind, entry: u32, offset: u64, length: u64) -> Result<(), BulkError> {
    if entry >= MAX_ENTRIES {
        return Err(BulkError::Entry);
    }
    let within_file = |length: u64| match offset.checked_add(length) {
        Some(end) if end <= MAX_FILE_BYTES => Ok(end),
        _ => Err(BulkError::Range),
    };
    match kind {
        Kind::Data | Kind::Zeros if length == 0 => Err(BulkError::Empty),
        Kind::Data => match within_file(length)? {
            end if offset / GROUP_BYTES != (end - 1) / GROUP_BYTES => Err(BulkError::CrossesGroup),
            _ => Ok(()),
        },
        Kind::Zeros => within_file(length).map(|_| ()),
        Kind::Digests => {
            let digests = length / HASH_BYTES as u64;
            if digests == 0 || !length.is_multiple_of(HASH_BYTES as u64) {
                return Err(BulkError::Hash);
            }
            match (
                offset % GROUP_BYTES,
                (offset / GROUP_BYTES).checked_add(digests),
            ) {
                (0, Some(end)) if end <= MAX_GROUPS => Ok(()),
                (0, _) => Err(BulkError::Range),
                _ => Err(BulkError::CrossesGroup),
            }
        }
        Kind::End if length != HASH_BYTES as u64 && (length != 0 || offset <= GROUP_BYTES) => {
            Err(BulkError::Hash)
        }
        Kind::End => within_file(0).map(|_| ()),
    }
}
