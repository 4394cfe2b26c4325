//! Gives memory back to the system once a crowd has come or gone.
//!
//! glibc keeps what was freed. mimalloc was tried and kept it too: what one worker thread frees of another's
//! waits for that one to allocate again, and after a storm nobody does (24 MB of 24 stayed after 5,000 clients
//! had left). `malloc_trim` walks the arenas of all threads, so one call from the heartbeat is enough.

/// Connections that have to come or go before it is worth a look through the whole heap (about a millisecond
/// per 10 MB).
const CROWD: usize = 256;

/// Decides when: after the number of connections has moved by [`CROWD`] and come to rest.
#[derive(Debug, Default)]
pub(crate) struct Tide {
    /// Connections at the last look.
    last: usize,
    /// Connections when memory was last given back.
    settled: usize,
}

impl Tide {
    /// One beat with this many connections; true when memory should be given back now.
    pub(crate) fn beat(&mut self, connections: usize) -> bool {
        let at_rest = connections.abs_diff(self.last) < CROWD / 8;
        self.last = connections;
        let due = at_rest && connections.abs_diff(self.settled) >= CROWD;
        if due {
            self.settled = connections;
        }
        due
    }
}

/// Returns free pages to the system, where the allocator is glibc's.
pub(crate) fn give_back() {
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
    fn memory_is_given_back_once_after_each_tide() {
        let mut tide = Tide::default();
        let due: Vec<bool> = [0, 10, 5000, 9000, 9010, 9012, 9000, 4000, 0, 0, 0]
            .map(|connections| tide.beat(connections))
            .into();
        let expected = [
            false, false, false, false, true, false, false, false, false, true, false,
        ];
        assert_eq!(due, expected);
    }
}
