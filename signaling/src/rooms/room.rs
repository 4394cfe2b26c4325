//! One room and its members.

use std::time::Duration;

use maru_protocol::{Incarnation, LeaveReason, Participant, ParticipantId, RoomId};

use super::effect::Effect;
use crate::identity::SecretHash;

/// Maximum size of the undelivered signals stored for one disconnected participant, in bytes: enough for an offer and
/// the candidates of each of seven others, several times over.
pub const MAX_UNDELIVERED_BYTES: usize = 128 * 1024;

/// Time since the server started.
pub type Now = Duration;

#[derive(Debug)]
pub(super) struct Room<C> {
    pub(super) id: RoomId,
    pub(super) incarnation: Incarnation,
    /// In the order in which they joined.
    pub(super) members: Vec<Member<C>>,
}

/// A participant as its room stores it.
#[derive(Debug)]
pub(super) struct Member<C> {
    pub(super) id: ParticipantId,
    name: Box<str>,
    pub(super) secret: SecretHash,
    /// The secret that the last resume was made with: valid until the one of its answer is used.
    pub(super) previous_secret: Option<SecretHash>,
    pub(super) presence: Presence<C>,
    /// WebSocket frames with the signals that could not be delivered, to be sent when the participant resumes.
    pub(super) undelivered: Vec<u8>,
}

#[derive(Debug)]
pub(super) enum Presence<C> {
    Connected(C),
    /// The socket was lost; the participant can resume until `expires_at`.
    Disconnected {
        expires_at: Now,
    },
}

impl<C> Member<C> {
    pub(super) fn connected(participant: Participant, secret: SecretHash, client: C) -> Self {
        Self {
            id: participant.id,
            name: participant.name.into(),
            secret,
            previous_secret: None,
            presence: Presence::Connected(client),
            undelivered: Vec::new(),
        }
    }

    pub(super) fn has_secret(&self, text: &str) -> bool {
        let is_previous = |secret: &SecretHash| secret.matches(text);
        self.secret.matches(text) || self.previous_secret.as_ref().is_some_and(is_previous)
    }

    pub(super) fn client(&self) -> Option<&C> {
        match &self.presence {
            Presence::Connected(client) => Some(client),
            Presence::Disconnected { .. } => None,
        }
    }

    fn participant(&self) -> Participant {
        Participant {
            id: self.id,
            name: self.name.to_string(),
        }
    }

    /// Appends to the undelivered signals; false if they would exceed [`MAX_UNDELIVERED_BYTES`].
    pub(super) fn store_undelivered(&mut self, frames: &[u8]) -> bool {
        if self.undelivered.len() + frames.len() > MAX_UNDELIVERED_BYTES {
            return false;
        }
        self.undelivered.extend_from_slice(frames);
        true
    }
}

impl<C: Clone + PartialEq> Room<C> {
    pub(super) fn new(id: RoomId, incarnation: Incarnation) -> Self {
        Self {
            id,
            incarnation,
            members: Vec::with_capacity(2),
        }
    }

    /// Position of the member `participant`, if `client` is its connection.
    pub(super) fn position(&self, participant: ParticipantId, client: &C) -> Option<usize> {
        self.members
            .iter()
            .position(|member| member.id == participant && member.client() == Some(client))
    }

    pub(super) fn has_connected_member(&self) -> bool {
        self.members.iter().any(|member| member.client().is_some())
    }

    /// Everybody but `participant`.
    pub(super) fn others(&self, participant: ParticipantId) -> Vec<Participant> {
        self.members
            .iter()
            .filter(|member| member.id != participant)
            .map(Member::participant)
            .collect()
    }

    /// Removes one member whose resume window is over.
    pub(super) fn remove_expired(&mut self, now: Now) -> Option<ParticipantId> {
        let position = self.members.iter().position(
            |member| matches!(member.presence, Presence::Disconnected { expires_at } if expires_at <= now),
        )?;
        Some(self.members.remove(position).id)
    }

    /// Announces to all connected members that `participant` joined.
    pub(super) fn announce_joined(&self, participant: &Participant, effects: &mut Vec<Effect<C>>) {
        effects.extend(self.clients().map(|to| Effect::ParticipantJoined {
            to: to.clone(),
            participant: participant.clone(),
        }));
    }

    /// Announces to all connected members that `participant` left.
    pub(super) fn announce_left(
        &self,
        participant: ParticipantId,
        reason: LeaveReason,
        effects: &mut Vec<Effect<C>>,
    ) {
        effects.extend(self.clients().map(|to| Effect::ParticipantLeft {
            to: to.clone(),
            participant,
            reason,
        }));
    }

    fn clients(&self) -> impl Iterator<Item = &C> {
        self.members.iter().filter_map(Member::client)
    }
}
