//! The thread that writes what is received.

mod carry_out;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::mpsc::{self as jobs, RecvTimeoutError};
use std::time::{Duration, Instant};

use maru_disk::{Destination, DiskError, check_folder};
use maru_transfer::{
    control::{Code, TransferId},
    endpoint::DiskRequest,
};
use tokio::sync::mpsc;

use self::carry_out::{carry_out, compared, list};
use super::{DiskEvent, Open, WritingJob};

/// How often a disk that failed is tried again.
const RETRY: Duration = Duration::from_secs(3);

/// A transfer whose disk failed: its requests are dropped until it can be opened again.
struct Stuck {
    record: PathBuf,
    folder: PathBuf,
    bytes: u64,
    looks_for_files: bool,
    /// Why, as was reported.
    code: Code,
    /// When it is tried again; never if it has failed for good.
    next: Option<Instant>,
}

struct Writing<'a> {
    open: HashMap<TransferId, Open>,
    stuck: HashMap<TransferId, Stuck>,
    /// Of the present job.
    done: Vec<DiskEvent>,
    events: &'a mpsc::UnboundedSender<Vec<DiskEvent>>,
}

pub(super) fn run(
    jobs: &jobs::Receiver<WritingJob>,
    events: &mpsc::UnboundedSender<Vec<DiskEvent>>,
) {
    let mut writing = Writing {
        open: HashMap::new(),
        stuck: HashMap::new(),
        done: Vec::new(),
        events,
    };
    loop {
        let job = if writing.stuck.is_empty() {
            jobs.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            jobs.recv_timeout(RETRY)
        };
        match job {
            Ok(job) => writing.perform(job),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return writing.checkpoint_all(),
        }
        writing.retry_due();
        writing.report();
    }
}

impl Writing<'_> {
    fn perform(&mut self, job: WritingJob) {
        match job {
            WritingJob::Add(id, open) => {
                self.open.insert(id, *open);
            }
            WritingJob::Remove {
                id,
                discard,
                released,
            } => {
                let stuck = self.stuck.remove(&id);
                let open = self.open.remove(&id);
                if discard {
                    // What cannot be removed now is removed with its record later.
                    let _ = match (open, stuck) {
                        (Some(open), _) => open.destination.discard(),
                        (None, Some(stuck)) => Destination::remove_staging(&stuck.record),
                        (None, None) => Ok(()),
                    };
                }
                let _ = released.send(());
            }
            WritingJob::Requests(requests) => {
                for request in requests {
                    if matches!(
                        request,
                        DiskRequest::Checkpoint { .. } | DiskRequest::Conclude { .. }
                    ) {
                        // It may take long, and credit must not wait for it.
                        self.report();
                    }
                    self.request(&request);
                }
            }
            WritingJob::Entries(id, range, answer) => {
                let entries = self
                    .open
                    .get_mut(&id)
                    .map(|open| list(&mut open.destination, range))
                    .unwrap_or_default();
                let _ = answer.send(entries);
            }
            WritingJob::Retry(id) => {
                if let Some(stuck) = self.stuck.get_mut(&id) {
                    stuck.next = stuck.next.map(|_| Instant::now());
                }
            }
            WritingJob::Close(answer) => {
                self.checkpoint_all();
                self.open.clear();
                self.stuck.clear();
                let _ = answer.send(());
            }
        }
    }

    fn request(&mut self, request: &DiskRequest) {
        let id = request.id();
        let outcome = self.open.get_mut(&id).map(|open| carry_out(open, request));
        if let DiskRequest::Write { write, piece, .. } = request {
            let bytes = piece.len();
            let write = *write;
            self.emit(DiskEvent::Written { write, id, bytes });
        }
        if let DiskRequest::Compare {
            write,
            entry,
            expected,
            ..
        } = request
            && !matches!(outcome, Some(Ok(Some(_))))
        {
            let equal = false;
            self.emit(compared(*write, (id, *entry), expected, equal));
        }
        let refused = self
            .open
            .get_mut(&id)
            .map(|open| open.destination.take_refused());
        for (entry, code) in refused.into_iter().flatten() {
            self.emit(DiskEvent::Refused { id, entry, code });
        }
        match outcome {
            Some(Ok(Some(event))) => self.emit(event),
            // Of a transfer that is over, or stuck.
            Some(Ok(None)) | None => {}
            Some(Err(error)) => self.stop(id, error.code),
        }
    }

    /// The disk of a transfer failed.
    fn stop(&mut self, id: TransferId, code: Code) {
        let Some(mut open) = self.open.remove(&id) else {
            return;
        };
        let can_go_on = code != Code::Limit;
        if can_go_on {
            // What can still be made durable has not to be sent again.
            let _ = open.destination.checkpoint();
        }
        let stuck = Stuck {
            record: open.record,
            folder: open.folder,
            bytes: open.bytes,
            looks_for_files: open.looks_for_files,
            code,
            next: can_go_on.then(|| Instant::now() + RETRY),
        };
        self.stuck.insert(id, stuck);
        self.emit(match can_go_on {
            true => DiskEvent::Problem { id, code },
            // The same would happen again and again.
            false => DiskEvent::Failed { id, code },
        });
    }

    fn retry_due(&mut self) {
        let now = Instant::now();
        let due: Vec<TransferId> = self
            .stuck
            .iter()
            .filter(|(_, stuck)| stuck.next.is_some_and(|next| now >= next))
            .map(|(id, _)| *id)
            .collect();
        for id in due {
            let Some(stuck) = self.stuck.get_mut(&id) else {
                continue;
            };
            stuck.next = Some(now + RETRY);
            let (destination, restored) = match reopen(stuck) {
                Ok(reopened) => reopened,
                Err(DiskError { code, .. }) => {
                    let is_same = std::mem::replace(&mut stuck.code, code) == code;
                    if !code.can_be_mended() {
                        stuck.next = None;
                        self.emit(DiskEvent::Failed { id, code });
                    } else if !is_same {
                        self.emit(DiskEvent::Problem { id, code });
                    }
                    continue;
                }
            };
            if let Some(stuck) = self.stuck.remove(&id) {
                let open = Open {
                    destination,
                    record: stuck.record,
                    folder: stuck.folder,
                    bytes: stuck.bytes,
                    looks_for_files: stuck.looks_for_files,
                };
                self.open.insert(id, open);
                self.emit(DiskEvent::Mended { id, restored });
            }
        }
    }

    fn checkpoint_all(&mut self) {
        for open in self.open.values_mut() {
            // What is not durable is received again.
            let _ = open.destination.checkpoint();
        }
    }

    fn emit(&mut self, event: DiskEvent) {
        self.done.push(event);
    }

    fn report(&mut self) {
        if !self.done.is_empty() {
            // Fails when the link is gone; this thread ends with it.
            let _ = self.events.send(std::mem::take(&mut self.done));
        }
    }
}

fn reopen(stuck: &Stuck) -> Result<(Destination, maru_transfer::endpoint::Restored), DiskError> {
    let (destination, restored) = Destination::reopen(&stuck.record)?;
    let missing = stuck.bytes.saturating_sub(restored.bytes);
    check_folder(&stuck.folder, missing, 0)?;
    Ok((destination, crate::disk::restored(restored)))
}

#[cfg(test)]
mod tests;
