//! The JSON of a [`Record`].

use maru_protocol::Open;
use maru_transfer::{
    FailedEntries,
    control::{Code, Entry, EntryKind, Modified, RelativePath, Secret, TransferId},
    hash::FileHash,
    limits::{MAX_ENTRIES, MAX_FILE_BYTES, MAX_NAMES},
    resume::Role,
};
use serde::{Deserialize, Serialize};

use super::{
    end::End,
    record::{Record, StoredProgress},
};
use crate::os;

/// Of this format.
const VERSION: u32 = 1;

/// Ranges of entries that failed, of one record. Those beyond are counted, and not listed.
pub const MAX_FAILED_RANGES: usize = 20_000;

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    id: TransferId,
    role: StoredRole,
    number: u16,
    partner: String,
    files: u32,
    folders: u32,
    bytes: u64,
    skipped: u64,
    names: Vec<StoredEntry>,
    own_secret: Secret,
    partner_secret: Option<Secret>,
    created: u64,
    updated: u64,
    /// As bytes: not every path is Unicode.
    folder: Option<Vec<u8>>,
    #[serde(default)]
    is_by_rule: bool,
    paused: bool,
    #[serde(default)]
    transferred: u64,
    #[serde(default)]
    files_done: u32,
    #[serde(default)]
    files_failed: u32,
    #[serde(default)]
    files_present: u32,
    #[serde(default)]
    failed: Vec<StoredFailed>,
    /// As bytes.
    #[serde(default)]
    location: Option<Vec<u8>>,
    #[serde(default)]
    hash: Option<[u8; 32]>,
    #[serde(default)]
    end: Option<End>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StoredRole {
    Sender,
    Receiver,
}

#[derive(Serialize, Deserialize)]
struct StoredEntry {
    path: String,
    /// `None`: a folder.
    size: Option<u64>,
    modified: (i64, u32),
}

/// Entries that failed for one reason.
#[derive(Serialize, Deserialize)]
struct StoredFailed {
    code: Open<Code>,
    /// From the first entry to the one behind the last.
    entries: Vec<(u64, u64)>,
}

impl Record {
    pub(super) fn encode(&self) -> String {
        let stored = Stored {
            version: VERSION,
            id: self.id,
            role: match self.role {
                Role::Sender => StoredRole::Sender,
                Role::Receiver => StoredRole::Receiver,
            },
            number: self.number,
            partner: self.partner.clone(),
            files: self.files,
            folders: self.folders,
            bytes: self.bytes,
            skipped: self.skipped,
            names: self.names.iter().map(StoredEntry::from).collect(),
            own_secret: self.own_secret,
            partner_secret: self.partner_secret,
            created: self.created,
            updated: self.updated,
            folder: self.folder.as_deref().map(os::path_bytes),
            is_by_rule: self.is_by_rule,
            paused: self.paused,
            transferred: self.progress.transferred,
            files_done: self.progress.files_done,
            files_failed: self.progress.files_failed,
            files_present: self.progress.files_present,
            failed: store_failed(&self.failed),
            location: self.location.as_deref().map(os::path_bytes),
            hash: self.hash.map(|hash| hash.0),
            end: self.end.clone(),
        };
        // Serialisation into memory fails only for maps with keys that are not strings. There are none.
        serde_json::to_string(&stored).unwrap_or_default()
    }

    /// `None`: damaged, or of a later version.
    pub(super) fn decode(text: &str) -> Option<Self> {
        let stored: Stored = serde_json::from_str(text).ok()?;
        if stored.version != VERSION || stored.names.len() > MAX_NAMES {
            return None;
        }
        let folder = stored
            .folder
            .map(|bytes| os::path_from_bytes(&bytes).ok_or(()));
        Some(Self {
            id: stored.id,
            role: match stored.role {
                StoredRole::Sender => Role::Sender,
                StoredRole::Receiver => Role::Receiver,
            },
            number: stored.number,
            partner: stored.partner,
            files: stored.files,
            folders: stored.folders,
            bytes: stored.bytes,
            skipped: stored.skipped,
            names: stored
                .names
                .into_iter()
                .map(StoredEntry::entry)
                .collect::<Option<_>>()?,
            own_secret: stored.own_secret,
            partner_secret: stored.partner_secret,
            created: stored.created,
            updated: stored.updated,
            folder: folder.transpose().ok()?,
            is_by_rule: stored.is_by_rule,
            paused: stored.paused,
            progress: StoredProgress {
                transferred: stored.transferred,
                files_done: stored.files_done,
                files_failed: stored.files_failed,
                files_present: stored.files_present,
            },
            failed: failed(stored.failed)?,
            location: stored
                .location
                .and_then(|bytes| os::path_from_bytes(&bytes)),
            hash: stored.hash.map(FileHash),
            end: stored.end,
        })
    }
}

fn store_failed(failed: &FailedEntries) -> Vec<StoredFailed> {
    let mut room = MAX_FAILED_RANGES;
    let mut stored = Vec::new();
    for (code, entries) in failed.iter() {
        let some: Vec<_> = entries.iter().take(room).collect();
        room -= some.len();
        stored.push(StoredFailed {
            code: code.clone(),
            entries: some.into_iter().map(|it| (it.start, it.end)).collect(),
        });
    }
    stored
}

fn failed(stored: Vec<StoredFailed>) -> Option<FailedEntries> {
    let mut failed = FailedEntries::default();
    for StoredFailed { code, entries } in stored {
        for (start, end) in entries {
            if start > end || end > u64::from(MAX_ENTRIES) {
                return None;
            }
            failed.insert_range(start..end, &code);
        }
    }
    Some(failed)
}

impl From<&Entry> for StoredEntry {
    fn from(entry: &Entry) -> Self {
        Self {
            path: entry.path.as_str().to_owned(),
            size: match entry.kind {
                EntryKind::File { size } => Some(size),
                EntryKind::Folder => None,
            },
            modified: (entry.modified.seconds, entry.modified.nanoseconds),
        }
    }
}

impl StoredEntry {
    fn entry(self) -> Option<Entry> {
        let (seconds, nanoseconds) = self.modified;
        let is_valid =
            nanoseconds < 1_000_000_000 && self.size.is_none_or(|size| size <= MAX_FILE_BYTES);
        is_valid.then_some(())?;
        Some(Entry {
            path: RelativePath::new(&self.path).ok()?,
            kind: match self.size {
                Some(size) => EntryKind::File { size },
                None => EntryKind::Folder,
            },
            modified: Modified {
                seconds,
                nanoseconds,
            },
        })
    }
}
