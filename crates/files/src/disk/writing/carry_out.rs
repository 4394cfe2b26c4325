//! Does what the endpoint asks of a destination.

use maru_disk::{Destination, DiskError};
use maru_transfer::{
    control::{Code, TransferId},
    endpoint::{DiskRequest, Expected, WriteId},
    hash::FileHash,
};

use crate::disk::{DiskEvent, Open};
use crate::view::EntryView;

/// What is reported of it, if anything.
pub(super) fn carry_out(
    open: &mut Open,
    request: &DiskRequest,
) -> Result<Option<DiskEvent>, DiskError> {
    let looks_for_files = open.looks_for_files;
    let destination = &mut open.destination;
    match request {
        DiskRequest::Store {
            first,
            entries,
            last,
            ..
        } => destination.store_entries(*first, entries, *last)?,
        DiskRequest::Find { id, first, count } => {
            let found = if looks_for_files {
                destination.find(*first, *count)?
            } else {
                Vec::new()
            };
            let (id, first) = (*id, *first);
            return Ok(Some(DiskEvent::Found { id, first, found }));
        }
        DiskRequest::Compare {
            write,
            id,
            entry,
            expected,
        } => {
            let equal = destination.compare(*entry, expected)?;
            return Ok(Some(compared(*write, (*id, *entry), expected, equal)));
        }
        DiskRequest::Keep { id, entry, hash } => {
            let (id, entry) = (*id, *entry);
            return Ok(Some(if destination.keep(entry, *hash)? {
                DiskEvent::Finished { id, entry }
            } else {
                DiskEvent::NotKept { id, entry }
            }));
        }
        DiskRequest::Fail { entry, code, .. } => {
            let code = code.known().copied().unwrap_or(Code::Unreadable);
            destination.fail(*entry, code)?;
        }
        DiskRequest::Write {
            entry,
            offset,
            piece,
            ..
        } => destination.write(*entry, *offset, piece)?,
        DiskRequest::Verified {
            entry,
            group,
            digest,
            ..
        } => destination.verified(*entry, *group, *digest),
        DiskRequest::Finish { id, entry, hash } => {
            // A folder has no hash, and its is not looked at.
            destination.finish(*entry, hash.unwrap_or(FileHash([0; 32])))?;
            let (id, entry) = (*id, *entry);
            return Ok(Some(DiskEvent::Finished { id, entry }));
        }
        DiskRequest::Checkpoint { id } => {
            let durable = destination.checkpoint()?;
            return Ok(Some(DiskEvent::Checkpoint { id: *id, durable }));
        }
        DiskRequest::Conclude { id } => {
            let paths = destination.conclude()?;
            return Ok(Some(DiskEvent::Concluded { id: *id, paths }));
        }
        DiskRequest::Manifest { .. } | DiskRequest::Read { .. } => {}
    }
    Ok(None)
}

/// Entries, and the names that they get here.
pub(super) fn list(destination: &mut Destination, range: std::ops::Range<u32>) -> Vec<EntryView> {
    range
        .map_while(|number| {
            let entry = destination.entry(number).ok()?;
            Some(EntryView::new(number, entry.path, entry.kind))
        })
        .collect()
}

pub(super) fn compared(
    write: WriteId,
    (id, entry): (TransferId, u32),
    expected: &Expected,
    equal: bool,
) -> DiskEvent {
    DiskEvent::Compared {
        write,
        id,
        entry,
        expected: expected.clone(),
        equal,
    }
}
