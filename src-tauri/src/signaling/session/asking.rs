//! What a session asks of the server, and how long it waits for the answer.

use std::borrow::Cow;

use maru_protocol::ClientMessage;

use super::{
    CONNECT_TIMEOUT, ConnectionId, Effect, JOIN_TIMEOUT, LEAVE_TIMEOUT, Millis, Session, State,
    Status,
};

impl Session {
    pub(super) fn connect(&mut self, now: Millis) {
        let Some(goal) = &self.goal else {
            self.state = State::Idle;
            return;
        };
        let server = goal.server.clone();
        self.connections += 1;
        self.unknown_error = None;
        let connection = ConnectionId(self.connections);
        self.state = State::Connecting {
            connection,
            server: server.clone(),
            until: now + CONNECT_TIMEOUT,
        };
        self.effects.push(Effect::Connect(connection, server));
        if let Status::Reconnecting {
            attempt, detail, ..
        } = self.status.clone()
        {
            self.set_status(Status::Reconnecting {
                attempt,
                retry_at: None,
                detail,
            });
        }
    }

    pub(super) fn send_join(&mut self, now: Millis, connection: ConnectionId) {
        let Some(asked) = self.goal.clone() else {
            return;
        };
        self.send(
            connection,
            &ClientMessage::Join {
                room: asked.room.clone(),
                name: Cow::Borrowed(&asked.name),
                token: asked.token.as_deref().map(Cow::Borrowed),
                resume: self.resume.clone().map(Cow::Owned),
                features: Vec::new(),
            },
        );
        self.state = State::Joining {
            connection,
            asked,
            until: now + JOIN_TIMEOUT,
        };
    }

    pub(super) fn send_leave(&mut self, now: Millis, connection: ConnectionId) {
        let (State::Joining { asked, .. } | State::Joined { asked, .. }) = &self.state else {
            return;
        };
        self.state = State::Leaving {
            connection,
            server: asked.server.clone(),
            until: now + LEAVE_TIMEOUT,
        };
        self.send(connection, &ClientMessage::Leave {});
    }

    pub(super) fn send(&mut self, connection: ConnectionId, message: &ClientMessage<'_>) {
        // Serialising a message of ours to memory cannot fail; nothing to send is the harmless reading.
        if let Ok(frame) = serde_json::to_string(message) {
            self.effects.push(Effect::Send(connection, frame));
        }
    }
}
