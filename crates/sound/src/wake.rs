//! Waking a thread from where nothing may wait.

use std::{
    sync::OnceLock,
    thread::Thread,
    time::{Duration, Instant},
};

/// Wakes the one thread that called [`Self::here`]. Never blocks: an audio callback may use it.
///
/// What was changed before [`Self::wake`] is seen by the thread after [`Self::sleep`]; a wake that comes while
/// the thread is awake makes its next sleep return at once.
#[derive(Debug, Default)]
pub(crate) struct Wake(OnceLock<Thread>);

impl Wake {
    /// Makes the calling thread the one that is woken. Call it before looking at anything that `wake` tells of.
    pub(crate) fn here(&self) {
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
