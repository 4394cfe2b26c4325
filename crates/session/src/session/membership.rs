use maru_protocol::{
    IceServer, Incarnation, JoinedRoom, Participant, ParticipantId, ServerMessage,
};

/// More than any room's capacity. A server that reports more is in error, and the excess is ignored.
const MAX_PARTICIPANTS: usize = 256;

/// The room as last known, for an application that subscribes late.
#[derive(Debug)]
pub(super) struct Membership {
    pub(super) self_id: ParticipantId,
    room: JoinedRoom,
    participants: Vec<Participant>,
    ice_servers: Vec<IceServer>,
}

impl Membership {
    pub(super) fn new(
        self_id: ParticipantId,
        room: JoinedRoom,
        mut participants: Vec<Participant>,
        ice_servers: Vec<IceServer>,
    ) -> Self {
        participants.truncate(MAX_PARTICIPANTS);
        Self {
            self_id,
            room,
            participants,
            ice_servers,
        }
    }

    /// Same participant in the same incarnation of the room: signals queued in `earlier` are still valid.
    pub(super) fn resumes(&self, earlier: &Self) -> bool {
        self.identity() == earlier.identity()
    }

    fn identity(&self) -> (ParticipantId, Incarnation) {
        (self.self_id, self.room.incarnation)
    }

    pub(super) fn add(&mut self, participant: &Participant) {
        self.remove(participant.id);
        if self.participants.len() < MAX_PARTICIPANTS {
            self.participants.push(participant.clone());
        }
    }

    pub(super) fn remove(&mut self, participant: ParticipantId) {
        self.participants.retain(|other| other.id != participant);
    }

    /// Replaces the ICE servers, whose credentials the server has renewed.
    pub(super) fn set_ice_servers(&mut self, ice_servers: &[IceServer]) {
        self.ice_servers = ice_servers.to_vec();
    }

    /// The present room as a `joined` message, without the resume secret. `removed` is the field of the server's own
    /// `joined`.
    pub(super) fn to_message(&self, mut removed: Vec<ParticipantId>) -> ServerMessage<'static> {
        removed.truncate(MAX_PARTICIPANTS);
        ServerMessage::Joined {
            self_id: self.self_id,
            room: self.room.clone(),
            participants: self.participants.clone(),
            ice_servers: self.ice_servers.clone(),
            resume: String::new(),
            removed,
        }
    }
}
