//! What the server says, in each state.

use maru_protocol::{ErrorCode, Open, ServerMessage};

use super::{
    ConnectionId, Effect, Millis, Session, State, Status, membership::Membership, verdict,
    verdict::Verdict,
};

impl Session {
    pub(super) fn frame(&mut self, now: Millis, frame: &str) {
        // A message this version does not know is a newer server's; dropping it is all there is to do.
        let Ok(message) = ServerMessage::decode(frame) else {
            return;
        };
        match &self.state {
            State::Joining { .. } => self.frame_joining(now, message),
            State::Joined { .. } => self.frame_joined(now, &message),
            State::Leaving { connection, .. } => {
                let done = match message {
                    ServerMessage::Left {} => true,
                    ServerMessage::Error { code, .. } => code == ErrorCode::NotJoined,
                    _ => false,
                };
                if done {
                    let connection = *connection;
                    self.left(now, connection);
                }
            }
            State::Idle | State::Waiting { .. } | State::Connecting { .. } => {}
        }
    }

    pub(super) fn frame_joining(&mut self, now: Millis, message: ServerMessage<'_>) {
        let State::Joining {
            connection, asked, ..
        } = &self.state
        else {
            return;
        };
        let connection = *connection;
        match message {
            ServerMessage::Joined { .. } if self.goal.as_ref() != Some(asked) => {
                // The person changed their mind meanwhile.
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
                let asked = asked.clone();
                let membership = Membership::new(self_id, room, participants, ice_servers);
                let resumed = self
                    .membership
                    .as_ref()
                    .is_some_and(|earlier| membership.continues(earlier));
                self.state = State::Joined {
                    connection,
                    asked,
                    since: now,
                    heard: now,
                    sent: now,
                    pinged: now,
                    probed: None,
                };
                self.emit_message(&membership.to_message(removed));
                self.membership = Some(membership);
                self.resume = Some(resume);
                for frame in self.outbox.take() {
                    if resumed {
                        self.effects.push(Effect::Send(connection, frame));
                    }
                }
                self.set_status(Status::Online);
            }
            ServerMessage::Error { code, message } => self.error(now, code, &message),
            _ => {}
        }
    }

    pub(super) fn frame_joined(&mut self, now: Millis, message: &ServerMessage<'_>) {
        match message {
            ServerMessage::ParticipantJoined { participant } => {
                if let Some(membership) = &mut self.membership {
                    membership.came(participant);
                }
            }
            ServerMessage::ParticipantLeft { participant, .. } => {
                if let Some(membership) = &mut self.membership {
                    membership.went(*participant);
                }
            }
            ServerMessage::Signal { .. } => {}
            ServerMessage::Error {
                code,
                message: text,
            } => {
                if verdict::of(code, true) != Verdict::Tell {
                    self.error(now, code.clone(), text);
                    return;
                }
                if code.known().is_none() {
                    self.unknown_error = Some((code.clone(), text.to_string()));
                }
            }
            ServerMessage::Left {} => {
                self.give_up(now, "the server ended the session");
                return;
            }
            ServerMessage::Pong {
                ice_servers: Some(renewed),
            } => {
                if let Some(membership) = &mut self.membership {
                    membership.renew(renewed);
                }
            }
            // The answer to nothing we asked, and the heartbeat.
            ServerMessage::Joined { .. } | ServerMessage::Pong { ice_servers: None } => return,
        }
        self.emit_message(message);
    }

    pub(super) fn error(&mut self, now: Millis, code: Open<ErrorCode>, message: &str) {
        if self.answer_is_stale() {
            self.give_way(now);
            return;
        }
        let joined = matches!(self.state, State::Joined { .. });
        match verdict::of(&code, joined) {
            Verdict::Refuse => {
                if let Some(connection) = self.state.connection() {
                    self.effects.push(Effect::Close(connection));
                }
                self.refuse(code, message.into());
            }
            Verdict::Retry => self.give_up(now, &format!("{code}: {message}")),
            Verdict::Tell => {}
        }
    }

    /// The answer to `join` is due, and the person has since asked for something else: no refusal of the
    /// one is a refusal of the other.
    pub(super) fn answer_is_stale(&self) -> bool {
        matches!(&self.state, State::Joining { asked, .. } if self.goal.as_ref() != Some(asked))
    }

    /// The answer to `leave` is here.
    pub(super) fn left(&mut self, now: Millis, connection: ConnectionId) {
        if let State::Leaving { server, .. } = &self.state
            && self.goal_is_at(server)
        {
            self.send_join(now, connection);
        } else {
            self.give_way(now);
        }
    }
}
