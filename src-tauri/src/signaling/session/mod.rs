//! One client's signaling session: join, resume, heartbeat, reconnect. No I/O and no clock: time comes in
//! with every event, what is to be done comes out.
//!
//! What comes in ([`Event`]):
//! - from the interface: `Join`, `Leave`, `Signal`;
//! - from the socket: `Connected`, `Frame`, `Heard` (WebSocket control frames), `Closed`. Each names its
//!   connection; what a superseded connection still says is ignored;
//! - from the system: `NetworkChanged`;
//! - from the clock: `Tick`, at the latest when [`Session::next_wake`] is due.
//!
//! **Invariants**: at most one connection is open or being opened; a session with a goal always has a
//! connection or a wake-up; after `Leave` nothing of the old room comes out any more; a signal said in
//! one incarnation of a room is never sent in another; everything kept is bounded.

mod backoff;
mod membership;
mod network;
mod outbox;
#[cfg(test)]
mod tests;
mod verdict;

use std::{borrow::Cow, net::IpAddr};

use maru_protocol::{
    ClientMessage, ErrorCode, RoomId, ServerMessage,
    limits::{DEAD_AFTER_MS, PING_INTERVAL_MS},
};
use serde_json::value::RawValue;

use self::{membership::Membership, outbox::Outbox, verdict::Verdict};
use crate::server_url::ServerUrl;

/// Milliseconds of a monotonic clock with any zero.
pub(crate) type Millis = u64;

/// A connection may take this long to open, name resolution and TLS included.
pub(crate) const CONNECT_TIMEOUT: Millis = 10_000;
/// The answer to `join` may take this long.
pub(crate) const JOIN_TIMEOUT: Millis = 10_000;
/// The answer to `leave` may take this long; then the socket is closed without it.
pub(crate) const LEAVE_TIMEOUT: Millis = 2_000;
/// A session this old was sound: the next loss starts the back-off from the beginning. Without the
/// condition, a server that accepts and then drops everybody would be asked four times a second.
pub(crate) const STABLE_AFTER: Millis = 5_000;

/// Names one attempt at a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ConnectionId(u64);

/// What the person asked for. The fields have passed the checks of [`ClientMessage::decode`].
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct JoinRequest {
    pub(crate) server: ServerUrl,
    pub(crate) room: RoomId,
    pub(crate) name: String,
    pub(crate) token: Option<String>,
}

/// What a session reacts to.
pub(crate) enum Event {
    Join(JoinRequest),
    Leave,
    /// A whole `signal` frame, checked.
    Signal(String),
    /// With the address of this machine that the connection is from.
    Connected(ConnectionId, Option<IpAddr>),
    Frame(ConnectionId, String),
    Heard(ConnectionId),
    Closed(ConnectionId, Loss),
    /// This machine is in another network and has lost these addresses.
    NetworkChanged(Vec<IpAddr>),
    Tick,
}

/// Why a connection is gone, or never came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Loss {
    /// RFC 6455 §7.4 close code, where one was received.
    pub(crate) close_code: Option<u16>,
    /// The handshake was answered by something that will not become a Maru server of this version.
    pub(crate) refusal: Option<ErrorCode>,
    /// For the details drawer; not translated.
    pub(crate) detail: String,
}

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Open a connection; answer with `Connected` or `Closed`.
    Connect(ConnectionId, ServerUrl),
    /// Send one text frame.
    Send(ConnectionId, String),
    /// Flush and close; no answer is needed.
    Close(ConnectionId),
    /// Tell the interface.
    Emit(Emission),
}

/// What the interface hears.
#[derive(Debug)]
pub(crate) enum Emission {
    Message(Box<RawValue>),
    Status(Status),
}

/// How the session is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Status {
    Idle,
    Connecting,
    Online,
    /// `retry_at` is `None` while a try is under way.
    Reconnecting {
        attempt: u32,
        retry_at: Option<Millis>,
        detail: String,
    },
    Refused {
        code: ErrorCode,
        detail: String,
    },
}

enum State {
    /// No connection and none wanted.
    Idle,
    /// Between two tries.
    Waiting { until: Millis },
    Connecting {
        connection: ConnectionId,
        server: ServerUrl,
        until: Millis,
    },
    /// `join` is sent. The goal may have changed since; the answer decides what to do about it.
    Joining {
        connection: ConnectionId,
        asked: JoinRequest,
        until: Millis,
    },
    Joined {
        connection: ConnectionId,
        asked: JoinRequest,
        since: Millis,
        heard: Millis,
        sent: Millis,
        pinged: Millis,
        /// Something has to be heard by then, because the network changed.
        probed: Option<Millis>,
    },
    /// `leave` is sent. The socket is kept for its answer, so that a join of the same room that follows
    /// cannot overtake it on another socket.
    Leaving {
        connection: ConnectionId,
        server: ServerUrl,
        until: Millis,
    },
}

impl State {
    fn connection(&self) -> Option<ConnectionId> {
        match self {
            Self::Idle | Self::Waiting { .. } => None,
            Self::Connecting { connection, .. }
            | Self::Joining { connection, .. }
            | Self::Joined { connection, .. }
            | Self::Leaving { connection, .. } => Some(*connection),
        }
    }
}

/// See the module.
pub(crate) struct Session {
    state: State,
    status: Status,
    goal: Option<JoinRequest>,
    /// The last room of the goal; kept across lost sockets.
    membership: Option<Membership>,
    /// Secret of the last `joined`.
    resume: Option<String>,
    outbox: Outbox,
    /// Tries since the session was last sound.
    attempt: u32,
    connections: u64,
    /// Where the connection is from.
    local: Option<IpAddr>,
    random: fastrand::Rng,
    effects: Vec<Effect>,
}

impl Session {
    /// `seed` only spreads retries.
    pub(crate) fn new(seed: u64) -> Self {
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
            random: fastrand::Rng::with_seed(seed),
            effects: Vec::new(),
        }
    }

    /// Takes one event at `now`; returns what to do, in order.
    pub(crate) fn handle(&mut self, now: Millis, event: Event) -> Vec<Effect> {
        match event {
            Event::Join(request) => self.join(now, request),
            Event::Leave => self.leave(now),
            Event::Signal(frame) => self.signal(now, frame),
            Event::NetworkChanged(gone) => self.network_changed(now, &gone),
            Event::Tick => self.tick(now),
            Event::Connected(connection, local) if self.is_current(connection) => {
                self.local = local;
                self.connected(now);
            }
            Event::Frame(connection, frame) if self.is_current(connection) => {
                self.heard(now);
                self.frame(now, &frame);
            }
            Event::Heard(connection) if self.is_current(connection) => self.heard(now),
            Event::Closed(connection, loss) if self.is_current(connection) => {
                self.closed(now, loss);
            }
            Event::Connected(..) | Event::Frame(..) | Event::Heard(_) | Event::Closed(..) => {}
        }
        std::mem::take(&mut self.effects)
    }

    /// When `Tick` is due at the latest.
    pub(crate) fn next_wake(&self) -> Option<Millis> {
        match &self.state {
            State::Idle => None,
            State::Waiting { until }
            | State::Connecting { until, .. }
            | State::Joining { until, .. }
            | State::Leaving { until, .. } => Some(*until),
            State::Joined { heard, probed, .. } => {
                let dead = (heard + DEAD_AFTER_MS).min(probed.unwrap_or(Millis::MAX));
                Some(dead.min(self.ping_due().unwrap_or(Millis::MAX)))
            }
        }
    }

    /// The state for an interface that has just (re)loaded: the room as it is now, if any, and the status.
    pub(crate) fn snapshot(&self) -> Vec<Emission> {
        let joined = self.membership.as_ref().map(Membership::to_message);
        let message = joined.and_then(|joined| raw(&joined).map(Emission::Message));
        message
            .into_iter()
            .chain([Emission::Status(self.status.clone())])
            .collect()
    }

    fn is_current(&self, connection: ConnectionId) -> bool {
        self.state.connection() == Some(connection)
    }

    fn join(&mut self, now: Millis, request: JoinRequest) {
        if let State::Joined { asked, .. } = &self.state
            && *asked == request
        {
            // A reloaded interface asks for the room it is still in.
            self.effects
                .extend(self.snapshot().into_iter().map(Effect::Emit));
            return;
        }
        self.forget_room();
        self.attempt = 0;
        self.goal = Some(request);
        self.set_status(Status::Connecting);
        match &self.state {
            State::Joined { connection, .. } => {
                let connection = *connection;
                self.send_leave(now, connection);
            }
            // The goal is looked at when the connection answers.
            State::Connecting { server, .. } if self.goal_is_at(server) => {}
            State::Joining { .. } | State::Leaving { .. } => {}
            State::Connecting { connection, .. } => {
                self.effects.push(Effect::Close(*connection));
                self.connect(now);
            }
            State::Idle | State::Waiting { .. } => self.connect(now),
        }
    }

    fn leave(&mut self, now: Millis) {
        self.goal = None;
        self.forget_room();
        match &self.state {
            State::Joined { connection, .. } => {
                let connection = *connection;
                self.send_leave(now, connection);
            }
            // Leaving needs the answer to `join` first.
            State::Joining { .. } | State::Leaving { .. } => {}
            State::Connecting { connection, .. } => {
                self.effects.push(Effect::Close(*connection));
                self.state = State::Idle;
            }
            State::Idle | State::Waiting { .. } => self.state = State::Idle,
        }
        self.set_status(Status::Idle);
    }

    fn signal(&mut self, now: Millis, frame: String) {
        if let State::Joined {
            connection, sent, ..
        } = &mut self.state
        {
            *sent = now;
            self.effects.push(Effect::Send(*connection, frame));
        } else if self.goal.is_some() && self.membership.is_some() {
            self.outbox.push(frame);
        }
        // Otherwise it was meant for a room that is gone.
    }

    fn tick(&mut self, now: Millis) {
        if self.next_wake().is_none_or(|due| now < due) {
            return;
        }
        match &mut self.state {
            State::Idle => {}
            State::Waiting { .. } => self.connect(now),
            State::Connecting { .. } => self.give_up(now, "the server did not answer in time"),
            State::Joining { .. } => self.give_up(now, "the server did not answer 'join' in time"),
            State::Leaving { .. } => self.give_way(now),
            State::Joined {
                connection,
                heard,
                sent,
                pinged,
                probed,
                ..
            } => {
                if now >= *heard + DEAD_AFTER_MS || probed.is_some_and(|until| now >= until) {
                    self.give_up(now, "nothing heard from the server");
                    return;
                }
                *sent = now;
                *pinged = now;
                let connection = *connection;
                self.send(connection, &ClientMessage::Ping {});
            }
        }
    }

    /// Each side hears something every [`PING_INTERVAL_MS`]: a ping is due when we were silent for that
    /// long, and also when the server was, because only an answer tells a slow server from a dead path.
    fn ping_due(&self) -> Option<Millis> {
        match &self.state {
            State::Joined {
                heard,
                sent,
                pinged,
                ..
            } => Some((*heard).min(*sent).max(*pinged) + PING_INTERVAL_MS),
            _ => None,
        }
    }

    fn heard(&mut self, now: Millis) {
        if let State::Joined { heard, probed, .. } = &mut self.state {
            *heard = now;
            *probed = None;
        }
    }

    fn connected(&mut self, now: Millis) {
        if let State::Connecting { connection, .. } = &self.state {
            let connection = *connection;
            self.send_join(now, connection);
        }
    }

    fn frame(&mut self, now: Millis, frame: &str) {
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

    fn frame_joining(&mut self, now: Millis, message: ServerMessage<'_>) {
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
                self.emit_message(&membership.to_message());
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

    fn frame_joined(&mut self, now: Millis, message: &ServerMessage<'_>) {
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
                if verdict::of(*code, true) != Verdict::Tell {
                    self.error(now, *code, text);
                    return;
                }
            }
            ServerMessage::Left {} => {
                self.give_up(now, "the server ended the session");
                return;
            }
            // The answer to nothing we asked, and the heartbeat.
            ServerMessage::Joined { .. } | ServerMessage::Pong {} => return,
        }
        self.emit_message(message);
    }

    fn error(&mut self, now: Millis, code: ErrorCode, message: &str) {
        if self.answer_is_stale() {
            self.give_way(now);
            return;
        }
        let joined = matches!(self.state, State::Joined { .. });
        match verdict::of(code, joined) {
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

    fn closed(&mut self, now: Millis, loss: Loss) {
        if matches!(self.state, State::Leaving { .. }) || self.answer_is_stale() {
            self.state = State::Idle;
            self.give_way(now);
            return;
        }
        let joined = matches!(self.state, State::Joined { .. });
        let named = loss.close_code.and_then(verdict::of_close_code);
        // Once joined, only a code that can end a session says that trying again is no use.
        let refusal = loss
            .refusal
            .or(named.filter(|code| verdict::of(*code, joined) == Verdict::Refuse));
        match refusal {
            Some(code) => self.refuse(code, loss.detail),
            None => self.lost(now, loss.detail),
        }
    }

    /// The answer to `join` is due, and the person has since asked for something else: no refusal of the
    /// one is a refusal of the other.
    fn answer_is_stale(&self) -> bool {
        matches!(&self.state, State::Joining { asked, .. } if self.goal.as_ref() != Some(asked))
    }

    /// The answer to `leave` is here.
    fn left(&mut self, now: Millis, connection: ConnectionId) {
        if let State::Leaving { server, .. } = &self.state
            && self.goal_is_at(server)
        {
            self.send_join(now, connection);
        } else {
            self.give_way(now);
        }
    }

    /// Closes what there is and goes on to the goal, if there is one.
    fn give_way(&mut self, now: Millis) {
        if let Some(connection) = self.state.connection() {
            self.effects.push(Effect::Close(connection));
        }
        self.state = State::Idle;
        if self.goal.is_some() {
            self.connect(now);
        }
    }

    /// Closes what there is and treats it as lost.
    fn give_up(&mut self, now: Millis, detail: &str) {
        if let Some(connection) = self.state.connection() {
            self.effects.push(Effect::Close(connection));
        }
        self.lost(now, detail.into());
    }

    fn lost(&mut self, now: Millis, detail: String) {
        if let State::Joined { since, .. } = &self.state
            && now >= since + STABLE_AFTER
        {
            self.attempt = 0;
        }
        if self.goal.is_none() {
            self.state = State::Idle;
            return;
        }
        self.attempt = self.attempt.saturating_add(1);
        let until = now + backoff::delay(self.attempt, &mut self.random);
        self.state = State::Waiting { until };
        self.set_status(Status::Reconnecting {
            attempt: self.attempt,
            retry_at: Some(until),
            detail,
        });
    }

    fn refuse(&mut self, code: ErrorCode, detail: String) {
        let wanted = self.goal.take().is_some();
        self.forget_room();
        self.state = State::Idle;
        if wanted {
            self.set_status(Status::Refused { code, detail });
        }
    }

    fn connect(&mut self, now: Millis) {
        let Some(goal) = &self.goal else {
            self.state = State::Idle;
            return;
        };
        let server = goal.server.clone();
        self.connections += 1;
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

    fn send_join(&mut self, now: Millis, connection: ConnectionId) {
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
            },
        );
        self.state = State::Joining {
            connection,
            asked,
            until: now + JOIN_TIMEOUT,
        };
    }

    fn send_leave(&mut self, now: Millis, connection: ConnectionId) {
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

    fn send(&mut self, connection: ConnectionId, message: &ClientMessage<'_>) {
        // Serialising a message of ours to memory cannot fail; nothing to send is the harmless reading.
        if let Ok(frame) = serde_json::to_string(message) {
            self.effects.push(Effect::Send(connection, frame));
        }
    }

    fn goal_is_at(&self, server: &ServerUrl) -> bool {
        self.goal
            .as_ref()
            .is_some_and(|goal| goal.server == *server)
    }

    fn forget_room(&mut self) {
        self.membership = None;
        self.resume = None;
        self.outbox.clear();
    }

    fn emit_message(&mut self, message: &ServerMessage<'_>) {
        if let Some(message) = raw(message) {
            self.effects.push(Effect::Emit(Emission::Message(message)));
        }
    }

    fn set_status(&mut self, status: Status) {
        if self.status != status {
            self.status = status.clone();
            self.effects.push(Effect::Emit(Emission::Status(status)));
        }
    }
}

fn raw(message: &ServerMessage<'_>) -> Option<Box<RawValue>> {
    serde_json::value::to_raw_value(message).ok()
}
