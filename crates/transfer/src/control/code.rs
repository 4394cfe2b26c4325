use maru_protocol::Open;
use serde::{Deserialize, Serialize};

use crate::limits::MAX_CODE_BYTES;

/// Why an offer, a transfer or an entry ended (docs/transfer.md, "Codes"). Messages contain it as
/// [`Open`](maru_protocol::Open): a later version may send others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The person does not want it.
    Declined,
    /// More than the receiver has room for, or its file system can store in one file.
    TooLarge,
    /// More than one of the limits ([`crate::limits`]).
    Limit,
    /// A person ended it.
    Cancelled,
    /// Malformed: a fault of the program that sent it.
    BadMessage,
    /// The source changed since it was offered.
    Changed,
    /// The source is gone, or its drive.
    Missing,
    /// No permission to read or write.
    Denied,
    /// The source cannot be read.
    Unreadable,
    /// A group did not agree with its digest three times.
    Corrupt,
    /// The receiver's disk, or quota, is full.
    DiskFull,
    /// The receiver's folder is read-only.
    ReadOnly,
    /// The receiver's folder cannot be written.
    Unwritable,
    /// The receiver left before it answered. Shown to the sender, and not sent.
    Left,
}

impl Code {
    /// All codes of this version.
    pub const ALL: [Self; 14] = [
        Self::Declined,
        Self::TooLarge,
        Self::Limit,
        Self::Cancelled,
        Self::BadMessage,
        Self::Changed,
        Self::Missing,
        Self::Denied,
        Self::Unreadable,
        Self::Corrupt,
        Self::DiskFull,
        Self::ReadOnly,
        Self::Unwritable,
        Self::Left,
    ];

    /// Whether a disk with this problem can go on once its cause is gone: a drive is connected, room is made. A transfer waits
    /// for that.
    #[must_use]
    pub const fn can_be_mended(self) -> bool {
        matches!(
            self,
            Self::Missing
                | Self::Denied
                | Self::Unreadable
                | Self::TooLarge
                | Self::DiskFull
                | Self::ReadOnly
                | Self::Unwritable
        )
    }

    /// A code without what is longer than [`MAX_CODE_BYTES`].
    pub(crate) fn shortened(code: Open<Self>) -> Open<Self> {
        match code {
            Open::Other(mut text) if text.len() > MAX_CODE_BYTES => {
                text.truncate(text.floor_char_boundary(MAX_CODE_BYTES));
                Open::Other(text)
            }
            code => code,
        }
    }
}
