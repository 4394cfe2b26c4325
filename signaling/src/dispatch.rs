//! Carries out what [`crate::rooms::Rooms`] decided.

use std::sync::Arc;

use maru_protocol::{ErrorCode, ServerMessage};

use crate::{client::Client, rooms::Effect, state::ServerState};

/// Sends and closes what `effects` say, in their order. Call it while the rooms are still locked, so that clients
/// receive the changes of a room in the order in which they happened. Never blocks.
pub(crate) fn dispatch(state: &ServerState, effects: Vec<Effect<Arc<Client>>>) {
    for effect in effects {
        match effect {
            Effect::ParticipantJoined { to, participant } => {
                to.send(&ServerMessage::ParticipantJoined { participant });
            }
            Effect::ParticipantLeft {
                to,
                participant,
                reason,
            } => {
                to.send(&ServerMessage::ParticipantLeft {
                    participant,
                    reason: reason.into(),
                });
            }
            Effect::Replaced(old) => {
                let (now, code) = (state.now(), ErrorCode::Replaced);
                old.set_participant(now, None);
                state.metrics.count_error(code);
                old.close_with_error(now, code, "resumed on another connection");
            }
        }
    }
}
