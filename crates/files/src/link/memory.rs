//! The link's part of the memory that all transfers share.

use maru_transfer::{Time, endpoint::Memory};

use super::{LinkTask, config::STRIPE_SEND_BUFFER};
use crate::budget::{Claimant, MIN};

/// Bytes of messages that wait before a connection.
const QUEUE_COST: u64 = 5 * (64 << 10);
/// What the first connection takes when it sends: what is not acknowledged ([`maru_peer::Config::send_buffer`]), and that.
const FIRST_COST: u64 = (1 << 20) + QUEUE_COST;
/// The same of a stripe.
const STRIPE_COST: u64 = STRIPE_SEND_BUFFER as u64 + QUEUE_COST;

impl LinkTask {
    /// Claims what the endpoint could use, and gives it what it gets; and what others have read for it.
    pub(super) fn share_memory(&mut self, now: Time) {
        for (id, (shared, version)) in &mut self.shared {
            if let Some(at_hand) = shared.at_hand(version) {
                self.endpoint.set_at_hand(*id, at_hand);
            }
        }
        let link = self.config.link;
        let (wanted, held) = (self.endpoint.memory_wanted(), self.endpoint.memory());
        let sending = if wanted.reading > 0 {
            self.connections_cost()
        } else {
            0
        };
        let mut memory = self.config.memory.content();
        memory.claim(Claimant::Sending(link), sending, sending);
        let reading = memory.claim(Claimant::Reading(link), wanted.reading, held.reading);
        // The other side is given something before it offers anything.
        let receiving = wanted.receiving.max(MIN);
        let receiving = memory.claim(Claimant::Receiving(link), receiving, held.receiving);
        drop(memory);
        self.endpoint.set_memory(Memory { reading, receiving }, now);
    }

    /// Whether there is memory for one more stripe.
    pub(super) fn has_memory_for_stripe(&self) -> bool {
        let claimant = Claimant::Sending(self.config.link);
        self.config.memory.content().share(claimant) >= self.connections_cost() + STRIPE_COST
    }

    fn connections_cost(&self) -> u64 {
        let first = u64::from(self.connection.is_some()) * FIRST_COST;
        first + self.stripes.len() as u64 * STRIPE_COST
    }
}
