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
//! one incarnation of a room is never sent in another, nor one said by us as one participant when we are another;
//! everything kept is bounded.

mod answers;
mod asking;
mod backoff;
mod ending;
mod membership;
mod network;
mod outbox;
mod state;
#[cfg(test)]
mod tests;
mod verdict;
mod vocabulary;

use std::net::IpAddr;

use maru_protocol::{
    ClientMessage, ErrorCode, Open, ParticipantId, ServerMessage,
    limits::{DEAD_AFTER_MS, PING_INTERVAL_MS},
};
use serde_json::value::RawValue;

pub(crate) use self::vocabulary::{
    ConnectionId, Effect, Emission, Event, JoinRequest, Loss, Status,
};
use self::{membership::Membership, outbox::Outbox, state::State};
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
    /// An error of a later version of the wire, and its text: should the server close the connection now, it is why.
    unknown_error: Option<(Open<ErrorCode>, String)>,
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
            unknown_error: None,
            random: fastrand::Rng::with_seed(seed),
            effects: Vec::new(),
        }
    }

    /// Takes one event at `now`; returns what to do, in order.
    pub(crate) fn handle(&mut self, now: Millis, event: Event) -> Vec<Effect> {
        match event {
            Event::Join(request) => self.join(now, request),
            Event::Leave => self.leave(now),
            Event::Signal(from, frame) => self.signal(now, from, frame),
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
        let joined = self
            .membership
            .as_ref()
            .map(|membership| membership.to_message(Vec::new()));
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

    fn signal(&mut self, now: Millis, from: ParticipantId, frame: String) {
        let known = self.membership.as_ref().map(|us| us.self_id);
        if known != Some(from) {
            // Said before the interface heard that we are somebody else now, about links that the others have given up
            // with who we were: in our new name it would spoil those that they begin.
            return;
        }
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
