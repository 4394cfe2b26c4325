//! Whether the remote peer can receive on negotiated channels.
//!
//! SCTP is established on the responder's side first (RFC 9260 §5.1). What it sends then arrives together with COOKIE ACK,
//! or before it if that one is lost. The stack acknowledges it, and discards it if it is for a negotiated channel, as it
//! opens those only later (decision 0010). So the responder waits with its first message until it has received anything.

use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::lock::lock;

/// How long after its own channel is open a peer waits that has received nothing: until after the retransmission of a lost
/// COOKIE ECHO, which follows after 1 s.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// Shared by all channels of a connection.
pub(crate) struct Readiness {
    is_ready: watch::Sender<bool>,
    /// Set with the first open channel.
    deadline: Mutex<Option<Instant>>,
}

impl Default for Readiness {
    fn default() -> Self {
        Self {
            is_ready: watch::Sender::new(false),
            deadline: Mutex::default(),
        }
    }
}

impl Readiness {
    /// The remote peer can receive: it has sent something, or it is the responder.
    pub(crate) fn set(&self) {
        self.is_ready.send_if_modified(|is_ready| {
            let changed = !*is_ready;
            *is_ready = true;
            changed
        });
    }

    /// A negotiated channel is open on this side.
    pub(super) fn on_open(&self) {
        self.deadline();
    }

    fn deadline(&self) -> Instant {
        *lock(&self.deadline).get_or_insert_with(|| Instant::now() + MAX_WAIT)
    }

    /// Returns once the remote peer can receive, or should be able to.
    pub(super) async fn wait(&self) {
        let mut is_ready = self.is_ready.subscribe();
        let _ = timeout_at(self.deadline(), is_ready.wait_for(|is_ready| *is_ready)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn waiting_ends_with_the_first_message_or_two_seconds_after_the_channel_is_open() {
        let readiness = Readiness::default();
        let start = Instant::now();
        readiness.on_open();
        tokio::time::sleep(Duration::from_millis(500)).await;
        readiness.on_open();
        readiness.wait().await;
        assert_eq!(start.elapsed(), MAX_WAIT);

        let readiness = Readiness::default();
        let start = Instant::now();
        tokio::join!(readiness.wait(), async {
            tokio::time::sleep(Duration::from_millis(30)).await;
            readiness.set();
        });
        assert_eq!(start.elapsed(), Duration::from_millis(30));
        readiness.wait().await;
        assert_eq!(start.elapsed(), Duration::from_millis(30));
    }
}
