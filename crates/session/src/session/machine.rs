use std::net::IpAddr;

use maru_protocol::{ClientMessage, ErrorCode, Open, ServerMessage};

use super::{
    effect::{Effect, Notification, Status},
    event::{ConnectionId, JoinRequest},
    membership::Membership,
    outbox::Outbox,
    state::State,
};
use crate::server_url::ServerUrl;

/// One client's signaling session, without I/O and without a clock. See the documentation of the crate.
pub struct Session {
    pub(super) state: State,
    pub(super) status: Status,
    /// The room to be in; `None` after `Leave` and after a refusal.
    pub(super) goal: Option<JoinRequest>,
    /// The goal's room as last known. Survives a lost connection.
    pub(super) membership: Option<Membership>,
    /// Resume secret of the last `joined`.
    pub(super) resume: Option<String>,
    pub(super) outbox: Outbox,
    /// Attempts since the last stable connection.
    pub(super) attempt: u32,
    /// Connections opened so far; numbers them.
    pub(super) connections: u64,
    /// Local address of the connection.
    pub(super) local: Option<IpAddr>,
    /// The last error of an unknown code on this connection, and its text. If the server then closes the connection
    /// for good, this is the reason.
    pub(super) unknown_error: Option<(Open<ErrorCode>, String)>,
    pub(super) random: fastrand::Rng,
    pub(super) effects: Vec<Effect>,
}

impl Session {
    /// `seed` randomises the delays between attempts, and nothing else.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            state: State::Idle,
            status: Status::Idle,
            goal: None,
            membership: None,
            resume: None,
            outbox: Outbox::default(),
            attempt: 0,
            connections: 0,
            local: None,
            unknown_error: None,
            random: fastrand::Rng::with_seed(seed),
            effects: Vec::new(),
        }
    }

    /// The present state, for an application that subscribes late: the room as a `joined` message, if in one, then
    /// the status.
    #[must_use]
    pub fn snapshot(&self) -> Vec<Notification> {
        self.membership
            .as_ref()
            .and_then(|membership| Notification::message(&membership.to_message(Vec::new())))
            .into_iter()
            .chain([Notification::Status(self.status.clone())])
            .collect()
    }

    pub(super) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    pub(super) fn is_current(&self, connection: ConnectionId) -> bool {
        self.state.connection() == Some(connection)
    }

    /// The goal is a room on this server.
    pub(super) fn goal_is_on(&self, server: &ServerUrl) -> bool {
        self.goal
            .as_ref()
            .is_some_and(|goal| goal.server == *server)
    }

    /// The answer to `join` is still due, and the goal has changed since: the answer, be it a refusal, is not about
    /// the present goal.
    pub(super) fn is_join_outdated(&self) -> bool {
        matches!(&self.state, State::Joining { request, .. } if self.goal.as_ref() != Some(request))
    }

    /// Forgets everything about the room, so that nothing of it reaches the next one.
    pub(super) fn clear_room(&mut self) {
        self.membership = None;
        self.resume = None;
        self.outbox.clear();
    }

    pub(super) fn send(&mut self, connection: ConnectionId, message: &ClientMessage<'_>) {
        // Encoding a message of our own to memory cannot fail.
        if let Ok(frame) = serde_json::to_string(message) {
            self.effects.push(Effect::Send(connection, frame));
        }
    }

    pub(super) fn close_connection(&mut self) {
        if let Some(connection) = self.state.connection() {
            self.effects.push(Effect::Close(connection));
        }
    }

    pub(super) fn notify(&mut self, message: &ServerMessage<'_>) {
        self.effects
            .extend(Notification::message(message).map(Effect::Notify));
    }

    pub(super) fn set_status(&mut self, status: Status) {
        if self.status != status {
            self.status = status.clone();
            self.effects
                .push(Effect::Notify(Notification::Status(status)));
        }
    }
}
