//! The stripes of a link.

use std::net::IpAddr;
use std::time::Instant;

use bytes::Bytes;
use maru_protocol::SdpType;
use maru_transfer::control::StripeSignal;

use super::channels::send_bulk;
use super::stripe::{self, StripeConfig, StripeEvent, StripeHandle, StripeInput};
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
            local: path.local_address,
        };
        for _ in 0..self.striping.poll(limits, Instant::now()) {
            if !self.has_memory_for_stripe() {
                return;
            }
            let free = (1..=maru_transfer::limits::MAX_STRIPES)
                .find(|index| !self.stripes.contains_key(index));
            if let (Some(index), Some(local)) = (free, path.local_address) {
                self.spawn_stripe(index, local, true);
            }
        }
    }

    fn spawn_stripe(&mut self, index: u8, local: IpAddr, offer_first: bool) {
        let config = StripeConfig {
            index,
            polite: self.config.polite,
            offer_first,
            local,
            peer: stripe_config(&self.config, local),
        };
        let handle = stripe::spawn(config, self.stripe_events.0.clone());
        self.stripes.insert(index, handle);
    }

    /// The other side negotiates a stripe. What is not answered here costs it nothing but that stripe: it goes on with the
    /// connections that it has.
    pub(super) async fn on_stripe_signal(&mut self, index: u8, signal: StripeSignal) {
        let mut local = None;
        if let StripeSignal::Description(description) = &signal {
            let now = Instant::now();
            let is_new = !self.stripes.contains_key(&index);
            // An answer is to one of ours that is gone.
            if is_new && description.kind != SdpType::Offer
                || !self.stripe_limit.allow_description(now)
                || is_new && !self.stripe_limit.allow_new(now)
            {
                return;
            }
            local = self.direct_local_address().await;
            if let Some(local) = local.filter(|_| is_new) {
                self.spawn_stripe(index, local, false);
            }
        }
        if let Some(stripe) = self.stripes.get(&index) {
            // A stripe that is behind loses some: descriptions are sent again.
            let _ = stripe.inputs.try_send(StripeInput { signal, local });
        }
    }

    /// The local address of the path of the first connection. `None` without one, and over a relay.
    async fn direct_local_address(&self) -> Option<IpAddr> {
        let path = self.connection.as_ref()?.peer.stats().await.path;
        path.local_address.filter(|_| !path.relayed)
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
                    Some(stripe) if stripe.is_ours => self.striping.on_refused(stripe.local),
                    Some(_) | None => {}
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

#[cfg(test)]
mod tests {
    use maru_transfer::endpoint::Identity;
    use tokio::sync::mpsc;

    use super::*;
    use crate::candidates::Candidates;
    use crate::config::ConnectionLimits;
    use crate::disk::Disk;
    use crate::ended::EndedTransfers;
    use crate::link::LinkConfig;
    use crate::link_id::LinkId;
    use crate::memory::SharedMemory;

    fn config() -> LinkConfig {
        LinkConfig {
            link: LinkId(1),
            identity: Identity {
                participant: serde_json::from_str("\"00000000-0000-4000-8000-000000000001\"")
                    .unwrap(),
                incarnation: serde_json::from_str("\"00000000-0000-4000-8000-000000000100\"")
                    .unwrap(),
            },
            ice_servers: Vec::new(),
            polite: false,
            offer_first: true,
            yields: false,
            bind: maru_peer::Bind::Addresses(Vec::new()),
            limits: ConnectionLimits::default(),
            candidates: Candidates::default(),
            memory: SharedMemory::new(),
            ended: EndedTransfers::default(),
        }
    }

    /// The network that it was on is gone.
    #[tokio::test]
    async fn a_stripe_whose_address_is_gone_is_not_made_and_nothing_else_happens() {
        let (events, mut reported) = mpsc::channel(8);
        let (disk, _disk_events) = Disk::start().unwrap();
        let mut task = LinkTask::new(config(), disk, events);
        // Reserved for documentation (RFC 5737).
        let gone = IpAddr::from([198, 51, 100, 7]);
        task.spawn_stripe(1, gone, true);
        let event = task.stripe_events.1.recv().await.unwrap();
        assert!(matches!(event, StripeEvent::Lost(1)));
        task.on_stripe_event(event).await;
        assert!(task.stripes.is_empty());
        // Otherwise it would report that there is no connection.
        assert!(reported.try_recv().is_err());
    }
}
