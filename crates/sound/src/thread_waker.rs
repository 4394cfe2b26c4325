//! Wakes a thread without ever blocking the caller.

use std::{
    sync::OnceLock,
    thread::Thread,
    time::{Duration, Instant},
};

/// Wakes the one thread that called [`Self::register_current`]. Never blocks, so an audio callback may use it.
///
/// The thread sees after [`Self::sleep`] everything that was changed before [`Self::wake`]. A wake while the thread
/// is awake makes its next sleep return at once.
#[derive(Debug, Default)]
pub(crate) struct ThreadWaker(OnceLock<Thread>);

impl ThreadWaker {
    /// Registers the calling thread. It must do so before it first looks for work.
    pub(crate) fn register_current(&self) {
        self.0.get_or_init(std::thread::current);
    }

    pub(crate) fn wake(&self) {
        if let Some(thread) = self.0.get() {
            thread.unpark();
        }
    }

    /// Sleeps until woken, or until `deadline`. May return early.
    pub(crate) fn sleep(deadline: Option<Instant>) {
        match deadline {
            Some(deadline) => {
                let left = deadline.saturating_duration_since(Instant::now());
                if left > Duration::ZERO {
                    std::thread::park_timeout(left);
                }
            }
            None => std::thread::park(),
        }
    }
}
