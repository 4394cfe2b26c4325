//! Commands of the application.

use maru_protocol::ParticipantId;

use super::{
    effect::{Effect, Status},
    event::JoinRequest,
    machine::Session,
    state::State,
    timing::Millis,
};

impl Session {
    pub(super) fn join(&mut self, now: Millis, request: JoinRequest) {
        if let State::Joined {
            request: current, ..
        } = &self.state
            && *current == request
        {
            // A page that was reloaded joins the room that the session is still in.
            self.effects
                .extend(self.snapshot().into_iter().map(Effect::Notify));
            return;
        }
        self.clear_room();
        self.attempt = 0;
        self.goal = Some(request);
        self.set_status(Status::Connecting);
        match &self.state {
            State::Joined { connection, .. } => {
                let connection = *connection;
                self.send_leave(now, connection);
            }
            // `on_connected` joins the goal of that moment.
            State::Connecting { server, .. } if self.goal_is_on(server) => {}
            // The answer decides how to go on.
            State::Joining { .. } | State::Leaving { .. } => {}
            State::Connecting { .. } => {
                self.close_connection();
                self.connect(now);
            }
            State::Idle | State::Waiting { .. } => self.connect(now),
        }
    }

    pub(super) fn leave(&mut self, now: Millis) {
        self.goal = None;
        self.clear_room();
        match &self.state {
            State::Joined { connection, .. } => {
                let connection = *connection;
                self.send_leave(now, connection);
            }
            // `leave` can only follow the answer to `join`.
            State::Joining { .. } | State::Leaving { .. } => {}
            State::Connecting { .. } => {
                self.close_connection();
                self.state = State::Idle;
            }
            State::Idle | State::Waiting { .. } => self.state = State::Idle,
        }
        self.set_status(Status::Idle);
    }

    pub(super) fn signal(&mut self, now: Millis, from: ParticipantId, frame: String) {
        let self_id = self.membership.as_ref().map(|room| room.self_id);
        if self_id != Some(from) {
            // Sent before the application knew our new ID, and about links that the others have closed together with
            // our old one. Under the new ID it would disturb the links that they open now.
            return;
        }
        if let State::Joined {
            connection,
            last_sent,
            ..
        } = &mut self.state
        {
            *last_sent = now;
            self.effects.push(Effect::Send(*connection, frame));
        } else if self.goal.is_some() && self.membership.is_some() {
            self.outbox.push(frame);
        }
        // Otherwise the room it was for is gone.
    }
}
