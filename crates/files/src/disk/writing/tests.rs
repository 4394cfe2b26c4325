//! The thread with real destinations, of transfers that cannot go on.

use std::path::Path;
use std::thread::JoinHandle;

use maru_transfer::control::{Entry, EntryKind, Modified, RelativePath};
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::*;

const ID: TransferId = TransferId([1; 16]);

struct Thread {
    folder: TempDir,
    jobs: jobs::Sender<WritingJob>,
    events: mpsc::UnboundedReceiver<Vec<DiskEvent>>,
    thread: JoinHandle<()>,
}

impl Thread {
    /// A thread with a transfer that is received.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [received, record] = ["received", "record"].map(|name| folder.path().join(name));
        for folder in [&received, &record] {
            std::fs::create_dir(folder).unwrap();
        }
        let open = Open {
            destination: Destination::create(&received, &record).unwrap(),
            record,
            folder: received,
            bytes: 0,
            looks_for_files: false,
        };
        let (jobs, to_do) = jobs::channel();
        let (events, reported) = mpsc::unbounded_channel();
        let thread = std::thread::spawn(move || run(&to_do, &events));
        jobs.send(WritingJob::Add(ID, Box::new(open))).unwrap();
        Self {
            folder,
            jobs,
            events: reported,
            thread,
        }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn store(&self, first: u32, entries: Vec<Entry>) {
        let request = DiskRequest::Store {
            id: ID,
            first,
            entries,
            last: false,
        };
        self.jobs.send(WritingJob::Requests(vec![request])).unwrap();
    }

    fn next(&mut self) -> DiskEvent {
        let mut events = self.events.blocking_recv().unwrap();
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    }

    /// The transfer is over, as for the link. Returns what else was reported.
    fn end(mut self) -> (TempDir, Vec<DiskEvent>) {
        let (released, when_released) = oneshot::channel();
        let job = WritingJob::Remove {
            id: ID,
            discard: true,
            released,
        };
        self.jobs.send(job).unwrap();
        when_released.blocking_recv().unwrap();
        drop(self.jobs);
        self.thread.join().unwrap();
        let events = std::iter::from_fn(|| self.events.try_recv().ok());
        let events = events.flatten().collect();
        (self.folder, events)
    }
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

fn entry(path: &str) -> Entry {
    Entry {
        path: RelativePath::new(path).unwrap(),
        kind: EntryKind::File { size: 0 },
        modified: Modified {
            seconds: 0,
            nanoseconds: 0,
        },
    }
}

/// Few entries, each with as many folders in its path as it may have: together more than a transfer may.
#[test]
fn a_manifest_with_too_many_folders_ends_the_transfer_once() {
    const ENTRIES: u32 = 16_200;
    let mut thread = Thread::new();
    let depth = "/x".repeat(62);
    let numbers: Vec<u32> = (0..ENTRIES).collect();
    for some in numbers.chunks(500) {
        let entries = some.iter().map(|of| entry(&format!("{of}{depth}")));
        thread.store(some[0], entries.collect());
    }
    let failed = thread.next();
    let is_limit = matches!(
        failed,
        DiskEvent::Failed {
            id: ID,
            code: Code::Limit
        }
    );
    assert!(is_limit, "{failed:?}");
    // What was sent before the sender knew.
    thread.store(ENTRIES, vec![entry("more")]);
    thread.jobs.send(WritingJob::Retry(ID)).unwrap();
    let (folder, events) = thread.end();
    assert!(events.is_empty(), "{events:?}");
    assert!(
        is_empty(&folder.path().join("received")),
        "no staging folder"
    );
}

#[test]
fn the_reason_of_a_problem_is_the_present_one_and_a_cancelled_transfer_leaves_nothing() {
    let mut thread = Thread::new();
    let [received, away] = ["received", "away"].map(|name| thread.path(name));
    std::fs::rename(&received, &away).unwrap();
    // Beyond the manifest: an error of the caller, which stands for one of the disk.
    thread.store(7, vec![entry("a")]);
    let problem = thread.next();
    let is_problem = matches!(
        problem,
        DiskEvent::Problem {
            id: ID,
            code: Code::Unwritable
        }
    );
    assert!(is_problem, "{problem:?}");
    for _ in 0..2 {
        // The second time it is the same.
        thread.jobs.send(WritingJob::Retry(ID)).unwrap();
    }
    let problem = thread.next();
    let is_problem = matches!(
        problem,
        DiskEvent::Problem {
            id: ID,
            code: Code::Missing
        }
    );
    assert!(is_problem, "{problem:?}");
    std::fs::rename(&away, &received).unwrap();
    let (folder, events) = thread.end();
    let is_problem = |of: &DiskEvent| matches!(of, DiskEvent::Problem { .. });
    assert!(!events.iter().any(is_problem), "{events:?}");
    assert!(
        is_empty(&folder.path().join("received")),
        "no staging folder"
    );
}

#[test]
fn a_transfer_whose_journal_is_of_no_use_ends() {
    let mut thread = Thread::new();
    std::fs::write(thread.path("record/journal"), b"garbage").unwrap();
    thread.store(7, vec![entry("a")]);
    thread.next();
    thread.jobs.send(WritingJob::Retry(ID)).unwrap();
    let failed = thread.next();
    let is_failed = matches!(
        failed,
        DiskEvent::Failed {
            id: ID,
            code: Code::Corrupt
        }
    );
    assert!(is_failed, "{failed:?}");
    let (_folder, events) = thread.end();
    assert!(events.is_empty(), "{events:?}");
}
