//! Returns freed memory to the operating system after many clients have come or gone.
//!
//! glibc keeps what was freed. mimalloc was tried and kept it too: memory that one worker thread frees for another
//! is reused only when the other one allocates again, which does not happen after a storm (24 MB of 24 stayed
//! after 5,000 clients had left). `malloc_trim` walks the arenas of all threads, so one call from the heartbeat
//! is enough.

/// Change in the number of connections that is worth a walk through the whole heap, which takes about 1 ms per
/// 10 MB.
const TRIM_THRESHOLD: usize = 256;

/// Decides when to trim the heap: once the number of connections has changed by [`TRIM_THRESHOLD`] and is stable.
#[derive(Debug, Default)]
pub(crate) struct HeapTrimmer {
    /// Connections at the previous tick.
    previous: usize,
    /// Connections when the heap was last trimmed.
    at_last_trim: usize,
}

impl HeapTrimmer {
    /// Takes the current number of connections; true if the heap should be trimmed now.
    pub(crate) fn on_tick(&mut self, connections: usize) -> bool {
        let is_stable = connections.abs_diff(self.previous) < TRIM_THRESHOLD / 8;
        self.previous = connections;
        let is_due = is_stable && connections.abs_diff(self.at_last_trim) >= TRIM_THRESHOLD;
        if is_due {
            self.at_last_trim = connections;
        }
        is_due
    }
}

/// Returns free pages to the operating system. Does nothing where the allocator is not glibc's.
pub(crate) fn trim_heap() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "no safe binding exists")]
    // SAFETY: malloc_trim takes a number, no pointers, and may be called from any thread (malloc_trim(3)).
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heap_is_trimmed_once_after_each_large_change_of_connections() {
        let mut trimmer = HeapTrimmer::default();
        let due: Vec<bool> = [0, 10, 5000, 9000, 9010, 9012, 9000, 4000, 0, 0, 0]
            .map(|connections| trimmer.on_tick(connections))
            .into();
        let expected = [
            false, false, false, false, true, false, false, false, false, true, false,
        ];
        assert_eq!(due, expected);
    }
}
