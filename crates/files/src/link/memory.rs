//! The link's part of the memory that all transfers share.

use maru_transfer::{Time, endpoint::Memory};

use super::LinkTask;
use crate::budget::{Claimant, MIN};

/// What a connection takes that is sent on: what is not acknowledged ([`maru_peer::Config::send_buffer`]), and the messages
/// that wait before it.
const CONNECTION_COST: u64 = (1 << 20) + 5 * (64 << 10);

impl LinkTask {
    /// Claims what the endpoint could use, and gives it what it gets; and what others have read for it.
    pub(super) fn share_memory(&mut self, now: Time) {
        for (id, (shared, version)) in &mut self.shared {
            if let Some(at_hand) = shared.at_hand(version) {
                self.endpoint.set_at_hand(*id, at_hand);
            }
        }
        let link = self.config.link;
        let memory = &self.config.memory;
        let (wanted, held) = (self.endpoint.memory_wanted(), self.endpoint.memory());
        let sending = if wanted.reading > 0 {
            self.connections() * CONNECTION_COST
        } else {
            0
        };
        memory.claim(Claimant::Sending(link), sending, sending);
        let reading = memory.claim(Claimant::Reading(link), wanted.reading, held.reading);
        // The other side is given something before it offers anything.
        let receiving = wanted.receiving.max(MIN);
        let receiving = memory.claim(Claimant::Receiving(link), receiving, held.receiving);
        self.endpoint.set_memory(Memory { reading, receiving }, now);
    }

    /// Whether there is memory for so many connections more.
    pub(super) fn has_memory_for(&self, connections: u8) -> bool {
        let needed = (self.connections() + u64::from(connections)) * CONNECTION_COST;
        let claimant = Claimant::Sending(self.config.link);
        self.config.memory.share(claimant) >= needed
    }

    fn connections(&self) -> u64 {
        u64::from(self.connection.is_some()) + self.stripes.len() as u64
    }
}
