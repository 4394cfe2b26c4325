use crate::limits::{MAX_BULK_BYTES, MAX_ENTRIES, MAX_FILE_BYTES, MAX_RECORDS};

/// Why a bulk message, or a record, is invalid (docs/transfer.md, "Bulk messages"). Received, each of them ends the
/// connection with [`Code::BadMessage`](crate::control::Code::BadMessage).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BulkError {
    /// Longer than [`MAX_BULK_BYTES`].
    #[error("a bulk message has at most {MAX_BULK_BYTES} bytes")]
    TooLong,
    /// Of a version that this crate does not know.
    #[error("bulk messages of version {0} are unknown")]
    Version(u8),
    /// Ends within a header or within the content of a record, or has bytes after its last record.
    #[error("the message ends within a record")]
    Truncated,
    /// Has a header and nothing else.
    #[error("the message has no record")]
    NoRecord,
    /// Has more than [`MAX_RECORDS`].
    #[error("a message has at most {MAX_RECORDS} records")]
    TooManyRecords,
    /// The number of the entry is not below [`MAX_ENTRIES`].
    #[error("entries have numbers below {MAX_ENTRIES}")]
    Entry,
    /// Ends above [`MAX_FILE_BYTES`], or above what 64 bits can express.
    #[error("a file has at most {MAX_FILE_BYTES} bytes")]
    Range,
    /// Data or zeros of no byte.
    #[error("the record has a length of 0")]
    Empty,
    /// Data of more than one group, or digests that do not begin at a group.
    #[error("the record does not agree with the groups of a file")]
    CrossesGroup,
    /// The length is not that of hashes.
    #[error("the length is not that of hashes")]
    Hash,
}
