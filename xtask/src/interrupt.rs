//! Ctrl-C, SIGTERM and a closed terminal, seen as one flag that every wait in this program looks at.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::Failure;

static SEEN: AtomicBool = AtomicBool::new(false);

/// From now on an interrupt no longer ends this program at once, so that it can end its children first.
pub(crate) fn listen() -> Result<(), Failure> {
    match ctrlc::set_handler(|| SEEN.store(true, Ordering::Relaxed)) {
        Ok(()) | Err(ctrlc::Error::MultipleHandlers) => Ok(()),
        Err(error) => Err(Failure::Step(format!("cannot listen for Ctrl-C: {error}"))),
    }
}

pub(crate) fn seen() -> bool {
    SEEN.load(Ordering::Relaxed)
}
