//! The disks of one link: a thread that reads what is sent, and one that writes what is received. Their work blocks, and a
//! slow disk of one direction must not hold back the other.

mod reading;
mod writing;

use std::path::PathBuf;
use std::sync::mpsc as jobs;

use maru_disk::{Destination, Source};
use maru_transfer::{
    Piece,
    control::{Code, Entry, TransferId},
    endpoint::{DiskRequest, ReadId, Restored, WriteId},
};
use tokio::sync::{mpsc, oneshot};

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
        outcome: Result<Vec<Piece>, Code>,
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
    Problem {
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
    Add(TransferId, Box<Source>),
    Remove(TransferId),
    Request(DiskRequest),
    Entries(
        TransferId,
        std::ops::Range<u32>,
        oneshot::Sender<Vec<EntryView>>,
    ),
}

/// What the writing thread does.
pub(crate) enum WritingJob {
    Add(TransferId, Box<Open>),
    /// The transfer is over here: `discard` removes what was received.
    Remove {
        id: TransferId,
        discard: bool,
    },
    Request(DiskRequest),
    Entries(
        TransferId,
        std::ops::Range<u32>,
        oneshot::Sender<Vec<EntryView>>,
    ),
    /// Tries at once to go on with what a problem stopped.
    Retry(TransferId),
    /// Makes everything durable, and answers.
    Checkpoint(oneshot::Sender<()>),
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
}

/// The threads. They end when this is dropped and their queues are empty.
pub(crate) struct Disk {
    reading: jobs::Sender<ReadingJob>,
    writing: jobs::Sender<WritingJob>,
}

impl Disk {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system has no thread.
    pub(crate) fn start() -> std::io::Result<(Self, mpsc::UnboundedReceiver<DiskEvent>)> {
        let (events, receiver) = mpsc::unbounded_channel();
        let (reading, reads) = jobs::channel();
        let (writing, writes) = jobs::channel();
        let of_reading = events.clone();
        std::thread::Builder::new()
            .name("files-read".into())
            .spawn(move || reading::run(&reads, &of_reading))?;
        std::thread::Builder::new()
            .name("files-write".into())
            .spawn(move || writing::run(&writes, &events))?;
        Ok((Self { reading, writing }, receiver))
    }

    pub(crate) fn request(&self, request: DiskRequest) {
        match request {
            DiskRequest::Manifest { .. } | DiskRequest::Read { .. } => {
                self.read(ReadingJob::Request(request));
            }
            _ => self.write(WritingJob::Request(request)),
        }
    }

    // Sending fails if a thread panicked. Then transfers stop, and the panic is in the log.

    pub(crate) fn read(&self, job: ReadingJob) {
        let _ = self.reading.send(job);
    }

    pub(crate) fn write(&self, job: WritingJob) {
        let _ = self.writing.send(job);
    }
}
