use std::path::PathBuf;

use super::end::End;
use maru_transfer::{
    FailedEntries,
    control::{Entry, Secret, TransferId},
    hash::FileHash,
    resume::Role,
};

/// A transfer that is unfinished, or over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The transfer.
    pub id: TransferId,
    /// What this side is in it.
    pub role: Role,
    /// What stands for it in bulk messages.
    pub number: u16,
    /// The name of the partner, to be shown.
    pub partner: String,
    /// Number of files.
    pub files: u32,
    /// Number of folders.
    pub folders: u32,
    /// Sum of the sizes.
    pub bytes: u64,
    /// What is not offered.
    pub skipped: u64,
    /// The first entries, at most [`MAX_NAMES`].
    pub names: Vec<Entry>,
    /// This side's half of the key by which the transfer is recognised.
    pub own_secret: Secret,
    /// The partner's half. `None` before a sender's offer is accepted.
    pub partner_secret: Option<Secret>,
    /// When it was offered, in seconds since 1970.
    pub created: u64,
    /// When it was made or continued last, in seconds since 1970.
    pub updated: u64,
    /// Where a receiver puts the files.
    pub folder: Option<PathBuf>,
    /// A rule accepted it, and not the person who receives.
    pub is_by_rule: bool,
    /// The person here paused it.
    pub paused: bool,
    /// How far it is.
    pub progress: StoredProgress,
    /// Entries that failed, and why: the first [`MAX_FAILED_RANGES`](super::MAX_FAILED_RANGES) ranges of them.
    pub failed: FailedEntries,
    /// What to show in its folder: what is offered, or was received.
    pub location: Option<PathBuf>,
    /// Of the only file, when it is done.
    pub hash: Option<FileHash>,
    /// How it ended, if it is over.
    pub end: Option<End>,
}

impl Record {
    /// Of a transfer of which nothing is known yet but who takes part in it. `created`: in seconds since 1970.
    #[must_use]
    pub fn new(
        id: TransferId,
        role: Role,
        number: u16,
        partner: String,
        own_secret: Secret,
        created: u64,
    ) -> Self {
        Self {
            id,
            role,
            number,
            partner,
            files: 0,
            folders: 0,
            bytes: 0,
            skipped: 0,
            names: Vec::new(),
            own_secret,
            partner_secret: None,
            created,
            updated: created,
            folder: None,
            is_by_rule: false,
            paused: false,
            progress: StoredProgress::default(),
            failed: FailedEntries::default(),
            location: None,
            hash: None,
            end: None,
        }
    }
}

/// How far a transfer is, as this side last showed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoredProgress {
    /// Bytes that arrived, or that the receiver has according to this sender.
    pub transferred: u64,
    /// Files that are in place.
    pub files_done: u32,
    /// Files that could not be sent or received.
    pub files_failed: u32,
    /// Of `files_done`, those that the receiver had already. Stored with the record only.
    pub files_present: u32,
}

impl StoredProgress {
    /// The further one of two, of which one may be older.
    #[must_use]
    pub(super) fn max(self, other: Self) -> Self {
        Self {
            transferred: self.transferred.max(other.transferred),
            files_done: self.files_done.max(other.files_done),
            files_failed: self.files_failed.max(other.files_failed),
            files_present: self.files_present.max(other.files_present),
        }
    }
}
