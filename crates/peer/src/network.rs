//! Network interfaces coming and going.

use std::net::IpAddr;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::interfaces;

/// Between two looks. Two of them are less than what a person takes for an end.
const INTERVAL: Duration = Duration::from_millis(500);

/// Notices when the machine's addresses change. One serves a whole process: its signaling socket first, then ICE of
/// all peers, so that what they have to say finds a way.
///
/// Polls, because the notifications of the three systems have nothing in common but this result; one look
/// costs 0.1 ms. A change is told once it stood for two looks, as interfaces flap while they come up; that there is
/// no network at all is not told, as there is nowhere to go yet.
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
        let mut settled = Settled::new(known.clone());
        let (tell, changes) = watch::channel(known.clone());
        let task = tokio::spawn(async move {
            let mut looks = tokio::time::interval(INTERVAL);
            looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                looks.tick().await;
                // Unreadable for a moment is not a change.
                let Ok(now) = interfaces::usable() else {
                    continue;
                };
                if settled.look(&now) {
                    tell.send_replace(now);
                }
            }
        });
        Self {
            changes,
            known,
            task,
        }
    }

    /// Returns when the addresses changed since the last call: those that are gone.
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

/// Tells a lasting change from a flap.
#[derive(Debug)]
struct Settled {
    told: Vec<IpAddr>,
    seen: Option<Vec<IpAddr>>,
}

impl Settled {
    fn new(told: Vec<IpAddr>) -> Self {
        Self { told, seen: None }
    }

    fn look(&mut self, now: &[IpAddr]) -> bool {
        // Loopback is what there is where there is nothing.
        if now == self.told || now.iter().all(IpAddr::is_loopback) {
            self.seen = None;
            return false;
        }
        if self.seen.as_deref() == Some(now) {
            self.told = now.to_vec();
            self.seen = None;
            return true;
        }
        self.seen = Some(now.to_vec());
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
    fn a_flap_is_not_told_and_a_change_is_told_once() {
        let mut settled = Settled::new(addresses(&[1]));
        assert!(!settled.look(&addresses(&[1, 3])));
        assert!(!settled.look(&addresses(&[1])));
        assert!(!settled.look(&addresses(&[2])));
        assert!(settled.look(&addresses(&[2])));
        assert!(!settled.look(&addresses(&[2])));
    }

    #[test]
    fn nothing_is_told_before_there_is_a_network_again() {
        let none = [IpAddr::from([127, 0, 0, 1])];
        let mut settled = Settled::new(addresses(&[1]));
        for _ in 0..10 {
            assert!(!settled.look(&none));
        }
        assert!(!settled.look(&addresses(&[2])));
        assert!(settled.look(&addresses(&[2])));
        // The same one again: every socket on it still works.
        assert!(!settled.look(&none));
        assert!(!settled.look(&addresses(&[2])));
        assert!(!settled.look(&addresses(&[2])));
    }
}
