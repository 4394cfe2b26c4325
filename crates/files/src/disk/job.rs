//! What the threads of a disk are asked to do, and what they report.

use std::path::PathBuf;
use std::sync::Arc;

use maru_disk::{Destination, Source};
use maru_transfer::{
    control::{Code, Entry, TransferId},
    endpoint::{DiskRequest, Expected, ReadId, Restored, WriteId},
};
use tokio::sync::oneshot;

use super::shared_reads::{Group, SharedReads};
use crate::view::EntryView;

/// What the threads report. The queue is bounded by what the endpoint asks for: what it reads ahead, and its credit.
#[derive(Debug)]
pub(crate) enum DiskEvent {
    Manifest {
        id: TransferId,
        first: u32,
        outcome: Result<(Vec<Entry>, bool), Code>,
    },
    Read {
        read: ReadId,
        outcome: Result<Group, Code>,
    },
    /// Also for a write that failed.
    Written {
        write: WriteId,
        id: TransferId,
        bytes: u64,
    },
    Finished {
        id: TransferId,
        entry: u32,
    },
    /// What may be there already, of the entries from `first` on.
    Found {
        id: TransferId,
        first: u32,
        found: Vec<u32>,
    },
    /// Also for a comparison that was not made.
    Compared {
        write: WriteId,
        id: TransferId,
        entry: u32,
        expected: Expected,
        equal: bool,
    },
    NotKept {
        id: TransferId,
        entry: u32,
    },
    Refused {
        id: TransferId,
        entry: u32,
        code: Code,
    },
    Checkpoint {
        id: TransferId,
        durable: u64,
    },
    Concluded {
        id: TransferId,
        paths: Vec<PathBuf>,
    },
    /// Also when the reason is another one than before.
    Problem {
        id: TransferId,
        code: Code,
    },
    /// The transfer can never go on.
    Failed {
        id: TransferId,
        code: Code,
    },
    Mended {
        id: TransferId,
        restored: Restored,
    },
}

/// What the reading thread does.
pub(crate) enum ReadingJob {
    Add(TransferId, Box<Source>, Arc<SharedReads>),
    Remove(TransferId),
    /// In their order.
    Requests(Vec<DiskRequest>),
    Entries(
        TransferId,
        std::ops::Range<u32>,
        oneshot::Sender<Vec<EntryView>>,
    ),
}

/// What the writing thread does.
pub(crate) enum WritingJob {
    Add(TransferId, Box<Open>),
    /// The transfer is over here: `discard` removes what was received. Answers when nothing of it is open.
    Remove {
        id: TransferId,
        discard: bool,
        released: oneshot::Sender<()>,
    },
    /// In their order.
    Requests(Vec<DiskRequest>),
    Entries(
        TransferId,
        std::ops::Range<u32>,
        oneshot::Sender<Vec<EntryView>>,
    ),
    /// Tries at once to go on with what a problem stopped.
    Retry(TransferId),
    /// The link ends: makes everything durable, closes it, so that it can be opened again, and answers.
    Close(oneshot::Sender<()>),
}

/// A destination, and what is needed to open it again.
pub(crate) struct Open {
    pub(crate) destination: Destination,
    /// Where its record is.
    pub(crate) record: PathBuf,
    /// Where the files go.
    pub(crate) folder: PathBuf,
    /// Bytes of the transfer.
    pub(crate) bytes: u64,
    /// Whether to look for files that are there already: only if a person accepted the transfer, as the sender learns of it.
    pub(crate) looks_for_files: bool,
}

/// What the disk has, as the state machine takes it.
pub(crate) fn restored(restored: maru_disk::Restored) -> maru_transfer::endpoint::Restored {
    maru_transfer::endpoint::Restored {
        sizes: restored.sizes,
        manifest_complete: restored.manifest_complete,
        done: restored.done,
        present: restored.present,
        failed: restored
            .failed
            .into_iter()
            .map(|(entry, code)| (entry, maru_protocol::Open::Known(code)))
            .collect(),
        partial: restored.partial,
    }
}
