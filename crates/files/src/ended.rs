//! Transfers that are over, of which the partner may not know.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use maru_transfer::{
    control::TransferId,
    endpoint::MAX_ENDED,
    resume::{ResumeKey, Role},
};

/// A transfer that is over.
#[derive(Debug, Clone)]
pub(crate) struct EndedTransfer {
    pub(crate) id: TransferId,
    pub(crate) role: Role,
    pub(crate) key: ResumeKey,
    /// All of it is in place, but for what failed.
    pub(crate) is_done: bool,
}

/// Shared with all links: each answers a partner that asks for one of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct EndedTransfers(Arc<Mutex<VecDeque<EndedTransfer>>>);

impl EndedTransfers {
    /// The oldest first.
    pub(crate) fn all(&self) -> Vec<EndedTransfer> {
        self.lock().iter().cloned().collect()
    }

    pub(crate) fn add(&self, ended: EndedTransfer) {
        let mut all = self.lock();
        if all.len() >= MAX_ENDED {
            all.pop_front();
        }
        all.push_back(ended);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<EndedTransfer>> {
        // The list is whole after a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
