//! Transfers that were complete when the program was killed, before that was remembered.

use maru_disk::{Destination, End, EndKind, Record, Store};
use maru_protocol::Open;
use maru_transfer::resume::Role;

use super::records::{now, resume_key};

/// Ends a transfer of which everything is in its place, as its journal says. The sender may have got `done`: then it takes
/// part no more, and the transfer would wait here for ever. One that has not got it is answered.
pub(super) fn end_if_concluded(store: &Store, record: &mut Record) {
    let is_unfinished = record.end.is_none() && resume_key(record).is_some();
    if record.role != Role::Receiver || !is_unfinished {
        return;
    }
    let folder = store.folder(record.id, record.role);
    // What cannot be read is found out when the partner is there.
    if !matches!(Destination::is_concluded(&folder), Ok(true)) {
        return;
    }
    // Its folder may be gone, or the drive: it is over all the same, and there is nothing to show.
    if let Ok((destination, restored)) = Destination::reopen(&folder) {
        for (entry, code) in restored.failed {
            record.failed.insert(entry, &Open::Known(code));
        }
        record.location = destination.published().first().cloned();
        record.hash = restored.hash;
        record.progress.transferred = restored.bytes;
    }
    let failed = record.failed.count();
    record.progress.files_failed = failed;
    record.progress.files_done = record.files.saturating_sub(failed);
    record.updated = now();
    record.paused = false;
    record.end = Some(End {
        kind: EndKind::Done,
        code: record.failed.iter().next().map(|(code, _)| code.clone()),
        is_unanswered: true,
        is_listed: true,
        is_retried: false,
    });
    // If it cannot be stored, the next start finds it again.
    let _ = store.update(record);
}
