//! The memory that all transfers of the program share: the [`Budget`], for the links and threads that claim from it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::budget::{Budget, Claimant};
use crate::link::LinkId;

/// A handle to the budget.
#[derive(Debug, Clone)]
pub(crate) struct SharedMemory(Arc<Mutex<Budget<LinkId>>>);

impl SharedMemory {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Budget::new())))
    }

    /// See [`Budget::claim`].
    pub(crate) fn claim(&self, claimant: Claimant<LinkId>, needed: u64, held: u64) -> u64 {
        self.lock().claim(claimant, needed, held)
    }

    /// See [`Budget::share`].
    pub(crate) fn share(&self, claimant: Claimant<LinkId>) -> u64 {
        self.lock().share(claimant)
    }

    /// See [`Budget::release`].
    pub(crate) fn release(&self, of: impl Fn(Claimant<LinkId>) -> bool) {
        self.lock().release(of);
    }

    /// Each change of a budget is complete, also if the thread panicked later.
    fn lock(&self) -> MutexGuard<'_, Budget<LinkId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
