use bytes::{Buf, Bytes};

use super::{
    BulkError, Content, FIRST_KIND_WITHOUT_CONTENT, HEADER_BYTES, Kind, RECORD_HEADER_BYTES,
    Record, VERSION, check,
};
use crate::{
    hash::GROUP_BYTES,
    limits::{MAX_BULK_BYTES, MAX_RECORDS},
};

/// A decoded bulk message. Its records are read from the message itself: nothing is copied, and nothing is allocated
/// for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkMessage {
    sent_ms: u32,
    content_bytes: usize,
    records: Bytes,
}

impl BulkMessage {
    /// Checks the whole message, so that none of a malformed one has an effect.
    ///
    /// # Errors
    /// See [`BulkError`]. A message above [`MAX_BULK_BYTES`] is not read.
    pub fn decode(mut message: Bytes) -> Result<Self, BulkError> {
        if message.len() > MAX_BULK_BYTES {
            return Err(BulkError::TooLong);
        }
        match message.first() {
            Some(&VERSION) => {}
            Some(&version) => return Err(BulkError::Version(version)),
            None => return Err(BulkError::Truncated),
        }
        if message.len() < HEADER_BYTES {
            return Err(BulkError::Truncated);
        }
        let mut header = message.split_to(HEADER_BYTES);
        header.advance(4);
        let sent_ms = header.get_u32();
        let records = message;
        if records.is_empty() {
            return Err(BulkError::NoRecord);
        }
        let (mut rest, mut content_bytes, mut count) = (records.clone(), 0, 0);
        while !rest.is_empty() {
            count += 1;
            if count > MAX_RECORDS {
                return Err(BulkError::TooManyRecords);
            }
            let before = rest.len();
            take_record(&mut rest)?;
            content_bytes += before - rest.len() - RECORD_HEADER_BYTES;
        }
        Ok(Self {
            sent_ms,
            content_bytes,
            records,
        })
    }

    /// When it was sent, in milliseconds modulo 2^32 of the sender's clock.
    #[must_use]
    pub const fn sent_ms(&self) -> u32 {
        self.sent_ms
    }

    /// Bytes of content, for which the receiver gave credit: all but the headers. Content of unknown kinds counts.
    #[must_use]
    pub const fn content_bytes(&self) -> usize {
        self.content_bytes
    }

    /// The records of kinds that this version knows, in their order; maybe none.
    #[must_use]
    pub fn records(&self) -> Records {
        Records {
            rest: self.records.clone(),
        }
    }
}

/// See [`BulkMessage::records`].
#[derive(Debug, Clone)]
pub struct Records {
    rest: Bytes,
}

impl Iterator for Records {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        while !self.rest.is_empty() {
            // `decode` has read all of them before, so there is no error.
            if let Some(record) = take_record(&mut self.rest).ok()? {
                return Some(record);
            }
        }
        None
    }
}

/// Takes one record from the front. `None`: a kind of a later version.
fn take_record(rest: &mut Bytes) -> Result<Option<Record>, BulkError> {
    if rest.len() < RECORD_HEADER_BYTES {
        return Err(BulkError::Truncated);
    }
    let mut header = rest.split_to(RECORD_HEADER_BYTES);
    let kind = header.get_u8();
    header.advance(1);
    let number = header.get_u16();
    let entry = header.get_u32();
    let offset = header.get_u64();
    let length = header.get_u64();
    let Some(known) = Kind::from_byte(kind) else {
        if kind < FIRST_KIND_WITHOUT_CONTENT {
            take(rest, length)?;
        }
        return Ok(None);
    };
    check(known, entry, offset, length)?;
    let content = match known {
        Kind::Data => Content::Data {
            offset,
            bytes: take(rest, length)?,
        },
        Kind::Zeros => Content::Zeros { offset, length },
        Kind::Digests => Content::Digests {
            first: offset / GROUP_BYTES,
            digests: take(rest, length)?,
        },
        Kind::End => {
            let hash = take(rest, length)?;
            Content::End {
                size: offset,
                hash: hash.as_ref().try_into().ok(),
            }
        }
    };
    Ok(Some(Record {
        number,
        entry,
        content,
    }))
}

fn take(rest: &mut Bytes, length: u64) -> Result<Bytes, BulkError> {
    match usize::try_from(length) {
        Ok(length) if length <= rest.len() => Ok(rest.split_to(length)),
        _ => Err(BulkError::Truncated),
    }
}
