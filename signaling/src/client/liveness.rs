//! When to ping a client, and when to give it up. No I/O; time is a parameter.

use std::time::Duration;

use crate::config::Timeouts;

#[derive(Debug)]
pub(super) struct Liveness {
    last_ping: Duration,
    /// When the client last joined or left a room, or connected.
    room_changed_at: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Alive,
    /// Silent: send a ping. Returned at most once per ping interval.
    PingDue,
    /// Silent, or in no room, for too long.
    TimedOut,
}

impl Liveness {
    pub(super) fn new(now: Duration) -> Self {
        Self {
            last_ping: Duration::ZERO,
            room_changed_at: now,
        }
    }

    pub(super) fn on_room_changed(&mut self, now: Duration) {
        self.room_changed_at = now;
    }

    pub(super) fn check(
        &mut self,
        now: Duration,
        last_received: Duration,
        in_room: bool,
        timeouts: &Timeouts,
    ) -> Status {
        let silence = now.saturating_sub(last_received);
        let join_overdue = !in_room && now.saturating_sub(self.room_changed_at) >= timeouts.join;
        if silence >= timeouts.dead_after || join_overdue {
            return Status::TimedOut;
        }
        let since_ping = now.saturating_sub(self.last_ping);
        if silence >= timeouts.ping_interval && since_ping >= timeouts.ping_interval {
            self.last_ping = now;
            return Status::PingDue;
        }
        Status::Alive
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUTS: Timeouts = Timeouts {
        ping_interval: Duration::from_secs(5),
        dead_after: Duration::from_secs(12),
        join: Duration::from_secs(15),
        close: Duration::from_secs(2),
    };

    /// The statuses at whole seconds, for a client that connected at second 0.
    fn statuses(seconds: &[u64], last_received: u64, in_room: bool) -> Vec<Status> {
        let mut liveness = Liveness::new(Duration::ZERO);
        let last_received = Duration::from_secs(last_received);
        let check = |second: &u64| {
            liveness.check(
                Duration::from_secs(*second),
                last_received,
                in_room,
                &TIMEOUTS,
            )
        };
        seconds.iter().map(check).collect()
    }

    #[test]
    fn a_silent_client_is_pinged_every_interval_and_then_times_out() {
        use Status::{Alive, PingDue, TimedOut};
        assert_eq!(
            statuses(&[4, 5, 6, 9, 10, 11, 12], 0, true),
            [Alive, PingDue, Alive, Alive, PingDue, Alive, TimedOut]
        );
    }

    #[test]
    fn received_bytes_postpone_the_ping_and_the_time_out() {
        use Status::{Alive, PingDue, TimedOut};
        assert_eq!(
            statuses(&[12, 14, 15, 21, 22], 10, true),
            [Alive, Alive, PingDue, PingDue, TimedOut]
        );
    }

    #[test]
    fn a_client_in_no_room_times_out_even_if_it_sends() {
        assert_eq!(
            statuses(&[14, 15], 14, false),
            [Status::Alive, Status::TimedOut]
        );
        let mut liveness = Liveness::new(Duration::ZERO);
        liveness.on_room_changed(Duration::from_secs(10));
        let status = liveness.check(
            Duration::from_secs(24),
            Duration::from_secs(24),
            false,
            &TIMEOUTS,
        );
        assert_eq!(
            status,
            Status::Alive,
            "leaving a room starts the time again"
        );
    }
}
