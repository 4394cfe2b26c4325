//! Tells the subscribers what changed.

use std::ops::ControlFlow;

use super::retrying::receiver_of;
use super::{Key, Subscriber, Transfer, Transfers};
use crate::view::{FilesEvent, TransferState, TransferView};

impl Transfers {
    /// Sends what changed since the last call.
    pub(super) fn show_changes(&mut self) {
        let mut changed = Vec::new();
        for transfer in self.transfers.values_mut() {
            transfer.view.participant = transfer
                .link
                .and_then(|link| self.links.get(&link))
                .and_then(|link| link.participant);
            transfer.view.relayed = transfer
                .link
                .and_then(|link| self.links.get(&link))
                .and_then(|link| link.relayed);
            transfer.to = transfer.view.participant.or(transfer.to);
            transfer.view.can_retry = receiver_of(transfer, &self.room).is_some();
            if transfer.shown.as_ref() != Some(&transfer.view) {
                transfer.shown = Some(transfer.view.clone());
                changed.push(transfer.view.clone());
            }
        }
        if changed.is_empty() {
            return;
        }
        self.set_busy();
        for transfer in changed {
            let transfer = Box::new(transfer);
            self.tell(&FilesEvent::Transfer { transfer });
        }
    }

    pub(super) fn subscribe(&mut self, mut subscriber: Subscriber) -> Option<Subscriber> {
        let mut transfers: Vec<&Transfer> = self.transfers.values().collect();
        transfers.sort_by_key(|transfer| transfer.order);
        let transfers: Vec<TransferView> = transfers
            .into_iter()
            .map(|transfer| transfer.view.clone())
            .collect();
        match subscriber(FilesEvent::Transfers { transfers }) {
            ControlFlow::Continue(()) => Some(subscriber),
            ControlFlow::Break(()) => None,
        }
    }

    fn tell(&mut self, event: &FilesEvent) {
        for subscriber in [&mut self.observer, &mut self.subscriber] {
            if let Some(tell) = subscriber
                && tell(event.clone()).is_break()
            {
                *subscriber = None;
            }
        }
    }

    /// Takes a transfer off the list.
    pub(super) fn remove(&mut self, key: Key) {
        if self.transfers.remove(&key).is_some() {
            let (id, direction) = key;
            self.tell(&FilesEvent::Removed { id, direction });
            self.set_busy();
        }
    }
}

impl TransferState {
    /// Something is read, sent or received.
    pub(super) const fn is_busy(self) -> bool {
        matches!(self, Self::Preparing | Self::Active)
    }

    /// Nothing more happens to it.
    pub(super) const fn is_over(self) -> bool {
        matches!(
            self,
            Self::Done | Self::Declined | Self::Cancelled | Self::Failed
        )
    }
}
