//! Opening a connection, and the requests `join` and `leave`; each with a deadline for the answer.

use std::{borrow::Cow, net::IpAddr};

use maru_protocol::ClientMessage;

use super::{
    effect::{Effect, Status},
    event::ConnectionId,
    machine::Session,
    state::State,
    timing::{CONNECT_TIMEOUT, JOIN_TIMEOUT, LEAVE_TIMEOUT, Millis},
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
            deadline: now + CONNECT_TIMEOUT,
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

    pub(super) fn on_connected(
        &mut self,
        now: Millis,
        connection: ConnectionId,
        local: Option<IpAddr>,
    ) {
        self.local = local;
        if matches!(self.state, State::Connecting { .. }) {
            self.send_join(now, connection);
        }
    }

    pub(super) fn send_join(&mut self, now: Millis, connection: ConnectionId) {
        let Some(request) = self.goal.clone() else {
            return;
        };
        self.send(
            connection,
            &ClientMessage::Join {
                room: request.room.clone(),
                name: Cow::Borrowed(&request.name),
                token: request.token.as_deref().map(Cow::Borrowed),
                resume: self.resume.clone().map(Cow::Owned),
                features: Vec::new(),
            },
        );
        self.state = State::Joining {
            connection,
            request,
            deadline: now + JOIN_TIMEOUT,
        };
    }

    pub(super) fn send_leave(&mut self, now: Millis, connection: ConnectionId) {
        let (State::Joining { request, .. } | State::Joined { request, .. }) = &self.state else {
            return;
        };
        self.state = State::Leaving {
            connection,
            server: request.server.clone(),
            deadline: now + LEAVE_TIMEOUT,
        };
        self.send(connection, &ClientMessage::Leave {});
    }
}
