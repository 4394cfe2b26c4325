//! The messages, as they are encoded.

use maru_protocol::{Description, IceCandidate, Incarnation, Open, ParticipantId};
use serde::Serialize;

use super::code::Code;
use super::entry::Entry;
use super::hex::{Secret, Tag, TransferId};
use super::range::{ToVerify, Wanted};
use crate::limits::MAX_CONTROL_BYTES;

/// A message of the control channel. Integers are below 2^53.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ControlMessage {
    /// From both sides: the first message, and again when the participant ID changes.
    Hello {
        /// [`super::VERSION`], or the one of a later client.
        version: u64,
        /// The sender's current participant ID.
        participant: ParticipantId,
        /// The incarnation of the room that ID belongs to.
        incarnation: Incarnation,
        /// What the sender supports beyond its version.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        features: Vec<String>,
    },
    /// From the sender of files.
    Offer {
        /// The transfer.
        id: TransferId,
        /// Stands for `id` in bulk messages.
        number: u16,
        /// Files of the transfer. With `folders` at most [`crate::limits::MAX_ENTRIES`].
        files: u32,
        /// Folders of the transfer.
        folders: u32,
        /// Sum of the sizes.
        bytes: u64,
        /// The first entries, at most [`crate::limits::MAX_NAMES`].
        names: Vec<Entry>,
        /// Links, devices, sockets and pipes that are not offered.
        skipped: u64,
        /// The sender's half of the key to resume with.
        secret: Secret,
    },
    /// From the sender: entries `first` and following.
    Manifest {
        /// The transfer.
        id: TransferId,
        /// Number of the first of `entries`.
        first: u32,
        /// At most as many as end below [`crate::limits::MAX_ENTRIES`].
        entries: Vec<Entry>,
        /// The manifest ends with these.
        last: bool,
    },
    /// From the receiver: the person wants it.
    Accept {
        /// The transfer.
        id: TransferId,
        /// The receiver's half of the key to resume with.
        secret: Secret,
    },
    /// From the receiver: not wanted, or not possible.
    Decline {
        /// The transfer.
        id: TransferId,
        /// Why.
        code: Open<Code>,
    },
    /// From the receiver, on a later connection: send the manifest from this entry on.
    List {
        /// The transfer.
        id: TransferId,
        /// The first entry that the receiver does not have.
        first: u32,
    },
    /// From the receiver: send these.
    Want {
        /// The transfer.
        id: TransferId,
        /// The entry, or the first.
        entry: u32,
        /// `count` or `groups`.
        #[serde(flatten)]
        wanted: Wanted,
    },
    /// From the receiver: send the digests of these, without their bytes. To a side with [`super::FEATURE_VERIFY`] only.
    Verify {
        /// The transfer.
        id: TransferId,
        /// The entry, or the first.
        entry: u32,
        /// `first` and `count` of groups, or the `count` of entries.
        #[serde(flatten)]
        to_verify: ToVerify,
    },
    /// From the receiver: totals since the connection was made (docs/transfer.md, "Credit and yielding").
    Credit {
        /// Bytes of content the sender may have sent.
        bytes: u64,
        /// Bulk messages the sender may have sent.
        messages: u64,
        /// Bytes of content that arrived.
        arrived: u64,
        /// Milliseconds modulo 2^32 between two unrelated clocks; `None` if no message arrived since the last credit.
        #[serde(skip_serializing_if = "Option::is_none")]
        delay: Option<u32>,
    },
    /// From the receiver: so much survives a loss of power.
    Durable {
        /// The transfer.
        id: TransferId,
        /// Bytes of its content.
        bytes: u64,
    },
    /// From both: the sender of this message pauses.
    Pause {
        /// The transfer.
        id: TransferId,
    },
    /// From both: the sender of this message no longer pauses.
    Resume {
        /// The transfer.
        id: TransferId,
    },
    /// From both: the transfer is over.
    Cancel {
        /// The transfer.
        id: TransferId,
        /// Why.
        code: Open<Code>,
    },
    /// From both.
    Error {
        /// The transfer; `None` if it is of no transfer.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<TransferId>,
        /// The entry that cannot be sent or received; never without `id`. `None`: the transfer pauses.
        #[serde(skip_serializing_if = "Option::is_none")]
        entry: Option<u32>,
        /// Why.
        code: Open<Code>,
        /// For the log; may be empty.
        #[serde(skip_serializing_if = "String::is_empty")]
        text: String,
    },
    /// From the receiver: all wanted entries are in place and durable.
    Done {
        /// The transfer.
        id: TransferId,
    },
    /// From both: negotiates a further connection.
    Stripe {
        /// 1 to [`crate::limits::MAX_STRIPES`].
        index: u8,
        /// `description` or `candidate`.
        #[serde(flatten)]
        signal: StripeSignal,
    },
    /// From both: unfinished transfers (docs/transfer.md, "Resuming").
    Known {
        /// At most [`crate::limits::MAX_TRANSFERS`].
        tags: Vec<Tag>,
    },
    /// From both: asks for a `pong`.
    Ping {
        /// Milliseconds of the sender's clock.
        at: u64,
    },
    /// From both.
    Pong {
        /// That of the `ping`.
        at: u64,
    },
}

/// Negotiation of a stripe, as in a [`PeerSignal`](maru_protocol::PeerSignal).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StripeSignal {
    /// An offer or answer.
    Description(Description),
    /// A candidate, or `None` after the last.
    Candidate(Option<IceCandidate>),
}

/// A message that has more than [`MAX_CONTROL_BYTES`] bytes as JSON text, and was not encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the message has {bytes} bytes, more than {MAX_CONTROL_BYTES}")]
pub struct TooLong {
    /// Bytes of the JSON text.
    pub bytes: usize,
}

impl ControlMessage {
    /// The JSON text of this message.
    ///
    /// # Errors
    /// If it is longer than a message may be: of the lists fewer elements fit. A single entry may be too long as well,
    /// because JSON writes a control character of a path with six bytes.
    pub fn encode(&self) -> Result<String, TooLong> {
        // Serialisation into memory fails only for maps with keys that are not strings. There are none.
        let text = serde_json::to_string(self).unwrap_or_default();
        match text.len() {
            bytes if bytes > MAX_CONTROL_BYTES => Err(TooLong { bytes }),
            _ => Ok(text),
        }
    }
}
