//! The stripes of a link.

use std::time::Instant;

use bytes::Bytes;
use maru_transfer::control::StripeSignal;

use super::channels::send_bulk;
use super::stripe::{self, StripeConfig, StripeEvent, StripeHandle};
use super::{LinkTask, config::stripe_config};
use crate::stripes::Limits;

impl LinkTask {
    /// Adds stripes where they help.
    pub(super) async fn add_stripes(&mut self) {
        let Some(connection) = &self.connection else {
            return;
        };
        if !self.striping.is_due(Instant::now()) {
            return;
        }
        let path = connection.peer.stats().await.path;
        let Some(round_trip) = path.round_trip else {
            return;
        };
        let limits = Limits {
            round_trip,
            relayed: path.relayed,
            yields: self.config.yields,
        };
        for _ in 0..self.striping.poll(limits, Instant::now()) {
            if !self.has_memory_for_stripe() {
                return;
            }
            let free = (1..=maru_transfer::limits::MAX_STRIPES)
                .find(|index| !self.stripes.contains_key(index));
            if let Some(index) = free {
                self.spawn_stripe(index, true);
            }
        }
    }

    fn spawn_stripe(&mut self, index: u8, offer_first: bool) {
        let config = StripeConfig {
            index,
            polite: self.config.polite,
            offer_first,
            peer: stripe_config(&self.config),
        };
        let handle = stripe::spawn(config, self.stripe_events.0.clone());
        self.stripes.insert(index, handle);
    }

    /// The other side negotiates a stripe.
    pub(super) fn on_stripe_signal(&mut self, index: u8, signal: StripeSignal) {
        if !self.stripes.contains_key(&index) {
            if matches!(signal, StripeSignal::Candidate(_)) {
                // Of one that is gone.
                return;
            }
            self.spawn_stripe(index, false);
        }
        if let Some(stripe) = self.stripes.get(&index) {
            // A stripe that is behind loses some: descriptions are sent again.
            let _ = stripe.signals.try_send(signal);
        }
    }

    pub(super) async fn on_stripe_event(&mut self, event: StripeEvent) {
        match event {
            StripeEvent::Signal(index, signal) => {
                if self.stripes.contains_key(&index) {
                    self.endpoint.send_stripe(index, signal);
                }
            }
            StripeEvent::Opened(index, sender) => {
                if let Some(stripe) = self.stripes.get_mut(&index) {
                    stripe.sender = Some(sender);
                }
            }
            StripeEvent::Bulk(bytes) => {
                let now = self.now();
                self.endpoint.on_bulk(bytes, now);
            }
            StripeEvent::Writable => {}
            StripeEvent::Lost(index) => {
                match self.stripes.remove(&index) {
                    // Messages are lost, and nobody knows which.
                    Some(stripe) if stripe.sender.is_some() => self.reconnect().await,
                    Some(_) => self.striping.on_refused(),
                    None => {}
                }
            }
        }
    }

    /// Stripes belong to the first connection, and end with it. What they still report is of no use.
    pub(super) fn close_stripes(&mut self) {
        self.stripes.clear();
        self.striping.reset();
        self.stripe_events = tokio::sync::mpsc::channel(stripe::MAX_EVENTS);
    }

    /// Sends what `next` returns for each stripe, as far as it has room. Returns whether all that are open are full.
    pub(super) fn send_on_stripes(
        stripes: &mut std::collections::BTreeMap<u8, StripeHandle>,
        mut next: impl FnMut(u8) -> Option<Bytes>,
    ) -> bool {
        let mut are_full = true;
        for (index, stripe) in stripes {
            let Some(sender) = &stripe.sender else {
                continue;
            };
            let is_full = send_bulk(sender, &mut stripe.held, || next(*index));
            if is_full {
                stripe.full.notify_one();
            }
            are_full &= is_full;
        }
        are_full
    }
}
