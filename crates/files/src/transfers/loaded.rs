//! What threads have done that may block.

use std::path::PathBuf;

use maru_disk::{Record, Source};
use maru_transfer::{
    control::{Code, TransferId},
    endpoint::Restored,
};

use crate::disk::Open;

/// What a thread has done.
pub(crate) enum Loaded {
    /// A selection was scanned.
    Scanned(TransferId, Result<Box<Scanned>, Code>),
    /// A folder is ready to receive.
    Prepared(TransferId, Box<Record>, Result<Box<Open>, Code>),
    /// Where the files are that could not be sent.
    Failed(TransferId, Vec<PathBuf>),
    /// A transfer to send was opened again.
    Source(TransferId, Result<Box<(Source, Vec<u64>)>, Code>),
    /// A transfer to receive was opened again.
    Destination(TransferId, Result<Box<(Open, Restored)>, Code>),
}

/// What a selection became.
pub(crate) struct Scanned {
    pub(super) record: Record,
    pub(super) source: Source,
    pub(super) sizes: Vec<u64>,
}
