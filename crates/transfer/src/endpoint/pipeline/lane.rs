//! What is packed for one connection.

use super::part::Part;
use crate::bulk::BulkEncoder;

/// A connection sends whole parts, each a group of a file or less, so that a slow connection delays the groups it sends and
/// no others. If groups were spread over all connections, a receiver would have to keep the rest of each group in memory
/// until the piece on the slowest connection arrives.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) encoder: BulkEncoder,
    pub(super) max_message: usize,
    /// A part of which something was packed.
    pub(super) begun: Option<Part>,
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            encoder: BulkEncoder::new(0),
            max_message: 0,
            begun: None,
        }
    }
}

impl Lane {
    /// Bytes of content that one further record can have, if the message may have so many in all.
    pub(super) fn room(&self, allowed: usize) -> Option<usize> {
        let allowed = allowed.saturating_sub(self.encoder.content_bytes());
        self.encoder.room().map(|room| room.min(allowed))
    }
}
