//! The entries of transfers that no link has: they wait for a connection, or are over.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::time::Duration;

use maru_disk::{EntryStatus, MANIFEST, ReceivedEntries, Source};
use maru_protocol::Open;
use maru_transfer::{
    control::{Code, TransferId},
    resume::Role,
};
use tokio::sync::oneshot;

use crate::view::{EntryState, EntryView};

/// Requests that wait; the page has a few at a time.
const MAX_JOBS: usize = 64;
/// So long the entries of the transfer that was listed last stay open: the page asks for one part after the other.
const KEPT: Duration = Duration::from_secs(30);

/// Entries of one transfer to be listed.
pub(super) struct Job {
    pub(super) of: Listed,
    pub(super) folder: PathBuf,
    pub(super) range: Range<u32>,
    /// Of a sender: why those of the range failed.
    pub(super) failed: Vec<Option<Open<Code>>>,
    /// Of a sender: those that did not fail were received.
    pub(super) is_done: bool,
    /// Of a receiver: what has no place was removed.
    pub(super) is_discarded: bool,
    pub(super) answer: oneshot::Sender<Vec<EntryView>>,
}

/// A state of a transfer: what was read of an earlier one is not used.
pub(super) type Listed = (TransferId, Role, u64);

/// The thread that lists. It begins with the first request.
#[derive(Debug, Default)]
pub(super) struct StoredEntries(Option<SyncSender<Job>>);

impl StoredEntries {
    /// An answer that is dropped lists nothing.
    pub(super) fn list(&mut self, job: Job) {
        let jobs = self.0.get_or_insert_with(start);
        if let Err(TrySendError::Disconnected(_)) = jobs.try_send(job) {
            // It could not start, or panicked: the next request starts it again.
            self.0 = None;
        }
    }
}

fn start() -> SyncSender<Job> {
    let (sender, jobs) = mpsc::sync_channel(MAX_JOBS);
    // Without a thread the receiver is dropped, which the sender notices.
    let _ = std::thread::Builder::new()
        .name("files-list".into())
        .spawn(move || run(&jobs));
    sender
}

enum Opened {
    Sent(Source),
    Received(Box<ReceivedEntries>),
}

fn run(jobs: &Receiver<Job>) {
    let mut opened: Option<(Listed, Opened)> = None;
    loop {
        let job = if opened.is_some() {
            jobs.recv_timeout(KEPT)
        } else {
            jobs.recv().map_err(|_| RecvTimeoutError::Disconnected)
        };
        let job = match job {
            Ok(job) => job,
            Err(RecvTimeoutError::Timeout) => {
                opened = None;
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        if opened.as_ref().is_none_or(|(of, _)| *of != job.of) {
            opened = open(&job).map(|entries| (job.of, entries));
        }
        let entries = opened
            .as_mut()
            .map(|(_, entries)| list(entries, &job))
            .unwrap_or_default();
        let _ = job.answer.send(entries);
    }
}

fn open(job: &Job) -> Option<Opened> {
    let (_, role, _) = job.of;
    match role {
        Role::Sender => Source::open(&job.folder.join(MANIFEST))
            .map(Opened::Sent)
            .ok(),
        Role::Receiver => ReceivedEntries::open(&job.folder, job.is_discarded)
            .map(|entries| Opened::Received(Box::new(entries)))
            .ok(),
    }
}

fn list(entries: &mut Opened, job: &Job) -> Vec<EntryView> {
    match entries {
        Opened::Sent(source) => {
            // More than enough: they are cut.
            let entries = source.entries(job.range.start, 1 << 20).unwrap_or_default();
            let views = EntryView::all(job.range.clone(), entries);
            let all = views.zip(&job.failed);
            all.map(|(view, failed)| sent(view, failed.clone(), job.is_done))
                .collect()
        }
        Opened::Received(received) => job
            .range
            .clone()
            .map_while(|number| {
                let (placed, status) = received.get(number).ok()?;
                let view = EntryView::new(number, placed.path, placed.kind);
                Some(with_status(view, status))
            })
            .collect(),
    }
}

fn sent(view: EntryView, failed: Option<Open<Code>>, is_done: bool) -> EntryView {
    match failed {
        Some(code) => EntryView {
            state: EntryState::Failed,
            code: Some(code),
            ..view
        },
        None if is_done => with_status(view, EntryStatus::Done),
        None => view,
    }
}

fn with_status(view: EntryView, status: EntryStatus) -> EntryView {
    match status {
        EntryStatus::Failed(code) => EntryView {
            state: EntryState::Failed,
            code: Some(Open::Known(code)),
            ..view
        },
        EntryStatus::Done => EntryView {
            state: EntryState::Done,
            transferred: view.size,
            ..view
        },
        EntryStatus::Arrived(bytes) if bytes > 0 => EntryView {
            state: EntryState::Active,
            transferred: bytes,
            ..view
        },
        EntryStatus::Arrived(_) => view,
    }
}
