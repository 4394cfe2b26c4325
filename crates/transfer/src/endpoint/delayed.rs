//! Transfers that were found and not added yet, and the messages about them.

use std::collections::HashMap;

use super::output::Violation;
use crate::control::{Code, ControlMessage, TransferId};

/// What may wait: bytes of JSON text, and so many for each message.
const MAX_BYTES: usize = 4 << 20;
const MESSAGE_COST: usize = 128;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Delayed {
    of: HashMap<TransferId, Found>,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Found {
    messages: Vec<ControlMessage>,
    /// Why it cannot be added yet, as the other side knows.
    problem: Option<Code>,
}

impl Delayed {
    pub(super) fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Messages about this transfer are to wait.
    pub(super) fn begin(&mut self, id: TransferId) {
        self.of.entry(id).or_default();
    }

    pub(super) fn contains(&self, id: TransferId) -> bool {
        self.of.contains_key(&id)
    }

    /// Keeps a message of `bytes` bytes.
    pub(super) fn push(
        &mut self,
        id: TransferId,
        message: ControlMessage,
        bytes: usize,
    ) -> Result<(), Violation> {
        self.bytes += bytes + MESSAGE_COST;
        if self.bytes > MAX_BYTES {
            return Err(Violation::TooMuchAtOnce);
        }
        self.of.entry(id).or_default().messages.push(message);
        Ok(())
    }

    /// Why a transfer cannot be added yet. True if the other side is to be told: it waits here, for another reason or none
    /// so far.
    pub(super) fn set_problem(&mut self, id: TransferId, code: Code) -> bool {
        self.of
            .get_mut(&id)
            .is_some_and(|found| found.problem.replace(code) != Some(code))
    }

    /// The problem is gone. True if the other side was told of one.
    pub(super) fn take_problem(&mut self, id: TransferId) -> bool {
        let found = self.of.get_mut(&id);
        found.is_some_and(|found| found.problem.take().is_some())
    }

    /// The transfer was added.
    pub(super) fn take(&mut self, id: TransferId) -> Vec<ControlMessage> {
        let found = self.of.remove(&id).unwrap_or_default();
        if self.of.is_empty() {
            self.bytes = 0;
        }
        found.messages
    }
}
