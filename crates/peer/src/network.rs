//! Network interfaces coming and going.

use std::net::IpAddr;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::socket::interfaces;

/// Between two looks. A laptop that changes its network takes longer than this to get an address.
const INTERVAL: Duration = Duration::from_secs(1);

/// Notices when the machine's addresses change. One serves all peers of a process: restart ICE on each.
///
/// Polls, because the notifications of the three systems have nothing in common but this result; one look
/// costs 0.1 ms. A change is told once it stood for two looks, as interfaces flap while they come up.
#[derive(Debug)]
pub struct NetworkWatch {
    changes: watch::Receiver<u64>,
    task: JoinHandle<()>,
}

impl NetworkWatch {
    /// Begins to watch. Needs a tokio runtime.
    #[must_use]
    pub fn start() -> Self {
        let (tell, changes) = watch::channel(0);
        let task = tokio::spawn(async move {
            let mut settled = Settled::new(interfaces().unwrap_or_default());
            let mut looks = tokio::time::interval(INTERVAL);
            looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                looks.tick().await;
                // Unreadable for a moment is not a change.
                let Ok(now) = interfaces() else { continue };
                if settled.look(now) {
                    tell.send_modify(|count| *count += 1);
                }
            }
        });
        Self { changes, task }
    }

    /// Returns when the addresses changed since the last call.
    pub async fn changed(&mut self) {
        if self.changes.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
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

    fn look(&mut self, now: Vec<IpAddr>) -> bool {
        if now == self.told {
            self.seen = None;
            return false;
        }
        if self.seen.as_ref() == Some(&now) {
            self.told = now;
            self.seen = None;
            return true;
        }
        self.seen = Some(now);
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
        assert!(!settled.look(addresses(&[])));
        assert!(!settled.look(addresses(&[1])));
        assert!(!settled.look(addresses(&[2])));
        assert!(settled.look(addresses(&[2])));
        assert!(!settled.look(addresses(&[2])));
    }
}
