//! Messages about one transfer.

use maru_protocol::Open;
use serde::Deserialize;

use super::{
    super::{
        Code, ControlMessage, DecodeError, GroupRange, Limit, Secret, ToVerify, TransferId, Wanted,
    },
    fields::{Integer, RawEntry, code, entries, present},
};
use crate::hash::MAX_GROUPS;
use crate::limits::{MAX_ENTRIES, MAX_NAMES, MAX_WANTED};

pub(super) fn offer(text: &str) -> Result<ControlMessage, DecodeError> {
    #[derive(Deserialize)]
    struct Offer<'a> {
        id: TransferId,
        number: u16,
        files: Integer,
        folders: Integer,
        bytes: Integer,
        #[serde(borrow)]
        names: Vec<RawEntry<'a>>,
        skipped: Integer,
        secret: Secret,
    }
    let offer: Offer<'_> = serde_json::from_str(text)?;
    let id = offer.id;
    if offer.names.len() > MAX_NAMES {
        return Err(DecodeError::limit(id, Limit::Names));
    }
    let (files, folders) = (offer.files.count(id)?, offer.folders.count(id)?);
    if files + folders > MAX_ENTRIES {
        return Err(DecodeError::limit(id, Limit::Entries));
    }
    Ok(ControlMessage::Offer {
        id,
        number: offer.number,
        files,
        folders,
        bytes: offer.bytes.0,
        names: entries(id, offer.names)?,
        skipped: offer.skipped.0,
        secret: offer.secret,
    })
}

pub(super) fn manifest(text: &str) -> Result<ControlMessage, DecodeError> {
    #[derive(Deserialize)]
    struct Manifest<'a> {
        id: TransferId,
        first: Integer,
        #[serde(borrow)]
        entries: Vec<RawEntry<'a>>,
        last: bool,
    }
    let manifest: Manifest<'_> = serde_json::from_str(text)?;
    let id = manifest.id;
    let first = manifest.first.count(id)?;
    if first as usize + manifest.entries.len() > MAX_ENTRIES as usize {
        return Err(DecodeError::limit(id, Limit::Entries));
    }
    Ok(ControlMessage::Manifest {
        id,
        first,
        entries: entries(id, manifest.entries)?,
        last: manifest.last,
    })
}

pub(super) fn accept(text: &str) -> Result<ControlMessage, DecodeError> {
    #[derive(Deserialize)]
    struct Accept {
        id: TransferId,
        secret: Secret,
    }
    let Accept { id, secret } = serde_json::from_str(text)?;
    Ok(ControlMessage::Accept { id, secret })
}

pub(super) fn list(text: &str) -> Result<ControlMessage, DecodeError> {
    #[derive(Deserialize)]
    struct List {
        id: TransferId,
        first: Integer,
    }
    let List { id, first } = serde_json::from_str(text)?;
    let first = first.count(id)?;
    Ok(ControlMessage::List { id, first })
}

/// `decline` and `cancel`.
#[derive(Deserialize)]
pub(super) struct Coded {
    pub(super) id: TransferId,
    #[serde(deserialize_with = "code")]
    pub(super) code: Open<Code>,
}

pub(super) fn want(text: &str) -> Result<ControlMessage, DecodeError> {
    #[derive(Deserialize)]
    struct Want {
        id: TransferId,
        entry: Integer,
        #[serde(default, deserialize_with = "present")]
        count: Option<Option<Integer>>,
        groups: Option<Vec<(Integer, Integer)>>,
    }
    let want: Want = serde_json::from_str(text)?;
    let id = want.id;
    let entry = want.entry.entry(id)?;
    let wanted = match (want.count, want.groups) {
        (Some(None), None) => Wanted::Count(None),
        (Some(Some(count)), None) => Wanted::Count(Some(entry_count(id, entry, count)?)),
        (None, Some(groups)) if groups.len() > MAX_WANTED => {
            return Err(DecodeError::limit(id, Limit::Wanted));
        }
        (None, Some(groups)) => Wanted::Groups(
            groups
                .into_iter()
                .map(|(first, count)| group_range(id, first, count))
                .collect::<Result<_, _>>()?,
        ),
        _ => {
            return Err(DecodeError::Contradiction(
                "`want` has either `count` or `groups`",
            ));
        }
    };
    Ok(ControlMessage::Want { id, entry, wanted })
}

fn entry_count(id: TransferId, entry: u32, count: Integer) -> Result<u32, DecodeError> {
    match count.count(id)? {
        0 => Err(DecodeError::Contradiction("no entry is wanted")),
        count if count > MAX_ENTRIES - entry => Err(DecodeError::limit(id, Limit::Entries)),
        count => Ok(count),
    }
}

fn group_range(id: TransferId, first: Integer, count: Integer) -> Result<GroupRange, DecodeError> {
    let (first, count) = (first.0, count.0);
    if count == 0 {
        return Err(DecodeError::Contradiction("a range has no group"));
    }
    // Both are below 2^53.
    if first + count > MAX_GROUPS {
        return Err(DecodeError::limit(id, Limit::FileBytes));
    }
    Ok(GroupRange { first, count })
}

pub(super) fn verify(text: &str) -> Result<ControlMessage, DecodeError> {
    #[derive(Deserialize)]
    struct Verify {
        id: TransferId,
        entry: Integer,
        first: Option<Integer>,
        count: Integer,
    }
    let verify: Verify = serde_json::from_str(text)?;
    let id = verify.id;
    let entry = verify.entry.entry(id)?;
    let to_verify = match verify.first {
        Some(first) => ToVerify::Groups(group_range(id, first, verify.count)?),
        None => ToVerify::Entries {
            count: entry_count(id, entry, verify.count)?,
        },
    };
    Ok(ControlMessage::Verify {
        id,
        entry,
        to_verify,
    })
}

pub(super) fn durable(text: &str) -> Result<ControlMessage, DecodeError> {
    #[derive(Deserialize)]
    struct Durable {
        id: TransferId,
        bytes: Integer,
    }
    let Durable { id, bytes } = serde_json::from_str(text)?;
    Ok(ControlMessage::Durable { id, bytes: bytes.0 })
}

/// `pause`, `resume` and `done`.
pub(super) fn id(text: &str) -> Result<TransferId, DecodeError> {
    #[derive(Deserialize)]
    struct Id {
        id: TransferId,
    }
    let Id { id } = serde_json::from_str(text)?;
    Ok(id)
}

pub(super) fn error(text: &str) -> Result<ControlMessage, DecodeError> {
    #[derive(Deserialize)]
    struct Error {
        id: Option<TransferId>,
        entry: Option<Integer>,
        #[serde(deserialize_with = "code")]
        code: Open<Code>,
        #[serde(default)]
        text: String,
    }
    let error: Error = serde_json::from_str(text)?;
    let entry = match (error.id, error.entry) {
        (_, None) => None,
        (Some(id), Some(entry)) => Some(entry.entry(id)?),
        (None, Some(_)) => return Err(DecodeError::Contradiction("an entry of no transfer")),
    };
    Ok(ControlMessage::Error {
        id: error.id,
        entry,
        code: error.code,
        text: error.text,
    })
}
