//! What the caller has to send or close after a change of a room.

use maru_protocol::{LeaveReason, Participant, ParticipantId};

/// An action for the caller, in the order in which [`super::Rooms`] appended it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect<C> {
    /// Send `participant-joined`.
    ParticipantJoined {
        /// Receiver of the message.
        to: C,
        /// The participant that joined.
        participant: Participant,
    },
    /// Send `participant-left`.
    ParticipantLeft {
        /// Receiver of the message.
        to: C,
        /// The participant that left.
        participant: ParticipantId,
        /// Why.
        reason: LeaveReason,
    },
    /// Another connection resumed this one's participant: close it with `replaced`.
    Replaced(C),
}
