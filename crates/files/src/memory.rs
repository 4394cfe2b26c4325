//! The memory that all transfers of the program share: the [`Budget`]s, for the links and threads that claim from them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::budget::{Budget, Claimant};
use crate::link_id::LinkId;

/// A handle to the budgets.
#[derive(Debug, Clone)]
pub(crate) struct SharedMemory(Arc<Budgets>);

#[derive(Debug)]
struct Budgets {
    content: Mutex<Budget<Claimant<LinkId>>>,
    /// By the number of an offer.
    kept: Mutex<Budget<u64>>,
}

impl SharedMemory {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Budgets {
            content: Mutex::new(Budget::for_content()),
            kept: Mutex::new(Budget::for_kept()),
        }))
    }

    pub(crate) fn content(&self) -> MutexGuard<'_, Budget<Claimant<LinkId>>> {
        lock(&self.0.content)
    }

    pub(crate) fn kept(&self) -> MutexGuard<'_, Budget<u64>> {
        lock(&self.0.kept)
    }
}

/// Each change of a budget is complete, also if the thread panicked later.
fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
