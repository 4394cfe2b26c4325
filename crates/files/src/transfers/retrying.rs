//! Another try of the files that failed, as a new transfer.

use maru_protocol::ParticipantId;

use super::loading::Selection;
use super::{Key, Transfer, Transfers};
use crate::room::Room;
use crate::view::{Direction, TransferState};

impl Transfers {
    /// Offers what failed once more, in the folders it was in.
    pub(super) fn retry(&mut self, key: Key) {
        let receiver = self
            .transfers
            .get(&key)
            .and_then(|of| receiver_of(of, &self.room));
        let (Some(to), Some(store)) = (receiver, self.store.clone()) else {
            return;
        };
        let Some(of) = self.transfers.get_mut(&key) else {
            return;
        };
        let names = of.view.names.clone();
        let location = of.location.clone();
        let Some(record) = &mut of.record else {
            return;
        };
        let Some(end) = &mut record.end else {
            return;
        };
        end.is_retried = true;
        let earlier = store.folder(record.id, record.role);
        let selection = Selection::Failed {
            earlier: earlier.join(maru_disk::MANIFEST),
            failed: record.failed.clone(),
        };
        self.save(key);
        self.offer_selection(&[to], selection, names, location, Some(key));
    }

    /// Nothing of it could be offered: the person can mend that, and try again.
    pub(super) fn on_retry_failed(&mut self, key: Key) {
        let of = self.transfers.get_mut(&key);
        let end = of.and_then(|of| of.record.as_mut()?.end.as_mut());
        if let Some(end) = end {
            end.is_retried = false;
            self.save(key);
        }
    }
}

/// To whom what failed can be offered once more; `None` if nothing can.
pub(super) fn receiver_of(of: &Transfer, room: &Room) -> Option<ParticipantId> {
    let record = of.record.as_ref()?;
    let end = record.end.as_ref()?;
    let can_retry = Direction::from(record.role) == Direction::Send
        && of.view.state != TransferState::Cancelled
        && !end.is_retried
        && record.failed.count() > 0;
    if !can_retry {
        return None;
    }
    if let Some(to) = of.to.filter(|to| room.names.contains_key(to)) {
        return Some(to);
    }
    // In a later call they have another ID. The name is not proof, as it is none when a person chooses whom to send to.
    let mut namesakes = room
        .names
        .iter()
        .filter(|(_, name)| !name.is_empty() && **name == record.partner);
    match (namesakes.next(), namesakes.next()) {
        (Some((id, _)), None) => Some(*id),
        _ => None,
    }
}
