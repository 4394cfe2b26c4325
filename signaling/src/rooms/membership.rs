//! What a caller gets back from a join.

use maru_protocol::{Incarnation, Participant, ParticipantId};

/// A client's place in a room, passed to every later call. Cheap to copy. After the client has left or has been
/// replaced it is stale, and calls with it have no effect or fail with `not-joined`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Membership {
    /// Slot of the room in the table of rooms. Slots are reused, participant IDs are not.
    pub(super) slot: usize,
    /// The client's participant ID.
    pub participant: ParticipantId,
}

/// A successful join.
#[derive(Debug, Clone)]
pub struct Admission {
    /// The client's membership from now on.
    pub membership: Membership,
    /// The room's incarnation.
    pub incarnation: Incarnation,
    /// The other participants in the order in which they joined, disconnected ones included: they may resume.
    pub others: Vec<Participant>,
    /// Whether the join resumed an earlier participant.
    pub resumed: bool,
    /// Signals stored by [`super::Rooms::store_undelivered`] while the participant was disconnected, in order.
    /// Send them after the answer to the join.
    pub undelivered: Vec<u8>,
}
