//! Transfers as the interface shows them: the events of [`crate::Files::subscribe`], as JSON.

use std::ops::Range;

use maru_disk::SkipReason;
use maru_protocol::{Open, ParticipantId};
use maru_transfer::{
    control::{Code, Entry, EntryKind, TransferId},
    hash::FileHash,
    resume::Role,
};
use serde::{Deserialize, Serialize, Serializer};

/// What happened to transfers.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum FilesEvent {
    /// All of them: the first event of a subscription.
    Transfers {
        /// In the order in which they were offered.
        transfers: Vec<TransferView>,
    },
    /// One is new, or changed. At most ten a second for each.
    Transfer {
        /// Its present state.
        transfer: Box<TransferView>,
    },
    /// One is no longer listed.
    Removed {
        /// Its ID.
        id: TransferId,
        /// Of which side: one may be offered to oneself in another window.
        direction: Direction,
    },
}

/// Which way the files go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From this computer.
    Send,
    /// To this computer.
    Receive,
}

impl From<Role> for Direction {
    fn from(role: Role) -> Self {
        match role {
            Role::Sender => Self::Send,
            Role::Receiver => Self::Receive,
        }
    }
}

impl From<Direction> for Role {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Send => Self::Sender,
            Direction::Receive => Self::Receiver,
        }
    }
}

/// A transfer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TransferView {
    /// With `direction` it identifies the transfer.
    pub id: TransferId,
    /// Which way the files go.
    pub direction: Direction,
    /// The same for everybody to whom it was offered at once, if there were several; `None` after a restart of the program.
    pub batch: Option<TransferId>,
    /// The partner's participant ID now; `None` while they are not in the room.
    pub participant: Option<ParticipantId>,
    /// The partner's name when it was offered.
    pub partner: String,
    /// The first entries, at most 8.
    pub names: Vec<NameView>,
    /// Number of files.
    pub files: u32,
    /// Number of folders.
    pub folders: u32,
    /// Sum of the sizes.
    pub bytes: u64,
    /// Links, devices and so on that are not offered.
    pub skipped: u64,
    /// The first of them, at most 20. Only here, and until a restart of the program.
    pub skipped_names: Vec<SkippedView>,
    /// Where it stands.
    pub state: TransferState,
    /// Why it is paused.
    pub paused: Paused,
    /// Why it was declined or cancelled, or failed, or could not be accepted.
    pub code: Option<Open<Code>>,
    /// `code` is about this computer, such as its disk.
    pub code_here: bool,
    /// Bytes that arrived, or that the receiver has according to this sender. Never falls.
    pub transferred: u64,
    /// Files that are in place.
    pub files_done: u32,
    /// Files that could not be sent or received.
    pub files_failed: u32,
    /// Of `files_done`, those that the receiver had already.
    pub files_present: u32,
    /// Bytes per second, smoothed.
    pub rate: Option<u64>,
    /// Seconds that remain at that rate, without the files that failed.
    pub seconds_left: Option<u64>,
    /// Through a TURN server; `None` without a connection.
    pub relayed: Option<bool>,
    /// Of the only file, when it is done: of what arrived, or of what was read here and sent.
    #[serde(serialize_with = "hex_hash")]
    pub hash: Option<FileHash>,
    /// There is something to show in its folder.
    pub can_open: bool,
    /// Files failed, and can be offered to the partner once more.
    pub can_retry: bool,
}

/// A name in an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NameView {
    /// The path in the transfer.
    pub name: String,
    /// A folder, not a file.
    pub folder: bool,
    /// Bytes; 0 for a folder.
    pub size: u64,
}

/// Something that is not offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SkippedView {
    /// Its path from what was selected on.
    pub name: String,
    /// Why.
    pub reason: SkipReason,
}

/// Where a transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TransferState {
    /// The selection is being scanned.
    Preparing,
    /// It waits for an answer.
    Offered,
    /// It was accepted, and the partner is away or not connected.
    Waiting,
    /// Bytes flow, or could.
    Active,
    /// See [`TransferView::paused`].
    Paused,
    /// Everything is in place, but for the files that failed.
    Done,
    /// Not wanted.
    Declined,
    /// A person ended it.
    Cancelled,
    /// It ended for another reason.
    Failed,
}

/// Who or what pauses a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Paused {
    /// The person here.
    pub here: bool,
    /// The person there.
    pub there: bool,
    /// A disk, here or there; goes on when it is mended.
    pub problem: Option<Open<Code>>,
    /// `problem` is about the disk here.
    pub problem_here: bool,
}

/// An entry in the list of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryView {
    /// Its number.
    pub entry: u32,
    /// Its path: received, with the names on this computer.
    pub path: String,
    /// A folder, not a file.
    pub folder: bool,
    /// Bytes.
    pub size: u64,
    /// Where it stands.
    pub state: EntryState,
    /// Why it failed.
    pub code: Option<Open<Code>>,
    /// Bytes that arrived.
    pub transferred: u64,
}

impl EntryView {
    /// An entry of which nothing is known but the manifest.
    pub(crate) fn new(entry: u32, path: String, kind: EntryKind) -> Self {
        let (folder, size) = match kind {
            EntryKind::File { size } => (false, size),
            EntryKind::Folder => (true, 0),
        };
        Self {
            entry,
            path,
            folder,
            size,
            state: EntryState::Waiting,
            code: None,
            transferred: 0,
        }
    }

    /// Entries of a manifest, of which these are the numbers.
    pub(crate) fn all(numbers: Range<u32>, entries: Vec<Entry>) -> impl Iterator<Item = Self> {
        numbers
            .zip(entries)
            .map(|(number, entry)| Self::new(number, entry.path.as_str().to_owned(), entry.kind))
    }
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryState {
    /// Nothing of it was sent.
    Waiting,
    /// Some of it was sent.
    Active,
    /// In place.
    Done,
    /// See [`EntryView::code`].
    Failed,
    /// The receiver has it already.
    Skipped,
}

fn hex_hash<S: Serializer>(hash: &Option<FileHash>, serializer: S) -> Result<S::Ok, S::Error> {
    hash.map(|hash| hash.to_string()).serialize(serializer)
}
