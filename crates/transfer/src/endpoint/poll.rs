//! What is to be done next, and when.

use super::{
    Endpoint,
    connection::{MAX_IDLE, MAX_SILENCE, PING_INTERVAL},
    output::{CloseReason, Output},
    receiving::Effects,
};
use crate::{Time, control::ControlMessage, control::TransferId};

impl Endpoint {
    /// The next thing to do.
    pub fn poll_output(&mut self, now: Time) -> Option<Output> {
        if self.outputs.is_empty() && self.holes_wait {
            self.hash_holes(now);
        }
        self.outputs.pop_front()
    }

    /// Whether the connection has a path. Without one nothing can arrive, and silence is no reason to give it up: what is in
    /// flight arrives when there is a path again.
    pub fn set_path_works(&mut self, works: bool, now: Time) {
        if let Some(connection) = &mut self.connection
            && connection.path_works != works
        {
            connection.path_works = works;
            connection.received_at = now;
            connection.delivery.on_path(now);
        }
    }

    /// Messages of the control channel were sent, or given to a queue that is bounded.
    pub fn on_control_sent(&mut self, messages: usize, now: Time) {
        if let Some(connection) = &mut self.connection {
            connection.unsent = connection.unsent.saturating_sub(messages);
        }
        self.after(now);
    }

    /// What can follow from any input.
    pub(super) fn after(&mut self, now: Time) {
        let ids: Vec<TransferId> = self.receiving.keys().copied().collect();
        let connected = self.connection.is_some();
        let compares = self.compares && self.connection.as_ref().is_some_and(|of| of.verifies);
        for id in ids {
            let Some(receiving) = self.receiving.get_mut(&id) else {
                continue;
            };
            let mut effects = Effects::default();
            if connected {
                receiving.ask(compares, &mut effects);
            }
            effects.disk.extend(receiving.poll_checkpoint(now));
            self.apply(id, effects);
        }
        self.list();
        self.read_ahead();
        let exist = !self.sending.is_empty() || !self.receiving.is_empty();
        let of_partner = !self.delayed.is_empty()
            || self.sending.values().any(|of| of.recognised)
            || self.receiving.values().any(|of| of.recognised);
        if let Some(connection) = &mut self.connection {
            connection.set_transfers(exist, of_partner, now);
            if connection.has_hello
                && let Some(credit) = connection.poll_credit(now)
            {
                self.send(&credit);
            }
        }
    }

    /// When [`Self::on_timeout`] is to be called, if nothing happens before.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Time> {
        let checkpoints = self
            .receiving
            .values()
            .filter(|of| of.pauses.problem_here.is_none() && !of.concluding)
            .filter_map(super::receiving::Receiving::checkpoint_due);
        let connection = self.connection.as_ref();
        let of_connection = connection.into_iter().flat_map(|connection| {
            let open = connection.is_open;
            [
                connection.receive.poll_timeout(),
                connection.pacing.poll_timeout(),
                open.then_some(connection.ping_at),
                (open && connection.path_works).then_some(connection.received_at + MAX_SILENCE),
                connection
                    .delivery
                    .due(self.stalls)
                    .filter(|_| open && connection.path_works),
                connection.idle_since.map(|since| since + MAX_IDLE),
            ]
            .into_iter()
            .flatten()
        });
        checkpoints.chain(of_connection).min()
    }

    /// The time of [`Self::poll_timeout`] came.
    pub fn on_timeout(&mut self, now: Time) {
        let Some(connection) = &mut self.connection else {
            return self.after(now);
        };
        connection.pacing.on_timeout(now);
        let idle = connection.idle_since;
        if idle.is_some_and(|since| now >= since + MAX_IDLE) {
            return self.close(CloseReason::Idle);
        }
        if connection.is_open {
            if connection.path_works && now >= connection.received_at + MAX_SILENCE {
                return self.close(CloseReason::Silent);
            }
            let stalled = connection.delivery.due(self.stalls);
            if connection.path_works && stalled.is_some_and(|due| now >= due) {
                self.stalls.add();
                return self.close(CloseReason::Silent);
            }
            if now >= connection.ping_at {
                connection.ping_at = now + PING_INTERVAL;
                let at = u64::try_from(now.since_start().as_millis()).unwrap_or_default();
                self.send(&ControlMessage::Ping { at });
            }
        }
        self.after(now);
    }
}
