//! What threads have done that may block.

use std::sync::Arc;

use maru_disk::{Record, Source};
use maru_transfer::{
    control::{Code, TransferId},
    endpoint::Restored,
    hash::FileHash,
};

use crate::disk::Open;
use crate::view::SkippedView;

/// What a thread has done.
pub(crate) enum Loaded {
    /// A selection was scanned, for all of these.
    Scanned(Vec<TransferId>, Result<Box<Scanned>, Code>),
    /// A folder is ready to receive.
    Prepared(TransferId, Box<Record>, Result<Box<Open>, Code>),
    /// The hash of the only file of a transfer that was sent, if it is what it was.
    Hashed(TransferId, Option<FileHash>),
    /// A transfer to send was opened again.
    Source(TransferId, Result<Box<OpenedSource>, Code>),
    /// A transfer to receive was opened again.
    Destination(TransferId, Result<Box<(Open, Restored)>, Code>),
}

/// What a selection became.
pub(crate) struct Scanned {
    /// One for each recipient.
    pub(super) records: Vec<Record>,
    pub(super) opened: OpenedSource,
    pub(super) skipped_names: Vec<SkippedView>,
}

/// What is sent.
pub(crate) struct OpenedSource {
    pub(super) source: Source,
    pub(super) sizes: Arc<[u64]>,
}
