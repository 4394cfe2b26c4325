//! Fields of several messages as JSON has them, before their limits are checked.

use std::borrow::Cow;

use maru_protocol::Open;
use serde::{Deserialize, Deserializer, de::Error};

use super::super::{
    Code, DecodeError, Entry, EntryKind, Limit, Modified, RelativePath, TransferId,
};
use crate::limits::{MAX_ENTRIES, MAX_FILE_BYTES};

/// An integer that every JSON parser reads exactly: below 2^53 (RFC 8259 §6).
#[derive(Clone, Copy)]
pub(super) struct Integer(pub(super) u64);

/// The largest [`Integer`].
const MAX_INTEGER: u64 = (1 << 53) - 1;

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            value @ 0..=MAX_INTEGER => Ok(Self(value)),
            _ => Err(D::Error::custom("2^53 or more")),
        }
    }
}

impl Integer {
    /// As a number of entries.
    pub(super) fn count(self, id: TransferId) -> Result<u32, DecodeError> {
        match u32::try_from(self.0) {
            Ok(count @ 0..=MAX_ENTRIES) => Ok(count),
            _ => Err(DecodeError::limit(id, Limit::Entries)),
        }
    }

    /// As the number of an entry.
    pub(super) fn entry(self, id: TransferId) -> Result<u32, DecodeError> {
        match self.count(id)? {
            MAX_ENTRIES => Err(DecodeError::limit(id, Limit::Entries)),
            entry => Ok(entry),
        }
    }
}

/// An [`Entry`] whose path is not checked.
#[derive(Deserialize)]
pub(super) struct RawEntry<'a> {
    #[serde(borrow)]
    path: Cow<'a, str>,
    #[serde(default, deserialize_with = "size")]
    size: Option<u64>,
    #[serde(default)]
    folder: bool,
    #[serde(deserialize_with = "modified")]
    modified: Modified,
}

fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    match u64::deserialize(deserializer)? {
        size @ 0..=MAX_FILE_BYTES => Ok(Some(size)),
        _ => Err(D::Error::custom("2^53 or more")),
    }
}

fn modified<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Modified, D::Error> {
    match <(i64, u32)>::deserialize(deserializer)? {
        (seconds, nanoseconds @ 0..1_000_000_000) if seconds.unsigned_abs() <= MAX_INTEGER => {
            Ok(Modified {
                seconds,
                nanoseconds,
            })
        }
        _ => Err(D::Error::custom("not a time")),
    }
}

/// The entries of a message about transfer `id`.
pub(super) fn entries(id: TransferId, raw: Vec<RawEntry<'_>>) -> Result<Vec<Entry>, DecodeError> {
    raw.into_iter().map(|raw| entry(id, &raw)).collect()
}

fn entry(id: TransferId, raw: &RawEntry<'_>) -> Result<Entry, DecodeError> {
    let kind = match (raw.size, raw.folder) {
        (Some(size), false) => EntryKind::File { size },
        (None, true) => EntryKind::Folder,
        _ => {
            return Err(DecodeError::Contradiction(
                "an entry has either a size or is a folder",
            ));
        }
    };
    let path = RelativePath::new(&raw.path).map_err(|error| DecodeError::path(id, error))?;
    Ok(Entry {
        path,
        kind,
        modified: raw.modified,
    })
}

/// For a field in which null differs from its absence.
pub(super) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Interfaces and records need not take one of any length.
pub(super) fn code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Open<Code>, D::Error> {
    Open::deserialize(deserializer).map(Code::shortened)
}
