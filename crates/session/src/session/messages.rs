//! Messages of the server, in each state.

use maru_protocol::{ErrorCode, Open, ServerMessage};

use super::{
    effect::{Effect, Status},
    error_action::{self, ErrorAction},
    event::ConnectionId,
    machine::Session,
    membership::Membership,
    state::State,
    timing::Millis,
};

impl Session {
    pub(super) fn on_frame(&mut self, now: Millis, frame: &str) {
        // An unknown type of message is of a later version of the protocol, and is ignored.
        let Ok(message) = ServerMessage::decode(frame) else {
            return;
        };
        match &self.state {
            State::Joining { .. } => self.on_message_while_joining(now, message),
            State::Joined { .. } => self.on_message_while_joined(now, &message),
            State::Leaving { connection, .. } => {
                let has_left = match message {
                    ServerMessage::Left {} => true,
                    ServerMessage::Error { code, .. } => code == ErrorCode::NotJoined,
                    _ => false,
                };
                if has_left {
                    let connection = *connection;
                    self.on_left(now, connection);
                }
            }
            State::Idle | State::Waiting { .. } | State::Connecting { .. } => {}
        }
    }

    fn on_message_while_joining(&mut self, now: Millis, message: ServerMessage<'_>) {
        let State::Joining {
            connection,
            request,
            ..
        } = &self.state
        else {
            return;
        };
        let connection = *connection;
        match message {
            // The goal has changed since `join` was sent.
            ServerMessage::Joined { .. } if self.is_join_outdated() => {
                self.send_leave(now, connection);
            }
            ServerMessage::Joined {
                self_id,
                room,
                participants,
                ice_servers,
                resume,
                removed,
            } => {
                let request = request.clone();
                let membership = Membership::new(self_id, room, participants, ice_servers);
                let is_resumed = self
                    .membership
                    .as_ref()
                    .is_some_and(|earlier| membership.resumes(earlier));
                self.state = State::Joined {
                    connection,
                    request,
                    joined_at: now,
                    last_received: now,
                    last_sent: now,
                    last_ping: now,
                    probe_deadline: None,
                };
                self.notify(&membership.to_message(removed));
                self.membership = Some(membership);
                self.resume = Some(resume);
                for frame in self.outbox.take() {
                    if is_resumed {
                        self.effects.push(Effect::Send(connection, frame));
                    }
                }
                self.set_status(Status::Online);
            }
            ServerMessage::Error {
                code,
                message,
                retry_after_ms,
            } => self.on_error(now, code, &message, retry_after_ms),
            _ => {}
        }
    }

    fn on_message_while_joined(&mut self, now: Millis, message: &ServerMessage<'_>) {
        match message {
            ServerMessage::ParticipantJoined { participant } => {
                if let Some(membership) = &mut self.membership {
                    membership.add(participant);
                }
            }
            ServerMessage::ParticipantLeft { participant, .. } => {
                if let Some(membership) = &mut self.membership {
                    membership.remove(*participant);
                }
            }
            ServerMessage::Signal { .. } => {}
            ServerMessage::Error {
                code,
                message: text,
                ..
            } => {
                if error_action::of(code, true) != ErrorAction::Report {
                    self.on_error(now, code.clone(), text, None);
                    return;
                }
                if code.known().is_none() {
                    self.unknown_error = Some((code.clone(), text.to_string()));
                }
            }
            ServerMessage::Left {} => {
                self.abort(now, "the server ended the session");
                return;
            }
            ServerMessage::Pong {
                ice_servers: Some(renewed),
            } => {
                if let Some(membership) = &mut self.membership {
                    membership.set_ice_servers(renewed);
                }
            }
            // An unexpected `joined`, and the answer to our heartbeat.
            ServerMessage::Joined { .. } | ServerMessage::Pong { ice_servers: None } => return,
        }
        self.notify(message);
    }

    fn on_error(
        &mut self,
        now: Millis,
        code: Open<ErrorCode>,
        message: &str,
        retry_after: Option<Millis>,
    ) {
        if self.is_join_outdated() {
            self.restart(now);
            return;
        }
        let is_joined = matches!(self.state, State::Joined { .. });
        match error_action::of(&code, is_joined) {
            ErrorAction::Stop => {
                self.close_connection();
                self.refuse(code, message.into(), retry_after);
            }
            ErrorAction::Reconnect => self.abort(now, &format!("{code}: {message}")),
            ErrorAction::Report => {}
        }
    }

    /// The answer to `leave`.
    fn on_left(&mut self, now: Millis, connection: ConnectionId) {
        if let State::Leaving { server, .. } = &self.state
            && self.goal_is_on(server)
        {
            self.send_join(now, connection);
        } else {
            self.restart(now);
        }
    }
}
