//! How much memory an endpoint takes for content. Several endpoints of one program share what there is.

use super::{Endpoint, Offer, connection::RECEIVE_WINDOW, pipeline::MAX_HELD};
use crate::{Time, Totals, limits::MAX_BULK_BYTES};

/// What a file costs beside its content.
const FILE_COST: u64 = 1_024;
/// Every window is at least two of the largest messages.
const MIN_WINDOW: u64 = 2 * MAX_BULK_BYTES as u64;

/// Bytes of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Memory {
    /// Read from the disk, or being read, and not sent.
    pub reading: u64,
    /// Received and not written, or permitted to come.
    pub receiving: u64,
}

impl Endpoint {
    /// What it takes now. What was permitted to come stays permitted.
    #[must_use]
    pub fn memory(&self) -> Memory {
        let receiving = self.connection.as_ref().map_or_else(
            || self.unwritten.bytes(),
            |connection| connection.receive.outstanding(),
        );
        Memory {
            reading: self.pipeline.held(),
            receiving,
        }
    }

    /// What it would use if it could: nothing of a direction in which nothing can be transferred now.
    #[must_use]
    pub fn memory_wanted(&self) -> Memory {
        let sends = self.sending.values().filter(|of| of.wants_reads());
        let sends = sends.map(|of| needed(&of.offer, of.transferred()));
        let receives = self
            .receiving
            .values()
            .filter(|of| of.recognised && of.key.is_some() && !of.pauses.any() && !of.concluding);
        let receives = receives.map(|of| needed(&of.offer, of.transferred()));
        let sends = sends.fold(0, u64::saturating_add);
        Memory {
            // What is held is to be sent still.
            reading: sends.max(self.pipeline.held()).min(MAX_HELD),
            receiving: receives
                .fold(0, u64::saturating_add)
                .min(RECEIVE_WINDOW.bytes),
        }
    }

    /// What it may take from now on. Less than what it takes counts once that is sent or written; if nothing was
    /// sent for a second, what is read beyond it is dropped, and read again later.
    pub fn set_memory(&mut self, memory: Memory, now: Time) {
        self.pipeline.set_max_held(memory.reading, now);
        for (id, taken) in self.pipeline.take_back_excess(now) {
            if let Some(sending) = self.sending.get_mut(&id) {
                sending.give_back(&taken);
            }
        }
        let bytes = memory.receiving.clamp(MIN_WINDOW, RECEIVE_WINDOW.bytes);
        let messages = bytes / (RECEIVE_WINDOW.bytes / RECEIVE_WINDOW.messages);
        let window = Totals { bytes, messages };
        if self.window != window {
            self.window = window;
            if let Some(connection) = &mut self.connection {
                connection.receive.set_window(window);
            }
            self.after(now);
        }
    }
}

/// For the rest of a transfer.
fn needed(offer: &Offer, transferred: u64) -> u64 {
    let bytes = offer.bytes.saturating_sub(transferred);
    bytes.saturating_add(u64::from(offer.files) * FILE_COST)
}
