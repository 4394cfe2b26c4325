use std::net::IpAddr;

use maru_protocol::ClientMessage;

use super::{Effect, Millis, Session, State};

/// After a change of the network, any sign of life may take this long.
pub(crate) const PROBE_TIMEOUT: Millis = 3_000;

impl Session {
    /// Does not wait out a delay, and does not trust a connection of before.
    pub(super) fn network_changed(&mut self, now: Millis, gone: &[IpAddr]) {
        let is_gone = self.local.is_some_and(|local| gone.contains(&local));
        match &mut self.state {
            // Leaving ends by itself soon, either way.
            State::Idle | State::Leaving { .. } => {}
            State::Waiting { .. } => self.connect(now),
            State::Connecting { connection, .. } => {
                // Perhaps from an address that is gone: nothing would ever answer.
                self.effects.push(Effect::Close(*connection));
                self.connect(now);
            }
            State::Joining { .. } | State::Joined { .. } if is_gone => {
                self.give_up(now, "the network changed");
                if matches!(self.state, State::Waiting { .. }) {
                    self.connect(now);
                }
            }
            State::Joining { until, .. } => *until = (*until).min(now + PROBE_TIMEOUT),
            State::Joined {
                connection,
                sent,
                pinged,
                probed,
                ..
            } => {
                *sent = now;
                *pinged = now;
                *probed = Some(now + PROBE_TIMEOUT);
                let connection = *connection;
                self.send(connection, &ClientMessage::Ping {});
            }
        }
    }
}
