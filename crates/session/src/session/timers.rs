//! Deadlines and the heartbeat.

use maru_protocol::{
    ClientMessage,
    limits::{DEAD_AFTER_MS, PING_INTERVAL_MS},
};

use super::{machine::Session, state::State, timing::Millis};

impl Session {
    /// When [`Event::Tick`](super::Event::Tick) is due; `None` if nothing will happen by itself.
    #[must_use]
    pub fn deadline(&self) -> Option<Millis> {
        match &self.state {
            State::Idle => None,
            State::Waiting { deadline }
            | State::Connecting { deadline, .. }
            | State::Joining { deadline, .. }
            | State::Leaving { deadline, .. } => Some(*deadline),
            State::Joined {
                last_received,
                last_sent,
                last_ping,
                probe_deadline,
                ..
            } => {
                // A ping is due after a silence of ours, so that the server does not drop us, and after a silence of
                // the server, because only an answer tells a quiet server from a dead path.
                let ping = (*last_received).min(*last_sent).max(*last_ping) + PING_INTERVAL_MS;
                let dead = last_received + DEAD_AFTER_MS;
                Some(ping.min(dead).min(probe_deadline.unwrap_or(Millis::MAX)))
            }
        }
    }

    pub(super) fn on_tick(&mut self, now: Millis) {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        match &self.state {
            State::Idle => {}
            State::Waiting { .. } => self.connect(now),
            State::Connecting { .. } => self.abort(now, "the server did not answer in time"),
            State::Joining { .. } => self.abort(now, "the server did not answer 'join' in time"),
            State::Leaving { .. } => self.restart(now),
            State::Joined {
                last_received,
                probe_deadline,
                ..
            } => {
                if now >= last_received + DEAD_AFTER_MS
                    || probe_deadline.is_some_and(|deadline| now >= deadline)
                {
                    self.abort(now, "nothing heard from the server");
                } else {
                    self.ping(now);
                }
            }
        }
    }

    /// Sends a ping on a joined connection.
    pub(super) fn ping(&mut self, now: Millis) {
        if let State::Joined {
            connection,
            last_sent,
            last_ping,
            ..
        } = &mut self.state
        {
            *last_sent = now;
            *last_ping = now;
            let connection = *connection;
            self.send(connection, &ClientMessage::Ping {});
        }
    }

    /// Something has arrived: the connection is alive.
    pub(super) fn on_activity(&mut self, now: Millis) {
        if let State::Joined {
            last_received,
            probe_deadline,
            ..
        } = &mut self.state
        {
            *last_received = now;
            *probe_deadline = None;
        }
    }
}
