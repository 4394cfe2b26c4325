//! A scan that goes on as long as somebody is to get what it finds.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The scan of an offer.
#[derive(Debug)]
pub(super) struct Scanning {
    pub(super) cancelled: AtomicBool,
    recipients: AtomicUsize,
}

impl Scanning {
    pub(super) const fn new(recipients: usize) -> Self {
        Self {
            cancelled: AtomicBool::new(false),
            recipients: AtomicUsize::new(recipients),
        }
    }

    /// One of the recipients gets nothing.
    pub(super) fn cancel_one(&self) {
        if self.recipients.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.cancel();
        }
    }

    /// Nobody gets anything.
    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}
