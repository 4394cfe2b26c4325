//! Processor time and memory of programs (Linux, proc(5)).

use std::{
    collections::BTreeMap,
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use nix::sys::resource::{UsageWho, getrusage};

const INTERVAL: Duration = Duration::from_millis(50);

/// Seconds of processor time of all programs that this one has started and that have ended.
pub(super) fn processor_of_children() -> f64 {
    getrusage(UsageWho::RUSAGE_CHILDREN).map_or(0.0, |usage| {
        [usage.user_time(), usage.system_time()]
            .iter()
            .map(|time| {
                #[expect(clippy::cast_precision_loss, reason = "microseconds of hours fit")]
                let seconds = time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
                seconds
            })
            .sum()
    })
}

/// Looks at the memory of a process and its descendants until it is asked for.
pub(super) struct PeakMemory {
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<BTreeMap<u32, u64>>>,
}

impl PeakMemory {
    pub(super) fn start(root: u32) -> Self {
        let ends = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&ends);
        let thread = thread::spawn(move || {
            let mut peaks = BTreeMap::new();
            while !end.load(Ordering::Relaxed) {
                for process in tree(root) {
                    let peak: &mut u64 = peaks.entry(process).or_default();
                    *peak = (*peak).max(own_memory(process).unwrap_or(0));
                }
                thread::sleep(INTERVAL);
            }
            peaks
        });
        Self {
            ends,
            thread: Some(thread),
        }
    }

    /// What each process had at most, in megabytes, in the order in which they were started.
    pub(super) fn end(mut self) -> Vec<f64> {
        self.ends.store(true, Ordering::Relaxed);
        let thread = self.thread.take().map(JoinHandle::join);
        let peaks = thread.and_then(Result::ok).unwrap_or_default();
        #[expect(clippy::cast_precision_loss, reason = "less than 2^53 bytes")]
        peaks.values().map(|bytes| *bytes as f64 / 1e6).collect()
    }
}

impl Drop for PeakMemory {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
    }
}

/// A process and its descendants.
fn tree(root: u32) -> Vec<u32> {
    let mut found = vec![root];
    let mut next = 0;
    while let Some(process) = found.get(next) {
        let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children"))
            .unwrap_or_default();
        found.extend(
            children
                .split_whitespace()
                .filter_map(|id| id.parse::<u32>().ok()),
        );
        next += 1;
    }
    found
}

/// Bytes of resident memory that a process has by itself: without what it has mapped of files.
fn own_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes << 10)
}
