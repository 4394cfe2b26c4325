//! Changes of the machine's network interfaces.

use std::net::IpAddr;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::interfaces;

/// Polling interval. A change is reported after two polls, sooner than a person takes a silence for the end of the call.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// Watches the machine's addresses. One instance serves a whole process: first its signaling socket, which carries the
/// offers of ICE restarts, then the peers.
///
/// Polls (0.1 ms each), as the notification APIs of the three systems have nothing in common. A change is reported after
/// it was the same in two polls, since interfaces flap while they come up. The loss of the last address is not reported:
/// there is no network to move to yet.
#[derive(Debug)]
pub struct NetworkWatch {
    changes: watch::Receiver<Vec<IpAddr>>,
    known: Vec<IpAddr>,
    task: JoinHandle<()>,
}

impl NetworkWatch {
    /// Begins to watch. Needs a tokio runtime.
    #[must_use]
    pub fn start() -> Self {
        let known = interfaces::usable().unwrap_or_default();
        let mut debounce = Debounce::new(known.clone());
        let (sender, changes) = watch::channel(known.clone());
        let task = tokio::spawn(async move {
            let mut polls = tokio::time::interval(POLL_INTERVAL);
            polls.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                polls.tick().await;
                // A failed read is not a change.
                let Ok(now) = interfaces::usable() else {
                    continue;
                };
                if debounce.is_change(&now) {
                    sender.send_replace(now);
                }
            }
        });
        Self {
            changes,
            known,
            task,
        }
    }

    /// Waits until the addresses differ from those at the last call. Returns the addresses that are gone. Cancel-safe.
    pub async fn changed(&mut self) -> Vec<IpAddr> {
        if self.changes.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
        let now = self.changes.borrow_and_update().clone();
        let mut gone = std::mem::replace(&mut self.known, now);
        gone.retain(|address| !self.known.contains(address));
        gone
    }
}

impl Drop for NetworkWatch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Distinguishes a lasting change from a flap.
#[derive(Debug)]
struct Debounce {
    reported: Vec<IpAddr>,
    /// A change that was seen in one poll so far.
    candidate: Option<Vec<IpAddr>>,
}

impl Debounce {
    fn new(reported: Vec<IpAddr>) -> Self {
        Self {
            reported,
            candidate: None,
        }
    }

    fn is_change(&mut self, now: &[IpAddr]) -> bool {
        // Only loopback: there is no network.
        if now == self.reported || now.iter().all(IpAddr::is_loopback) {
            self.candidate = None;
            return false;
        }
        if self.candidate.as_deref() == Some(now) {
            self.reported = now.to_vec();
            self.candidate = None;
            return true;
        }
        self.candidate = Some(now.to_vec());
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(last: &[u8]) -> Vec<IpAddr> {
        last.iter()
            .map(|last| IpAddr::from([10, 0, 0, *last]))
            .collect()
    }

    #[test]
    fn a_flap_is_not_reported_and_a_change_is_reported_once() {
        let mut debounce = Debounce::new(addresses(&[1]));
        assert!(!debounce.is_change(&addresses(&[1, 3])));
        assert!(!debounce.is_change(&addresses(&[1])));
        assert!(!debounce.is_change(&addresses(&[2])));
        assert!(debounce.is_change(&addresses(&[2])));
        assert!(!debounce.is_change(&addresses(&[2])));
    }

    #[test]
    fn nothing_is_reported_while_there_is_no_network() {
        let none = [IpAddr::from([127, 0, 0, 1])];
        let mut debounce = Debounce::new(addresses(&[1]));
        for _ in 0..10 {
            assert!(!debounce.is_change(&none));
        }
        assert!(!debounce.is_change(&addresses(&[2])));
        assert!(debounce.is_change(&addresses(&[2])));
        // The same address again: sockets bound to it still work.
        assert!(!debounce.is_change(&none));
        assert!(!debounce.is_change(&addresses(&[2])));
        assert!(!debounce.is_change(&addresses(&[2])));
    }
}
