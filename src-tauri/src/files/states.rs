//! The state of every transfer, as last reported.

use std::collections::HashMap;

use maru_files::{Direction, FilesEvent, TransferId, TransferState, TransferView};

/// States of the transfers that `maru-files` lists, which bounds their number.
#[derive(Debug, Default)]
pub(crate) struct TransferStates(HashMap<(Direction, TransferId), TransferState>);

impl TransferStates {
    /// The transfer whose state has changed by this event, if one has. Those that are listed at first have not changed.
    pub(crate) fn on_event<'a>(&mut self, event: &'a FilesEvent) -> Option<&'a TransferView> {
        match event {
            FilesEvent::Transfers { transfers } => {
                self.0 = transfers
                    .iter()
                    .map(|transfer| ((transfer.direction, transfer.id), transfer.state))
                    .collect();
                None
            }
            FilesEvent::Transfer { transfer } => {
                let key = (transfer.direction, transfer.id);
                let before = self.0.insert(key, transfer.state);
                (before != Some(transfer.state)).then_some(&**transfer)
            }
            FilesEvent::Removed { id, direction } => {
                self.0.remove(&(*direction, *id));
                None
            }
        }
    }

    /// Something is sent or received right now.
    pub(crate) fn is_busy(&self) -> bool {
        self.0.values().any(|state| *state == TransferState::Active)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use maru_files::Paused;

    use super::*;

    pub(crate) fn transfer(number: u8, state: TransferState) -> TransferView {
        TransferView {
            id: TransferId([number; 16]),
            direction: Direction::Receive,
            batch: None,
            participant: None,
            partner: "Minji".into(),
            names: Vec::new(),
            files: 1,
            folders: 0,
            bytes: 5,
            skipped: 0,
            skipped_names: Vec::new(),
            state,
            paused: Paused::default(),
            code: None,
            code_here: false,
            transferred: 0,
            files_done: 0,
            files_failed: 0,
            files_present: 0,
            rate: None,
            seconds_left: None,
            relayed: None,
            hash: None,
            can_open: false,
            can_retry: false,
        }
    }

    fn changed(transfer: TransferView) -> FilesEvent {
        FilesEvent::Transfer {
            transfer: Box::new(transfer),
        }
    }

    #[test]
    fn a_change_is_reported_once() {
        let mut states = TransferStates::default();
        let offered = changed(transfer(1, TransferState::Offered));
        assert!(states.on_event(&offered).is_some());
        assert!(states.on_event(&offered).is_none());
        let done = changed(transfer(1, TransferState::Done));
        assert!(states.on_event(&done).is_some());
    }

    #[test]
    fn what_is_listed_at_first_has_not_changed() {
        let mut states = TransferStates::default();
        let transfers = vec![transfer(1, TransferState::Done)];
        assert!(
            states
                .on_event(&FilesEvent::Transfers { transfers })
                .is_none()
        );
        let again = changed(transfer(1, TransferState::Done));
        assert!(states.on_event(&again).is_none());
    }

    #[test]
    fn busy_is_until_the_last_one_stops() {
        let mut states = TransferStates::default();
        assert!(!states.is_busy());
        states.on_event(&changed(transfer(1, TransferState::Active)));
        states.on_event(&changed(transfer(2, TransferState::Active)));
        states.on_event(&changed(transfer(3, TransferState::Paused)));
        states.on_event(&changed(transfer(1, TransferState::Done)));
        assert!(states.is_busy());
        states.on_event(&FilesEvent::Removed {
            id: TransferId([2; 16]),
            direction: Direction::Receive,
        });
        assert!(!states.is_busy());
    }

    #[test]
    fn the_two_sides_of_one_transfer_are_apart() {
        let mut states = TransferStates::default();
        let mut sent = transfer(1, TransferState::Active);
        sent.direction = Direction::Send;
        states.on_event(&changed(sent));
        states.on_event(&changed(transfer(1, TransferState::Done)));
        assert!(states.is_busy());
    }
}
