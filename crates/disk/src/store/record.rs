use std::path::PathBuf;

use maru_transfer::{
    control::{Entry, EntryKind, Modified, RelativePath, Secret, TransferId},
    limits::{MAX_FILE_BYTES, MAX_NAMES},
    resume::Role,
};
use serde::{Deserialize, Serialize};

use crate::os;

/// Of this format.
const VERSION: u32 = 1;

/// An unfinished transfer.
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
    /// The person here paused it.
    pub paused: bool,
}

/// The JSON of a [`Record`].
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
    paused: bool,
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
            paused: self.paused,
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
            paused: stored.paused,
        })
    }
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
