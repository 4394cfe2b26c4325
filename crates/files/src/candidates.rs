//! Transfers of earlier connections whose partner is not known yet.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use maru_transfer::{
    control::TransferId,
    resume::{ResumeKey, Role},
};

/// Shared with all links: each announces them when it is connected.
#[derive(Debug, Clone, Default)]
pub(crate) struct Candidates(Arc<Mutex<Vec<(TransferId, Role, ResumeKey)>>>);

impl Candidates {
    pub(crate) fn all(&self) -> Vec<(TransferId, Role, ResumeKey)> {
        self.lock().clone()
    }

    pub(crate) fn add(&self, id: TransferId, role: Role, key: ResumeKey) {
        self.remove(id, role);
        self.lock().push((id, role, key));
    }

    pub(crate) fn remove(&self, id: TransferId, role: Role) {
        self.lock()
            .retain(|(of, of_role, _)| (*of, *of_role) != (id, role));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(TransferId, Role, ResumeKey)>> {
        // The list is replaced element by element, and usable after a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
