//! When a link counts as connecting, connected, reconnecting or failed, and when to restart ICE. The same rules, and
//! the same numbers, as the web client's `recovery.ts`: a room mixes both engines, and `vectors/recovery.json` holds
//! both to it. Why these: decision 0047.

use std::time::{Duration, Instant};

use crate::{Status, Transport};

/// Longest wait for a first connection.
pub(crate) const CONNECT: Duration = Duration::from_secs(30);
/// A path that does not come up by then gets one ICE restart.
pub(crate) const CONNECT_RESTART: Duration = Duration::from_secs(12);
/// Most paths that go silent come back by themselves within this.
pub(crate) const GRACE: Duration = Duration::from_secs(2);
/// The polite side leaves the first ICE restart to the other for this long.
pub(crate) const POLITE_EXTRA: Duration = Duration::from_millis(2500);
/// Interval of ICE restarts while a link is reconnecting.
pub(crate) const RETRY: Duration = Duration::from_secs(3);
/// Longer interval of the polite side, so that restarts of both sides do not undo each other.
pub(crate) const POLITE_RETRY_EXTRA: Duration = Duration::from_secs(1);
/// Random addition to the interval: links that lost their paths together do not come back in one burst.
pub(crate) const JITTER: Duration = Duration::from_secs(1);
/// Least interval between ICE restarts of a link that is not connected, however often one is asked for.
pub(crate) const SPACING: Duration = Duration::from_secs(1);

/// Input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RecoveryEvent {
    Transport(Transport),
    /// A description of the other side was applied. `restarted`: the exchange restarts ICE, whichever side began it.
    DescriptionApplied {
        restarted: bool,
    },
    /// A person or a changed network asks for a new path.
    RestartRequested,
    /// A description could not be applied.
    NegotiationFailed(String),
    /// Time passed.
    Timeout,
}

/// Where a link stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Recovery {
    pub(crate) status: Status,
    pub(crate) detail: String,
    answered: bool,
    since: Instant,
    /// ICE restarts asked for since the status began.
    restarts: u32,
    /// When the last one was, or was seen to begin.
    restarted: Option<Instant>,
    /// When the next restart or the giving up is due.
    due: Option<Instant>,
    /// The next jitter, 0 to 1.
    jitter: f64,
}

impl Recovery {
    /// A link that begins. `seed`, 0 to 1, makes its waits differ from those of others.
    pub(crate) fn new(now: Instant, seed: f64) -> Self {
        Self {
            status: Status::Connecting,
            detail: String::new(),
            answered: false,
            since: now,
            restarts: 0,
            restarted: None,
            due: Some(now + CONNECT_RESTART),
            jitter: seed,
        }
    }

    /// When [`RecoveryEvent::Timeout`] is due.
    pub(crate) const fn due(&self) -> Option<Instant> {
        self.due
    }

    /// True where an ICE restart is due.
    pub(crate) fn step(&mut self, event: RecoveryEvent, now: Instant, polite: bool) -> bool {
        match event {
            RecoveryEvent::DescriptionApplied { restarted } => {
                self.answered = true;
                if restarted && self.status == Status::Reconnecting {
                    // Its connectivity checks have just begun: another restart would undo them.
                    self.restarted = Some(now);
                    self.due = Some(now + self.retry_interval(polite));
                }
                false
            }
            RecoveryEvent::NegotiationFailed(detail) => {
                // A path that works goes on working, and one that is looked for may be found by the next exchange:
                // only a link that never connected has nothing else to hope for.
                if self.status == Status::Connecting {
                    self.enter(Status::Failed, detail, now, None);
                }
                false
            }
            RecoveryEvent::RestartRequested => self.restart_requested(now, polite),
            RecoveryEvent::Transport(transport) => {
                self.on_transport(transport, now, polite);
                false
            }
            RecoveryEvent::Timeout => {
                self.due.is_some_and(|due| now >= due) && self.on_due(now, polite)
            }
        }
    }

    fn restart_requested(&mut self, now: Instant, polite: bool) -> bool {
        match self.status {
            Status::Connected => true,
            Status::Connecting => {
                self.due = Some(now + CONNECT_RESTART);
                true
            }
            Status::Reconnecting => {
                self.bring_forward(now, now);
                self.due.is_some_and(|due| now >= due) && self.on_due(now, polite)
            }
            _ => {
                let detail = "asked for a new path".into();
                self.enter(Status::Reconnecting, detail, now, Some(now));
                self.on_due(now, polite)
            }
        }
    }

    fn on_transport(&mut self, transport: Transport, now: Instant, polite: bool) {
        let wait = if polite { POLITE_EXTRA } else { Duration::ZERO };
        match (transport, self.status) {
            (Transport::Connected, _) => {
                self.enter(Status::Connected, String::new(), now, None);
            }
            (Transport::Disconnected, Status::Connected) => {
                let due = Some(now + GRACE + wait);
                self.enter(Status::Reconnecting, "the path was lost".into(), now, due);
            }
            (Transport::Failed, Status::Connected) => {
                let due = Some(now + wait);
                self.enter(Status::Reconnecting, "the path failed".into(), now, due);
            }
            // What the last restart began has come to its end.
            (Transport::Failed, Status::Reconnecting) => self.bring_forward(now, now + wait),
            // Before the first connection the answer may be to wait for more candidates.
            (Transport::Failed, Status::Connecting) => {
                self.detail = "no path found yet".into();
                let soon = now + Duration::from_secs(1) + wait;
                self.due = Some(self.due.map_or(soon, |due| due.min(soon)));
            }
            _ => {}
        }
    }

    fn on_due(&mut self, now: Instant, polite: bool) -> bool {
        match self.status {
            Status::Connecting if now >= self.since + CONNECT => {
                let detail = if self.answered {
                    "no network path to the other side was found"
                } else {
                    "the other side did not answer"
                };
                self.enter(Status::Failed, detail.into(), now, None);
                false
            }
            Status::Connecting => {
                let first = self.restarts == 0;
                self.restarts = 1;
                self.due = Some(self.since + CONNECT);
                self.answered && first
            }
            Status::Reconnecting => {
                self.restarts = self.restarts.saturating_add(1);
                self.restarted = Some(now);
                self.due = Some(now + self.retry_interval(polite));
                true
            }
            _ => {
                self.due = None;
                false
            }
        }
    }

    /// The next restart at `at` where it would be later, but not sooner than [`SPACING`] after the last.
    fn bring_forward(&mut self, now: Instant, at: Instant) {
        let soonest = self.restarted.map_or(now, |last| last + SPACING);
        let at = at.max(soonest);
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// The wait for the next restart.
    fn retry_interval(&mut self, polite: bool) -> Duration {
        // Steps of the golden ratio spread evenly over 0 to 1 from any seed.
        self.jitter = (self.jitter + 0.618).fract();
        let extra = if polite {
            POLITE_RETRY_EXTRA
        } else {
            Duration::ZERO
        };
        RETRY + extra + JITTER.mul_f64(self.jitter)
    }

    fn enter(&mut self, status: Status, detail: String, now: Instant, due: Option<Instant>) {
        self.status = status;
        self.detail = detail;
        self.since = now;
        self.restarts = 0;
        self.restarted = None;
        self.due = due;
    }
}

#[cfg(test)]
mod tests;
