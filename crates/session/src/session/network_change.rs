use std::net::IpAddr;

use super::{
    machine::Session,
    state::State,
    timing::{Millis, PROBE_TIMEOUT},
};

impl Session {
    /// Ends a delay at once, and replaces or probes a connection that was opened in the earlier network.
    pub(super) fn on_network_change(&mut self, now: Millis, removed: &[IpAddr]) {
        let lost_address = self.local.is_some_and(|local| removed.contains(&local));
        match &mut self.state {
            // Leaving has a short deadline of its own.
            State::Idle | State::Leaving { .. } => {}
            State::Waiting { .. } => self.connect(now),
            // It may be opening from an address that is gone, and would then only time out.
            State::Connecting { .. } => self.restart(now),
            State::Joining { .. } | State::Joined { .. } if lost_address => {
                self.abort(now, "the network changed");
                if matches!(self.state, State::Waiting { .. }) {
                    self.connect(now);
                }
            }
            State::Joining { deadline, .. } => *deadline = (*deadline).min(now + PROBE_TIMEOUT),
            State::Joined { probe_deadline, .. } => {
                *probe_deadline = Some(now + PROBE_TIMEOUT);
                self.ping(now);
            }
        }
    }
}
