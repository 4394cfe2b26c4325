//! Messages about transfers that were found and not added yet.

use std::collections::HashMap;

use super::output::Violation;
use crate::control::{ControlMessage, TransferId};

/// What may wait: bytes of JSON text, and so many for each message.
const MAX_BYTES: usize = 4 << 20;
const MESSAGE_COST: usize = 128;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Delayed {
    of: HashMap<TransferId, Vec<ControlMessage>>,
    bytes: usize,
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
        self.of.entry(id).or_default().push(message);
        Ok(())
    }

    /// The transfer was added.
    pub(super) fn take(&mut self, id: TransferId) -> Vec<ControlMessage> {
        let messages = self.of.remove(&id).unwrap_or_default();
        if self.of.is_empty() {
            self.bytes = 0;
        }
        messages
    }
}
