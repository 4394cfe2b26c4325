//! Storage of the rooms: found by ID at a join, by slot afterwards.

use std::collections::HashMap;

use maru_protocol::RoomId;

use super::room::Room;

/// Rooms in numbered slots, with an index by room ID. A [`super::Membership`] holds the slot, so that a signal is
/// routed without hashing a room ID. A freed slot is reused.
#[derive(Debug)]
pub(super) struct RoomTable<C> {
    slot_by_id: HashMap<RoomId, usize>,
    slots: Vec<Option<Room<C>>>,
    free_slots: Vec<usize>,
}

// Not derived: that would require `C: Default`.
impl<C> Default for RoomTable<C> {
    fn default() -> Self {
        Self {
            slot_by_id: HashMap::new(),
            slots: Vec::new(),
            free_slots: Vec::new(),
        }
    }
}

impl<C> RoomTable<C> {
    pub(super) fn len(&self) -> usize {
        self.slot_by_id.len()
    }

    pub(super) fn slot_of(&self, id: &RoomId) -> Option<usize> {
        self.slot_by_id.get(id).copied()
    }

    pub(super) fn get(&self, slot: usize) -> Option<&Room<C>> {
        self.slots.get(slot)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, slot: usize) -> Option<&mut Room<C>> {
        self.slots.get_mut(slot)?.as_mut()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Room<C>> {
        self.slots.iter_mut().flatten()
    }

    /// Stores a room whose ID is not in use and returns its slot.
    pub(super) fn insert(&mut self, room: Room<C>) -> usize {
        let id = room.id.clone();
        let slot = match self.free_slots.pop() {
            Some(slot) => {
                self.slots[slot] = Some(room);
                slot
            }
            None => {
                self.slots.push(Some(room));
                self.slots.len() - 1
            }
        };
        self.slot_by_id.insert(id, slot);
        slot
    }

    pub(super) fn remove(&mut self, slot: usize) {
        let Some(room) = self.slots.get_mut(slot).and_then(Option::take) else {
            return;
        };
        self.slot_by_id.remove(&room.id);
        self.free_slots.push(slot);
        if self.slot_by_id.is_empty() {
            // Collections keep their peak capacity; an idle server should not.
            *self = Self::default();
        }
    }
}
