//! Ctrl-C, SIGTERM and SIGHUP set one flag, which every wait of this program polls.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::Failure;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Replaces the default handlers, which would end this program before its children.
pub(crate) fn listen() -> Result<(), Failure> {
    match ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed)) {
        Ok(()) | Err(ctrlc::Error::MultipleHandlers) => Ok(()),
        Err(error) => Err(Failure::Step(format!("cannot listen for Ctrl-C: {error}"))),
    }
}

pub(crate) fn requested() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}
