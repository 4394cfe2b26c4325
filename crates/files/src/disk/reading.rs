//! The thread that reads what is sent.

use std::collections::HashMap;
use std::sync::{Arc, mpsc as jobs};

use maru_disk::Source;
use maru_transfer::{
    control::{Code, TransferId},
    endpoint::DiskRequest,
    hash::GROUP_BYTES,
};
use tokio::sync::mpsc;

use super::shared_reads::{Group, Position, SharedReads};
use super::{DiskEvent, ReadingJob};
use crate::view::EntryView;

/// So many bytes are reported at once: many small files, or one group of a large one.
const REPORTED_BYTES: u64 = 256 << 10;

pub(super) fn run(
    jobs: &jobs::Receiver<ReadingJob>,
    events: &mpsc::UnboundedSender<Vec<DiskEvent>>,
) {
    let mut sources: HashMap<TransferId, OpenSource> = HashMap::new();
    while let Ok(job) = jobs.recv() {
        match job {
            ReadingJob::Add(id, source, shared) => {
                let source = *source;
                sources.insert(id, OpenSource { id, source, shared });
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
                    done.extend(source.perform(&request));
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
                    .map(|open| list(&mut open.source, range))
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

/// What is sent to one recipient.
struct OpenSource {
    id: TransferId,
    source: Source,
    /// With the other recipients of the offer.
    shared: Arc<SharedReads>,
}

impl Drop for OpenSource {
    fn drop(&mut self) {
        self.shared.leave(self.id);
    }
}

impl OpenSource {
    fn perform(&mut self, request: &DiskRequest) -> Option<DiskEvent> {
        match *request {
            DiskRequest::Manifest {
                id,
                first,
                max_json_bytes,
            } => {
                let outcome = self.source.entries(first, max_json_bytes).map(|entries| {
                    let next = usize::try_from(first)
                        .unwrap_or(usize::MAX)
                        .saturating_add(entries.len());
                    let last = next >= usize::try_from(self.source.len()).unwrap_or(usize::MAX);
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
                size,
                last,
                ..
            } => {
                let position = Position { entry, offset };
                let outcome = self.read(position, length, size, last);
                Some(DiskEvent::Read { read, outcome })
            }
            _ => None,
        }
    }

    fn read(
        &mut self,
        position: Position,
        length: u64,
        size: u64,
        last: bool,
    ) -> Result<Group, Code> {
        let Position { entry, offset } = position;
        let source = &mut self.source;
        let (group, is_kept) = self.shared.read(self.id, position, size, || {
            let pieces = source
                .read(entry, offset, length, last)
                .map_err(|error| error.code)?;
            let group = offset / GROUP_BYTES;
            let hash = (length > 0).then(|| maru_transfer::hash_pieces(size, group, &pieces));
            // Not what was asked for: the file is not what it was.
            let hash = hash.transpose().map_err(|_| Code::Changed)?;
            Ok(Group { pieces, hash })
        })?;
        // A file of one group was checked when it was read. Of another one, the groups that were read before by this
        // recipient alone are checked now.
        if is_kept && last && size > GROUP_BYTES {
            source.read(entry, 0, 0, true).map_err(|error| error.code)?;
        }
        Ok(group)
    }
}

fn list(source: &mut Source, range: std::ops::Range<u32>) -> Vec<EntryView> {
    // More than enough: they are cut.
    let entries = source.entries(range.start, 1 << 20).unwrap_or_default();
    EntryView::all(range, entries).collect()
}
