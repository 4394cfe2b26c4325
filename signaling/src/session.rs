//! What one connection has said so far, and what the server does about the next thing it says.

use std::sync::Arc;

use maru_protocol::{
    ClientMessage, ErrorCode, JoinedRoom, ParticipantId, RoomId, ServerMessage, signal_bytes,
    write_signal,
};
use serde_json::value::RawValue;

use crate::{
    client::Client,
    frames,
    identity::Identity,
    rate_limit::{RateLimiter, Verdict},
    rooms::{Effect, Membership},
    server::Shared,
};

/// The conversation with one client.
#[derive(Debug)]
pub struct Session {
    client: Arc<Client>,
    membership: Option<Membership>,
    rate_limiter: RateLimiter,
}

/// Signals of one read, for one receiver: written together.
#[derive(Debug, Default)]
pub struct Relay {
    to: Option<Receiver>,
    frames: Vec<u8>,
    messages: u64,
}

#[derive(Debug)]
struct Receiver {
    participant: ParticipantId,
    /// None while its socket is lost.
    client: Option<Arc<Client>>,
}

impl Session {
    /// A conversation that begins.
    #[must_use]
    pub fn new(client: Arc<Client>, shared: &Shared) -> Self {
        let now = shared.now();
        Self {
            client,
            membership: None,
            rate_limiter: RateLimiter::new(shared.config.message_rate, now),
        }
    }

    /// One text message.
    pub fn receive(&mut self, shared: &Shared, text: &str, relay: &mut Relay) {
        let now = shared.now();
        match self.rate_limiter.check(now) {
            Verdict::Accept => {}
            Verdict::Refuse => {
                return self.refuse(shared, ErrorCode::RateLimited, "too many messages");
            }
            Verdict::Drop => return,
            Verdict::Close => {
                return self.end(shared, ErrorCode::RateLimited, "too many messages");
            }
        }
        match ClientMessage::decode(text) {
            Ok(ClientMessage::Signal { to, data }) => self.signal(shared, to, data, relay),
            Ok(ClientMessage::Ping {}) => {
                self.client.send(&ServerMessage::Pong { ice_servers: None });
            }
            Ok(ClientMessage::Leave {}) => {
                self.flush(shared, relay);
                self.leave(shared);
            }
            Ok(ClientMessage::Join {
                room,
                name,
                token,
                resume,
                // There is nothing new to say yet.
                features: _,
            }) => {
                self.flush(shared, relay);
                self.join(shared, &room, &name, token.as_deref(), resume.as_deref());
            }
            Err(error) => self.refuse(shared, error.code, &error.detail),
        }
    }

    /// The socket is gone, or will not be listened to any more.
    pub fn lost(&mut self, shared: &Shared) {
        let Some(membership) = self.membership.take() else {
            return;
        };
        let mut rooms = shared.rooms();
        self.client.become_participant(shared.now(), None);
        rooms.disconnect(shared.now(), membership, &self.client);
    }

    /// Delivers what `relay` has gathered.
    pub fn flush(&self, shared: &Shared, relay: &mut Relay) {
        let (Some(to), Some(membership)) = (relay.to.take(), self.membership) else {
            return;
        };
        let messages = std::mem::take(&mut relay.messages);
        let delivered = to
            .client
            .as_ref()
            .is_some_and(|client| client.send_to(to.participant, &relay.frames))
            || self.keep(shared, membership, &to, &relay.frames);
        relay.frames.clear();
        if delivered {
            shared.metrics.relayed.add(messages);
        } else {
            let code = ErrorCode::UnknownParticipant;
            self.refuse(shared, code, refusal(code));
        }
    }

    fn keep(&self, shared: &Shared, membership: Membership, to: &Receiver, frames: &[u8]) -> bool {
        let mut rooms = shared.rooms();
        match rooms.store_undelivered(
            membership,
            &self.client,
            to.participant,
            to.client.as_ref(),
            frames,
        ) {
            Ok(None) => true,
            Ok(Some(back)) => back.send_to(to.participant, frames),
            Err(_) => false,
        }
    }

    fn join(
        &mut self,
        shared: &Shared,
        room: &RoomId,
        name: &str,
        token: Option<&str>,
        resume: Option<&str>,
    ) {
        if self.membership.is_some() {
            return self.refuse(shared, ErrorCode::AlreadyJoined, "leave the room first");
        }
        if !shared.admits(token) {
            return self.end(
                shared,
                ErrorCode::Unauthorized,
                "this server asks for a token",
            );
        }
        let fresh = Identity::random();
        let secret = fresh.secret.clone();
        let mut effects = Vec::new();
        // Everything of a join is written under the lock, so that the others' `participant-joined` and this
        // client's `joined` agree in order with whatever joins or leaves next. The socket calls inside do not
        // block.
        let mut rooms = shared.rooms();
        match rooms.join(
            Arc::clone(&self.client),
            room,
            name,
            resume,
            fresh,
            &mut effects,
        ) {
            Ok(admission) => {
                self.client
                    .become_participant(shared.now(), Some(admission.membership.participant));
                self.membership = Some(admission.membership);
                shared.metrics.joins.add(1);
                if admission.resumed {
                    shared.metrics.resumes.add(1);
                }
                self.client.send(&ServerMessage::Joined {
                    self_id: admission.membership.participant,
                    room: JoinedRoom {
                        id: room.clone(),
                        incarnation: admission.incarnation,
                        capacity: u32::try_from(rooms.capacity()).unwrap_or(u32::MAX),
                    },
                    participants: admission.others,
                    ice_servers: shared.config.ice_servers.clone(),
                    resume: secret.reveal(),
                    removed: Vec::new(),
                });
                if !admission.undelivered.is_empty() {
                    self.client.send_frames(&admission.undelivered);
                }
                perform(shared, effects);
            }
            Err(code) => {
                drop(rooms);
                if code == ErrorCode::ServerFull {
                    self.end(shared, code, refusal(code));
                } else {
                    self.refuse(shared, code, refusal(code));
                }
            }
        }
    }

    fn leave(&mut self, shared: &Shared) {
        let Some(membership) = self.membership.take() else {
            return self.refuse(shared, ErrorCode::NotJoined, "not in a room");
        };
        self.client.become_participant(shared.now(), None);
        let mut effects = Vec::new();
        let mut rooms = shared.rooms();
        rooms.leave(membership, &self.client, &mut effects);
        self.client.send(&ServerMessage::Left {});
        perform(shared, effects);
    }

    fn signal(&mut self, shared: &Shared, to: ParticipantId, data: &RawValue, relay: &mut Relay) {
        let Some(membership) = self.membership else {
            return self.refuse(shared, ErrorCode::NotJoined, "join a room first");
        };
        let same = relay
            .to
            .as_ref()
            .is_some_and(|receiver| receiver.participant == to);
        if !same {
            self.flush(shared, relay);
            let found = shared
                .rooms()
                .receiver(membership, &self.client, to)
                .cloned();
            let client = match found {
                Ok(client) => Some(client),
                // Disconnected or not in the room: `store_undelivered` distinguishes the two.
                Err(ErrorCode::UnknownParticipant) => None,
                Err(code) => return self.refuse(shared, code, refusal(code)),
            };
            relay.to = Some(Receiver {
                participant: to,
                client,
            });
        }
        frames::write_header(frames::TEXT, signal_bytes(data), &mut relay.frames);
        write_signal(membership.participant, data, &mut relay.frames);
        relay.messages += 1;
    }

    /// Says why and closes.
    fn end(&self, shared: &Shared, code: ErrorCode, message: &str) {
        shared.metrics.count_error(code);
        self.client
            .close(shared.now(), Some(code), code.close_code(), message);
    }

    /// Counts one control frame against the message rate; false when it is one too many.
    pub fn admits_control(&mut self, shared: &Shared) -> bool {
        match self.rate_limiter.check(shared.now()) {
            Verdict::Accept => true,
            Verdict::Refuse | Verdict::Drop => false,
            Verdict::Close => {
                self.end(shared, ErrorCode::RateLimited, "too many messages");
                false
            }
        }
    }

    fn refuse(&self, shared: &Shared, code: ErrorCode, message: &str) {
        shared.metrics.count_error(code);
        self.client.send(&ServerMessage::Error {
            code: code.into(),
            message: message.into(),
        });
    }
}

fn refusal(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::RoomFull => "the room is full",
        ErrorCode::ServerFull => "the server has as many rooms as it may",
        ErrorCode::UnknownParticipant => "nobody of that ID is in the room",
        ErrorCode::NotJoined => "not in a room",
        _ => "refused",
    }
}

/// Carries out what [`crate::rooms::Rooms`] decided.
pub fn perform(shared: &Shared, effects: Vec<Effect<Arc<Client>>>) {
    for effect in effects {
        match effect {
            Effect::ParticipantJoined { to, participant } => {
                to.send(&ServerMessage::ParticipantJoined { participant })
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
                old.become_participant(shared.now(), None);
                let code = ErrorCode::Replaced;
                shared.metrics.count_error(code);
                old.close(
                    shared.now(),
                    Some(code),
                    code.close_code(),
                    "resumed on another connection",
                );
            }
        }
    }
}
