//! What an [`Endpoint`](super::Endpoint) asks of its caller.

use std::ops::Range;

use maru_protocol::{Incarnation, Open, ParticipantId};

use crate::{
    Piece,
    control::{Code, Entry, Secret, StripeSignal, TransferId},
    hash::{Digest, FileHash},
    resume::Role,
};

/// The next thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Send this on the control channel, then call [`Endpoint::on_control_sent`](super::Endpoint::on_control_sent).
    Control(String),
    /// Do this with the disk. Requests about one transfer are carried out in their order.
    Disk(DiskRequest),
    /// For the application.
    Event(Event),
    /// Close the connection. What is queued on the control channel is sent before.
    Close(CloseReason),
}

/// Why a connection is to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseReason {
    /// The other side violates docs/transfer.md.
    Violation(Violation),
    /// Nothing arrived for 10 s, or nothing of what was sent: make a new connection.
    Silent,
    /// No transfer for 60 s.
    Idle,
}

/// How the other side violates docs/transfer.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A control message cannot be read.
    #[error("malformed control message")]
    Control,
    /// A bulk message cannot be read.
    #[error("malformed bulk message")]
    Bulk,
    /// The first control message is not `hello`.
    #[error("no hello")]
    NoHello,
    /// More than the credit.
    #[error("more than the credit")]
    Credit,
    /// Content that does not fit the manifest.
    #[error("content beyond the manifest")]
    Content,
    /// More files, groups or bytes that wait than the limits permit.
    #[error("too many files at once")]
    TooMuchAtOnce,
}

/// What is to be done with the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiskRequest {
    /// Sender: entries of the manifest from `first` on, whose JSON text has at most so many bytes. Outcome:
    /// [`Endpoint::on_manifest`](super::Endpoint::on_manifest).
    Manifest {
        /// The transfer.
        id: TransferId,
        /// The first entry.
        first: u32,
        /// Bytes of JSON text of all entries together.
        max_json_bytes: usize,
    },
    /// Sender: read bytes of a file. Outcome: [`Endpoint::on_read`](super::Endpoint::on_read).
    Read {
        /// Of this read.
        read: ReadId,
        /// The transfer.
        id: TransferId,
        /// The file.
        entry: u32,
        /// Of the first byte.
        offset: u64,
        /// All of one group; 0 for an empty file.
        length: u64,
        /// Of the file.
        size: u64,
        /// Afterwards check that the file did not change.
        last: bool,
    },
    /// Receiver: keep these entries of the manifest.
    Store {
        /// The transfer.
        id: TransferId,
        /// Number of the first.
        first: u32,
        /// The entries.
        entries: Vec<Entry>,
        /// There are no more.
        last: bool,
    },
    /// Receiver: look for files that are there already: with the path, the size and the time of these entries. Outcome:
    /// [`Endpoint::on_found`](super::Endpoint::on_found).
    Find {
        /// The transfer.
        id: TransferId,
        /// The first entry.
        first: u32,
        /// How many.
        count: u32,
    },
    /// Receiver: compare a part of a file that was found. Outcome: [`Endpoint::on_compared`](super::Endpoint::on_compared),
    /// also if the transfer is over.
    Compare {
        /// Of the bulk message that `expected` arrived in.
        write: WriteId,
        /// The transfer.
        id: TransferId,
        /// The file.
        entry: u32,
        /// Of the sender's file.
        expected: Expected,
    },
    /// Receiver: the file that was found is the same as a whole: the entry is done, unless the file changed since it was
    /// compared. Outcome: [`Endpoint::on_finished`](super::Endpoint::on_finished) or
    /// [`Endpoint::on_not_kept`](super::Endpoint::on_not_kept).
    Keep {
        /// The transfer.
        id: TransferId,
        /// The entry.
        entry: u32,
        /// Of the file.
        hash: FileHash,
    },
    /// Receiver: an entry failed: what was received of it is of no use.
    Fail {
        /// The transfer.
        id: TransferId,
        /// The entry.
        entry: u32,
        /// Why.
        code: Open<Code>,
    },
    /// Receiver: write. Outcome: [`Endpoint::on_written`](super::Endpoint::on_written).
    Write {
        /// Of this write.
        write: WriteId,
        /// The transfer.
        id: TransferId,
        /// The file.
        entry: u32,
        /// Of the first byte.
        offset: u64,
        /// What.
        piece: Piece,
    },
    /// Receiver: a group is verified: remember it at the next checkpoint.
    Verified {
        /// The transfer.
        id: TransferId,
        /// The file.
        entry: u32,
        /// The group.
        group: u64,
        /// Its digest.
        digest: Digest,
    },
    /// Receiver: all of an entry is there. Outcome: [`Endpoint::on_finished`](super::Endpoint::on_finished).
    Finish {
        /// The transfer.
        id: TransferId,
        /// The entry.
        entry: u32,
        /// Of a file; `None` for a folder.
        hash: Option<FileHash>,
    },
    /// Receiver: make durable what was written. Outcome: [`Endpoint::on_checkpoint`](super::Endpoint::on_checkpoint).
    Checkpoint {
        /// The transfer.
        id: TransferId,
    },
    /// Receiver: everything is there or has failed: put it in place. Outcome:
    /// [`Endpoint::on_concluded`](super::Endpoint::on_concluded).
    Conclude {
        /// The transfer.
        id: TransferId,
    },
}

impl DiskRequest {
    /// The transfer that it is about.
    #[must_use]
    pub const fn id(&self) -> TransferId {
        match self {
            Self::Manifest { id, .. }
            | Self::Read { id, .. }
            | Self::Store { id, .. }
            | Self::Find { id, .. }
            | Self::Compare { id, .. }
            | Self::Keep { id, .. }
            | Self::Fail { id, .. }
            | Self::Write { id, .. }
            | Self::Verified { id, .. }
            | Self::Finish { id, .. }
            | Self::Checkpoint { id }
            | Self::Conclude { id } => *id,
        }
    }
}

/// What a part of a file is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// The digests of consecutive groups.
    Digests {
        /// The first group.
        first: u64,
        /// At least one.
        digests: Vec<Digest>,
    },
    /// The hash of a file of one group, or of none.
    Hash(FileHash),
}

impl Expected {
    /// The groups that are compared. A file without a group counts as one of one group.
    #[must_use]
    pub fn groups(&self) -> Range<u64> {
        match self {
            Self::Digests { first, digests } => *first..first.saturating_add(digests.len() as u64),
            Self::Hash(_) => 0..1,
        }
    }
}

/// Identifies a [`DiskRequest::Read`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReadId(pub(super) u64);

/// Identifies the bulk message that a [`DiskRequest::Write`] or [`DiskRequest::Compare`] is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WriteId(pub(super) u64);

/// Something happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The other side said who it is.
    Hello {
        /// Its participant ID.
        participant: ParticipantId,
        /// In this incarnation of the room.
        incarnation: Incarnation,
        /// Its socket has a receive buffer of 64 KiB.
        has_small_socket: bool,
    },
    /// The other side offers a transfer: [`Endpoint::incoming`](super::Endpoint::incoming) has it. To be accepted or declined.
    Offered(TransferId),
    /// The other side accepted a transfer, with this half of the key: to be remembered.
    Accepted(TransferId, Secret),
    /// The other side negotiates a stripe.
    Stripe(u8, StripeSignal),
    /// The other side knows a transfer of an earlier connection that was announced as a candidate: add it now.
    Found(TransferId, Role),
    /// The state of a transfer changed: [`Endpoint::progress`](super::Endpoint::progress).
    Changed(TransferId, Role),
    /// An entry cannot be sent or received.
    EntryFailed {
        /// The transfer.
        id: TransferId,
        /// This side's role in it.
        role: Role,
        /// The entry.
        entry: u32,
        /// Why.
        code: Open<Code>,
    },
    /// So many files were with the receiver already. Comes once, before [`Event::Ended`].
    Present {
        /// The transfer.
        id: TransferId,
        /// This side's role in it.
        role: Role,
        /// At least one.
        files: u32,
    },
    /// An entry is in place, or about to be: all of it arrived and is verified, or it was there before.
    EntryDone {
        /// The transfer.
        id: TransferId,
        /// The entry.
        entry: u32,
        /// Of a file.
        hash: Option<FileHash>,
    },
    /// All of the only file of a transfer was sent: its hash, of what this side read.
    Sent(TransferId, FileHash),
    /// A transfer is over, and no longer known to the endpoint.
    Ended {
        /// The transfer.
        id: TransferId,
        /// This side's role in it.
        role: Role,
        /// How.
        outcome: Outcome,
    },
}

/// How a transfer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All entries are in place, but for those that failed.
    Done,
    /// The receiver did not accept it.
    Declined(Open<Code>),
    /// One side ended it.
    Cancelled {
        /// Not this side.
        by_partner: bool,
        /// Why.
        code: Open<Code>,
    },
}
