use bytes::{BufMut, Bytes, BytesMut};

use super::{
    BulkError, Content, HASH_BYTES, HEADER_BYTES, Kind, RECORD_HEADER_BYTES, Record, VERSION, check,
};
use crate::{
    hash::GROUP_BYTES,
    limits::{MAX_BULK_BYTES, MAX_RECORDS},
};

/// Packs records into one message after the other.
#[derive(Debug)]
pub struct BulkEncoder {
    /// The header of a message, without its send time, and its records.
    message: BytesMut,
    max_bytes: usize,
    content_bytes: usize,
    records: usize,
}

/// Why [`BulkEncoder::push`] did not add a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// It does not fit this message any more. If the message is empty, it fits none.
    #[error("the record does not fit")]
    Full,
    /// A decoder would refuse it.
    #[error(transparent)]
    Invalid(#[from] BulkError),
}

impl BulkEncoder {
    /// Messages that have at most `max_bytes` bytes, but never more than [`MAX_BULK_BYTES`], and always enough for a
    /// record of one hash.
    #[must_use]
    pub fn new(max_bytes: usize) -> Self {
        let min_bytes = HEADER_BYTES + RECORD_HEADER_BYTES + HASH_BYTES;
        Self {
            message: BytesMut::new(),
            max_bytes: max_bytes.clamp(min_bytes, MAX_BULK_BYTES),
            content_bytes: 0,
            records: 0,
        }
    }

    /// Bytes of content that one further record of this message can have; `None` if not even its header fits, or it has
    /// [`MAX_RECORDS`].
    #[must_use]
    pub fn room(&self) -> Option<usize> {
        if self.records >= MAX_RECORDS {
            return None;
        }
        let used = self.message.len().max(HEADER_BYTES) + RECORD_HEADER_BYTES;
        self.max_bytes.checked_sub(used)
    }

    /// Whether this message has no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.message.is_empty()
    }

    /// Bytes of content in this message, for which the sender needs credit.
    #[must_use]
    pub const fn content_bytes(&self) -> usize {
        self.content_bytes
    }

    /// Adds a record to this message.
    ///
    /// # Errors
    /// [`PushError`]; the message is as it was.
    pub fn push(&mut self, record: &Record) -> Result<(), PushError> {
        let (kind, offset, length, content): (_, _, _, &[u8]) = match &record.content {
            Content::Data { offset, bytes } => (Kind::Data, *offset, bytes.len() as u64, bytes),
            Content::Zeros { offset, length } => (Kind::Zeros, *offset, *length, &[]),
            Content::Digests { first, digests } => {
                let offset = first.checked_mul(GROUP_BYTES).ok_or(BulkError::Range)?;
                (Kind::Digests, offset, digests.len() as u64, digests)
            }
            Content::End { size, hash } => {
                let hash = hash.as_ref().map_or(&[][..], |hash| &hash[..]);
                (Kind::End, *size, hash.len() as u64, hash)
            }
        };
        check(kind, record.entry, offset, length)?;
        if self.room().is_none_or(|room| content.len() > room) {
            return Err(PushError::Full);
        }
        if self.message.is_empty() {
            self.message.reserve(self.max_bytes);
            self.message.put_u8(VERSION);
            self.message.put_bytes(0, HEADER_BYTES - 1);
        }
        self.message.put_u8(kind.byte());
        self.message.put_u8(0);
        self.message.put_u16(record.number);
        self.message.put_u32(record.entry);
        self.message.put_u64(offset);
        self.message.put_u64(length);
        self.message.put_slice(content);
        self.content_bytes += content.len();
        self.records += 1;
        Ok(())
    }

    /// Ends this message and begins the next. `None` if it has no record.
    ///
    /// `sent_ms` is the time of sending by the own clock, in milliseconds modulo 2^32.
    pub fn finish(&mut self, sent_ms: u32) -> Option<Bytes> {
        // All of the buffer: its owner can then take the message without a copy.
        let mut message = std::mem::take(&mut self.message);
        self.content_bytes = 0;
        self.records = 0;
        message
            .get_mut(HEADER_BYTES - 4..HEADER_BYTES)?
            .copy_from_slice(&sent_ms.to_be_bytes());
        Some(message.freeze())
    }
}
