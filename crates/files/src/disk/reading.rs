//! The thread that reads what is sent.

use std::collections::HashMap;
use std::sync::mpsc as jobs;

use maru_disk::Source;
use maru_transfer::{
    control::{Entry, EntryKind, TransferId},
    endpoint::DiskRequest,
};
use tokio::sync::mpsc;

use super::{DiskEvent, ReadingJob};
use crate::view::{EntryState, EntryView};

/// So many bytes are reported at once: many small files, or one group of a large one.
const REPORTED_BYTES: u64 = 256 << 10;

pub(super) fn run(
    jobs: &jobs::Receiver<ReadingJob>,
    events: &mpsc::UnboundedSender<Vec<DiskEvent>>,
) {
    let mut sources: HashMap<TransferId, Source> = HashMap::new();
    while let Ok(job) = jobs.recv() {
        match job {
            ReadingJob::Add(id, source) => {
                sources.insert(id, *source);
            }
            ReadingJob::Remove(id) => {
                sources.remove(&id);
            }
            ReadingJob::Requests(requests) => {
                let mut done = Vec::new();
                let mut bytes = 0;
                for request in requests {
                    // Of a transfer that is over: nobody waits for it.
                    let Some(source) = sources.get_mut(&request.id()) else {
                        continue;
                    };
                    done.extend(perform(source, &request));
                    bytes += length(&request);
                    if bytes >= REPORTED_BYTES {
                        bytes = 0;
                        if events.send(std::mem::take(&mut done)).is_err() {
                            return;
                        }
                    }
                }
                if !done.is_empty() && events.send(done).is_err() {
                    return;
                }
            }
            ReadingJob::Entries(id, range, answer) => {
                let entries = sources
                    .get_mut(&id)
                    .map(|source| list(source, range))
                    .unwrap_or_default();
                let _ = answer.send(entries);
            }
        }
    }
}

const fn length(request: &DiskRequest) -> u64 {
    match request {
        DiskRequest::Read { length, .. } => *length,
        _ => 0,
    }
}

fn perform(source: &mut Source, request: &DiskRequest) -> Option<DiskEvent> {
    match *request {
        DiskRequest::Manifest {
            id,
            first,
            max_json_bytes,
        } => {
            let outcome = source.entries(first, max_json_bytes).map(|entries| {
                let next = usize::try_from(first)
                    .unwrap_or(usize::MAX)
                    .saturating_add(entries.len());
                let last = next >= usize::try_from(source.len()).unwrap_or(usize::MAX);
                (entries, last)
            });
            Some(DiskEvent::Manifest {
                id,
                first,
                outcome: outcome.map_err(|error| error.code),
            })
        }
        DiskRequest::Read {
            read,
            entry,
            offset,
            length,
            last,
            ..
        } => Some(DiskEvent::Read {
            read,
            outcome: source
                .read(entry, offset, length, last)
                .map_err(|error| error.code),
        }),
        _ => None,
    }
}

fn list(source: &mut Source, range: std::ops::Range<u32>) -> Vec<EntryView> {
    // More than enough: they are cut.
    let entries = source.entries(range.start, 1 << 20).unwrap_or_default();
    let view = |(number, entry): (u32, Entry)| {
        let (folder, size) = match entry.kind {
            EntryKind::File { size } => (false, size),
            EntryKind::Folder => (true, 0),
        };
        EntryView {
            entry: number,
            path: entry.path.as_str().to_owned(),
            folder,
            size,
            state: EntryState::Waiting,
            code: None,
            transferred: 0,
        }
    };
    range.zip(entries).map(view).collect()
}
