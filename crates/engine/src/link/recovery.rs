//! When a link counts as connecting, connected, reconnecting or failed, and when to look for a new path. Pure:
//! what happened and the time go in, the status and what to do come out. The same rules, and the same numbers,
//! as `ui/src/engine/webview/recovery.ts`: a room mixes both engines.

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
/// ICE restarts per interruption, the wait before each doubling from [`GRACE`].
pub(super) const MAX_RESTARTS: u32 = 5;

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
    /// A description of theirs was applied.
    Answered,
    /// Somebody, or a changed network, asks for a new path.
    Restart,
    /// A description could not be applied.
    Broken(String),
    /// Time passed.
    Tick,
}

/// Where a link stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recovery {
    pub(super) status: LinkStatus,
    pub(super) detail: String,
    answered: bool,
    since: Instant,
    restarts: u32,
    /// When the next restart or the giving up is due.
    due: Option<Instant>,
}

impl Recovery {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            status: LinkStatus::Connecting,
            detail: String::new(),
            answered: false,
            since: now,
            restarts: 0,
            due: Some(now + CONNECT_RESTART),
        }
    }

    /// Takes note; true where an ICE restart is due.
    pub(super) fn step(&mut self, happening: Happening, now: Instant, polite: bool) -> bool {
        match happening {
            Happening::Answered => {
                self.answered = true;
                false
            }
            Happening::Broken(detail) => {
                self.enter(LinkStatus::Failed, detail, now, None);
                false
            }
            Happening::Restart => {
                match self.status {
                    LinkStatus::Connected => {}
                    LinkStatus::Connecting => self.due = Some(now + CONNECT_RESTART),
                    _ => {
                        let due = Some(now + GRACE * 2);
                        self.enter(
                            LinkStatus::Reconnecting,
                            "asked for a new path".into(),
                            now,
                            due,
                        );
                        self.restarts = 1;
                    }
                }
                true
            }
            Happening::Transport(transport) => {
                self.transport(transport, now, polite);
                false
            }
            Happening::Tick => self.due.is_some_and(|due| now >= due) && self.overdue(now),
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
            // Before the first connection the answer may be to wait for more candidates.
            (Transport::Failed, LinkStatus::Connecting) => {
                self.detail = "no path found yet".into();
                let soon = now + Duration::from_secs(1) + wait;
                self.due = Some(self.due.map_or(soon, |due| due.min(soon)));
            }
            _ => {}
        }
    }

    fn overdue(&mut self, now: Instant) -> bool {
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
            LinkStatus::Reconnecting if self.restarts >= MAX_RESTARTS => {
                let detail = format!(
                    "{}; {MAX_RESTARTS} attempts to find a new one did not help",
                    self.detail
                );
                self.enter(LinkStatus::Failed, detail, now, None);
                false
            }
            LinkStatus::Reconnecting => {
                self.restarts += 1;
                self.due = Some(now + GRACE * 2_u32.pow(self.restarts));
                true
            }
            _ => {
                self.due = None;
                false
            }
        }
    }

    fn enter(&mut self, status: LinkStatus, detail: String, now: Instant, due: Option<Instant>) {
        self.status = status;
        self.detail = detail;
        self.since = now;
        self.restarts = 0;
        self.due = due;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lets time pass in ticks; when restarts were due, in seconds, and how it ended.
    fn wait(recovery: &mut Recovery, from: Instant, seconds: u64) -> Vec<u64> {
        (1..=seconds)
            .filter(|second| {
                recovery.step(Happening::Tick, from + Duration::from_secs(*second), false)
            })
            .collect()
    }

    #[test]
    fn an_answer_without_a_path_gets_one_restart_and_then_the_truth() {
        let start = Instant::now();
        let mut recovery = Recovery::new(start);
        recovery.step(Happening::Answered, start, false);
        assert_eq!(wait(&mut recovery, start, 60), [12]);
        assert_eq!(recovery.status, LinkStatus::Failed);
        assert_eq!(
            recovery.detail,
            "no network path to the other side was found"
        );
    }

    #[test]
    fn silence_is_met_with_ever_rarer_restarts_and_an_end() {
        let start = Instant::now();
        let mut recovery = Recovery::new(start);
        recovery.step(Happening::Transport(Transport::Connected), start, false);
        recovery.step(Happening::Transport(Transport::Silent), start, false);
        assert_eq!(recovery.status, LinkStatus::Reconnecting);
        assert_eq!(wait(&mut recovery, start, 200), [2, 6, 14, 30, 62]);
        assert_eq!(recovery.status, LinkStatus::Failed);
        recovery.step(Happening::Transport(Transport::Connected), start, false);
        assert_eq!(recovery.status, LinkStatus::Connected);
    }

    #[test]
    fn the_polite_side_lets_the_other_go_first() {
        let start = Instant::now();
        let mut sides = [Recovery::new(start), Recovery::new(start)];
        for (side, polite) in sides.iter_mut().zip([true, false]) {
            side.step(Happening::Transport(Transport::Connected), start, polite);
            side.step(Happening::Transport(Transport::Silent), start, polite);
        }
        let soon = start + GRACE;
        let restarts = sides.map(|mut side| side.step(Happening::Tick, soon, false));
        assert_eq!(restarts, [false, true]);
    }
}
