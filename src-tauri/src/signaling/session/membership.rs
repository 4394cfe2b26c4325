use maru_protocol::{
    IceServer, Incarnation, JoinedRoom, Participant, ParticipantId, ServerMessage,
};

/// More than any room's capacity: a roster beyond it is the server's mistake, and is not followed.
const MAX_ROSTER: usize = 256;

/// The room as this client last knew it: what a reloaded interface is told.
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
        participants.truncate(MAX_ROSTER);
        Self {
            self_id,
            room,
            participants,
            ice_servers,
        }
    }

    /// Same participant in the same life of the room: what was said for one is meant for the other.
    pub(super) fn continues(&self, earlier: &Self) -> bool {
        self.identity() == earlier.identity()
    }

    fn identity(&self) -> (ParticipantId, Incarnation) {
        (self.self_id, self.room.incarnation)
    }

    pub(super) fn came(&mut self, participant: &Participant) {
        self.went(participant.id);
        if self.participants.len() < MAX_ROSTER {
            self.participants.push(participant.clone());
        }
    }

    pub(super) fn went(&mut self, participant: ParticipantId) {
        self.participants.retain(|other| other.id != participant);
    }

    /// Their credentials are to be renewed.
    pub(super) fn renew(&mut self, ice_servers: &[IceServer]) {
        self.ice_servers = ice_servers.to_vec();
    }

    /// A `joined` that says how the room is now. The resume secret stays out of the webview.
    ///
    /// `removed`: of the server's own `joined`.
    pub(super) fn to_message(&self, mut removed: Vec<ParticipantId>) -> ServerMessage<'static> {
        removed.truncate(MAX_ROSTER);
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
