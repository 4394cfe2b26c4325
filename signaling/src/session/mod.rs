//! One client's messages, and how the server answers each. WebSocket framing is in [`crate::connection`].

mod signal_batch;

use std::{sync::Arc, time::Duration};

use maru_protocol::{ClientMessage, ErrorCode, JoinedRoom, ParticipantId, RoomId, ServerMessage};
use serde_json::value::RawValue;

use crate::{
    client::Client,
    dispatch::dispatch,
    identity::Identity,
    rate_limit::{RateLimiter, Verdict},
    rooms::{Admission, Membership, Rooms},
    state::ServerState,
};
use signal_batch::Receiver;

pub use signal_batch::SignalBatch;

/// The protocol state of one client.
#[derive(Debug)]
pub struct Session {
    client: Arc<Client>,
    /// `None` while the client is in no room.
    membership: Option<Membership>,
    rate_limiter: RateLimiter,
}

impl Session {
    /// The session of a client that has just connected.
    #[must_use]
    pub fn new(client: Arc<Client>, state: &ServerState) -> Self {
        Self {
            client,
            membership: None,
            rate_limiter: RateLimiter::new(state.config.message_rate, state.now()),
        }
    }

    /// Handles one text message. A signal may be left in `batch`; [`Session::flush`] it after the last message of a
    /// read.
    pub fn on_message(&mut self, state: &ServerState, text: &str, batch: &mut SignalBatch) {
        match self.rate_limiter.check(state.now()) {
            Verdict::Accept => {}
            Verdict::Refuse => {
                return self.send_error(state, ErrorCode::RateLimited, "too many messages");
            }
            Verdict::Drop => return,
            Verdict::Close => {
                return self.close_with_error(state, ErrorCode::RateLimited, "too many messages");
            }
        }
        match ClientMessage::decode(text) {
            Ok(ClientMessage::Signal { to, data }) => self.on_signal(state, to, data, batch),
            Ok(ClientMessage::Ping {}) => {
                self.client.send(&ServerMessage::Pong { ice_servers: None });
            }
            Ok(ClientMessage::Leave {}) => {
                self.flush(state, batch);
                self.on_leave(state);
            }
            Ok(ClientMessage::Join {
                room,
                name,
                token,
                resume,
                // This version defines no features.
                features: _,
            }) => {
                self.flush(state, batch);
                self.on_join(state, &room, &name, token.as_deref(), resume.as_deref());
            }
            Err(error) => self.send_error(state, error.code, &error.detail),
        }
    }

    /// Counts one control frame against the message rate; false if it exceeds the rate.
    pub fn accept_control_frame(&mut self, state: &ServerState) -> bool {
        match self.rate_limiter.check(state.now()) {
            Verdict::Accept => true,
            Verdict::Refuse | Verdict::Drop => false,
            Verdict::Close => {
                self.close_with_error(state, ErrorCode::RateLimited, "too many messages");
                false
            }
        }
    }

    /// The socket is gone, or nothing more will be read from it. Further calls have no effect.
    pub fn on_disconnect(&mut self, state: &ServerState) {
        let Some(membership) = self.membership.take() else {
            return;
        };
        let mut rooms = state.rooms();
        self.client.set_participant(state.now(), None);
        rooms.disconnect(state.now(), membership, &self.client);
    }

    /// Sends the signals in `batch`, and empties it.
    pub fn flush(&self, state: &ServerState, batch: &mut SignalBatch) {
        let (Some(receiver), Some(membership)) = (batch.receiver.take(), self.membership) else {
            return;
        };
        let signals = std::mem::take(&mut batch.signals);
        let sent = receiver
            .client
            .as_ref()
            .is_some_and(|client| client.send_to(receiver.participant, &batch.frames));
        let accepted = sent || self.store_undelivered(state, membership, &receiver, &batch.frames);
        batch.frames.clear();
        if accepted {
            state.metrics.relayed.add(signals);
        } else {
            self.refuse(state, ErrorCode::UnknownParticipant);
        }
    }

    /// Stores signals until their receiver resumes, or sends them if it has resumed since it was looked up.
    fn store_undelivered(
        &self,
        state: &ServerState,
        membership: Membership,
        receiver: &Receiver,
        frames: &[u8],
    ) -> bool {
        let mut rooms = state.rooms();
        match rooms.store_undelivered(
            membership,
            &self.client,
            receiver.participant,
            receiver.client.as_ref(),
            frames,
        ) {
            Ok(None) => true,
            Ok(Some(resumed)) => resumed.send_to(receiver.participant, frames),
            Err(_) => false,
        }
    }

    fn on_join(
        &mut self,
        state: &ServerState,
        room: &RoomId,
        name: &str,
        token: Option<&str>,
        resume: Option<&str>,
    ) {
        if self.membership.is_some() {
            return self.send_error(state, ErrorCode::AlreadyJoined, "leave the room first");
        }
        if !state.is_authorized(token) {
            let message = "this server asks for a token";
            return self.close_with_error(state, ErrorCode::Unauthorized, message);
        }
        let identity = Identity::random();
        let secret = identity.secret.reveal();
        let mut effects = Vec::new();
        let client = Arc::clone(&self.client);
        // Everything is sent before the lock is released, so that every client receives `joined`,
        // `participant-joined` and `participant-left` in the order of the changes. Sending does not block.
        let mut rooms = state.rooms();
        match rooms.join(client, room, name, resume, identity, &mut effects) {
            Ok(admission) => {
                self.confirm_join(state, &rooms, room, admission, secret);
                dispatch(state, effects);
            }
            Err(ErrorCode::ServerFull) => {
                drop(rooms);
                let code = ErrorCode::ServerFull;
                self.close_with_error(state, code, refusal_message(code));
            }
            Err(code) => {
                let now = state.now();
                let timeouts = &state.config.timeouts;
                let free_at =
                    rooms.seat_free_at(room, |client| client.presumed_dead_at(now, timeouts));
                drop(rooms);
                self.refuse_join(state, code, free_at.map(|at| at.saturating_sub(now)));
            }
        }
    }

    fn confirm_join(
        &mut self,
        state: &ServerState,
        rooms: &Rooms<Arc<Client>>,
        room: &RoomId,
        admission: Admission,
        secret: String,
    ) {
        let participant = admission.membership.participant;
        self.client.set_participant(state.now(), Some(participant));
        self.membership = Some(admission.membership);
        state.metrics.joins.add(1);
        if admission.resumed {
            state.metrics.resumes.add(1);
        }
        self.client.send(&ServerMessage::Joined {
            self_id: participant,
            room: JoinedRoom {
                id: room.clone(),
                incarnation: admission.incarnation,
                capacity: u32::try_from(rooms.capacity()).unwrap_or(u32::MAX),
            },
            participants: admission.others,
            ice_servers: state.config.ice_servers.clone(),
            resume: secret,
            removed: Vec::new(),
        });
        if !admission.undelivered.is_empty() {
            self.client.send_frames(&admission.undelivered);
        }
    }

    fn on_leave(&mut self, state: &ServerState) {
        let Some(membership) = self.membership.take() else {
            return self.refuse(state, ErrorCode::NotJoined);
        };
        self.client.set_participant(state.now(), None);
        let mut effects = Vec::new();
        let mut rooms = state.rooms();
        rooms.leave(membership, &self.client, &mut effects);
        self.client.send(&ServerMessage::Left {});
        dispatch(state, effects);
    }

    fn on_signal(
        &mut self,
        state: &ServerState,
        to: ParticipantId,
        data: &RawValue,
        batch: &mut SignalBatch,
    ) {
        let Some(membership) = self.membership else {
            return self.send_error(state, ErrorCode::NotJoined, "join a room first");
        };
        if !batch.is_for(to) {
            self.flush(state, batch);
            let receiver = state
                .rooms()
                .receiver(membership, &self.client, to)
                .cloned();
            let client = match receiver {
                Ok(client) => Some(client),
                // Disconnected or not in the room: `store_undelivered` distinguishes the two.
                Err(ErrorCode::UnknownParticipant) => None,
                Err(code) => return self.refuse(state, code),
            };
            batch.receiver = Some(Receiver {
                participant: to,
                client,
            });
        }
        batch.push(membership.participant, data);
    }

    fn refuse(&self, state: &ServerState, code: ErrorCode) {
        self.send_error(state, code, refusal_message(code));
    }

    fn send_error(&self, state: &ServerState, code: ErrorCode, message: &str) {
        state.metrics.count_error(code);
        self.client.send(&ServerMessage::Error {
            code: code.into(),
            message: message.into(),
            retry_after_ms: None,
        });
    }

    fn refuse_join(&self, state: &ServerState, code: ErrorCode, retry_after: Option<Duration>) {
        state.metrics.count_error(code);
        self.client.send(&ServerMessage::Error {
            code: code.into(),
            message: refusal_message(code).into(),
            retry_after_ms: retry_after
                .map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
        });
    }

    fn close_with_error(&self, state: &ServerState, code: ErrorCode, message: &str) {
        state.metrics.count_error(code);
        self.client.close_with_error(state.now(), code, message);
    }
}

/// The text for people that goes with `code`.
fn refusal_message(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::RoomFull => "the room is full",
        ErrorCode::ServerFull => "the server has as many rooms as it may",
        ErrorCode::UnknownParticipant => "nobody of that ID is in the room",
        ErrorCode::NotJoined => "not in a room",
        _ => "refused",
    }
}
