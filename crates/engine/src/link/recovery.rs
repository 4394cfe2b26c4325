//! When a link counts as connecting, connected, reconnecting or failed, and when to look for a new path. Pure:
//! what happened and the time go in, the status and what to do come out. The same rules, and the same numbers,
//! as `ui/src/engine/webview/negotiation/recovery.ts`: a room mixes both engines, and `recovery/vectors.json`
//! holds both to it. Why these: decision 0047.

use std::time::{Duration, Instant};

use crate::LinkStatus;

/// Longest wait for a first connection.
pub(super) const CONNECT: Duration = Duration::from_secs(30);
/// A path that does not come up by then gets one ICE restart.
pub(super) const CONNECT_RESTART: Duration = Duration::from_secs(12);
/// Most paths that go silent come back by themselves within this.
pub(super) const GRACE: Duration = Duration::from_secs(2);
/// The polite side leaves the first ICE restart to the other for this long.
pub(super) const POLITE_EXTRA: Duration = Duration::from_millis(2500);
/// Between ICE restarts while a link is reconnecting, for as long as it is.
pub(super) const RETRY: Duration = Duration::from_secs(3);
/// The polite side waits for this longer, so that restarts of both sides do not undo each other.
pub(super) const POLITE_RETRY_EXTRA: Duration = Duration::from_secs(1);
/// Up to this is added, another time each time: links that a cut took together do not come back in one burst.
pub(super) const JITTER: Duration = Duration::from_secs(1);
/// Whatever asks for it, ICE restarts of a link that is not connected are not nearer to each other.
pub(super) const SPACING: Duration = Duration::from_secs(1);

/// How the transport is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    Connected,
    Silent,
    Failed,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Happening {
    Transport(Transport),
    /// A description of theirs was applied. `restarted`: the exchange restarts ICE, whoever asked for it.
    Answered {
        restarted: bool,
    },
    /// Somebody, or a changed network, asks for a new path.
    Restart,
    /// A description could not be applied.
    Broken(String),
    /// Time passed.
    Tick,
}

/// Where a link stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Recovery {
    pub(super) status: LinkStatus,
    pub(super) detail: String,
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
    pub(super) fn new(now: Instant, seed: f64) -> Self {
        Self {
            status: LinkStatus::Connecting,
            detail: String::new(),
            answered: false,
            since: now,
            restarts: 0,
            restarted: None,
            due: Some(now + CONNECT_RESTART),
            jitter: seed,
        }
    }

    /// Takes note; true where an ICE restart is due.
    pub(super) fn step(&mut self, happening: Happening, now: Instant, polite: bool) -> bool {
        match happening {
            Happening::Answered { restarted } => {
                self.answered = true;
                if restarted && self.status == LinkStatus::Reconnecting {
                    // Its connectivity checks have just begun: another restart would undo them.
                    self.restarted = Some(now);
                    self.due = Some(now + self.retry(polite));
                }
                false
            }
            Happening::Broken(detail) => {
                // A path that works goes on working, and one that is looked for may be found by the next exchange:
                // only a link that never connected has nothing else to hope for.
                if self.status == LinkStatus::Connecting {
                    self.enter(LinkStatus::Failed, detail, now, None);
                }
                false
            }
            Happening::Restart => self.asked(now, polite),
            Happening::Transport(transport) => {
                self.transport(transport, now, polite);
                false
            }
            Happening::Tick => self.due.is_some_and(|due| now >= due) && self.overdue(now, polite),
        }
    }

    fn asked(&mut self, now: Instant, polite: bool) -> bool {
        match self.status {
            LinkStatus::Connected => true,
            LinkStatus::Connecting => {
                self.due = Some(now + CONNECT_RESTART);
                true
            }
            LinkStatus::Reconnecting => {
                self.hurry(now, now);
                self.due.is_some_and(|due| now >= due) && self.overdue(now, polite)
            }
            _ => {
                let detail = "asked for a new path".into();
                self.enter(LinkStatus::Reconnecting, detail, now, Some(now));
                self.overdue(now, polite)
            }
        }
    }

    fn transport(&mut self, transport: Transport, now: Instant, polite: bool) {
        let wait = if polite { POLITE_EXTRA } else { Duration::ZERO };
        match (transport, self.status) {
            (Transport::Connected, _) => {
                self.enter(LinkStatus::Connected, String::new(), now, None);
            }
            (Transport::Silent, LinkStatus::Connected) => {
                let due = Some(now + GRACE + wait);
                self.enter(
                    LinkStatus::Reconnecting,
                    "the path was lost".into(),
                    now,
                    due,
                );
            }
            (Transport::Failed, LinkStatus::Connected) => {
                let due = Some(now + wait);
                self.enter(LinkStatus::Reconnecting, "the path failed".into(), now, due);
            }
            // What the last restart began has come to its end.
            (Transport::Failed, LinkStatus::Reconnecting) => self.hurry(now, now + wait),
            // Before the first connection the answer may be to wait for more candidates.
            (Transport::Failed, LinkStatus::Connecting) => {
                self.detail = "no path found yet".into();
                let soon = now + Duration::from_secs(1) + wait;
                self.due = Some(self.due.map_or(soon, |due| due.min(soon)));
            }
            _ => {}
        }
    }

    fn overdue(&mut self, now: Instant, polite: bool) -> bool {
        match self.status {
            LinkStatus::Connecting if now >= self.since + CONNECT => {
                let detail = if self.answered {
                    "no network path to the other side was found"
                } else {
                    "the other side did not answer"
                };
                self.enter(LinkStatus::Failed, detail.into(), now, None);
                false
            }
            LinkStatus::Connecting => {
                let first = self.restarts == 0;
                self.restarts = 1;
                self.due = Some(self.since + CONNECT);
                self.answered && first
            }
            LinkStatus::Reconnecting => {
                self.restarts = self.restarts.saturating_add(1);
                self.restarted = Some(now);
                self.due = Some(now + self.retry(polite));
                true
            }
            _ => {
                self.due = None;
                false
            }
        }
    }

    /// The next restart at `at` where it would be later, but not on the heels of the last.
    fn hurry(&mut self, now: Instant, at: Instant) {
        let soonest = self.restarted.map_or(now, |last| last + SPACING);
        let at = at.max(soonest);
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// The wait for the next restart.
    fn retry(&mut self, polite: bool) -> Duration {
        // Steps of the golden ratio spread evenly over 0 to 1 from any seed.
        self.jitter = (self.jitter + 0.618).fract();
        let extra = if polite {
            POLITE_RETRY_EXTRA
        } else {
            Duration::ZERO
        };
        RETRY + extra + JITTER.mul_f64(self.jitter)
    }

    fn enter(&mut self, status: LinkStatus, detail: String, now: Instant, due: Option<Instant>) {
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
