//! The bound on what the channels of a connection have in flight together.
//!
//! The stack bounds each channel by itself. But an acknowledgment reports all gaps of the connection, with 4 bytes each
//! and without a limit: with 4 MiB in flight, a full queue on the path made it too large for one packet, nothing was
//! acknowledged any more, and all channels stalled for good (decision 0010).

use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tokio::sync::{MutexGuard, Notify};
use tokio::time::timeout;

use super::stack_channel::StackChannel;
use crate::lock::lock;

/// How often a channel that waits for acknowledgments looks for them. The stack notifies of those of each channel by
/// itself, and not while the reader of the channel is behind.
const INTERVAL: Duration = Duration::from_millis(5);

/// The channels of a connection, and how many bytes they may have unacknowledged together.
pub(crate) struct InFlight {
    limit: usize,
    channels: Mutex<Vec<Weak<StackChannel>>>,
    /// How many bytes may be sent before the acknowledgments have to be looked for again: doing so before each message
    /// takes the lock of the stack twice. Locked by the channel whose turn it is to send, in the order in which they
    /// began to wait.
    allowance: tokio::sync::Mutex<usize>,
    acknowledged: Notify,
}

/// The permission to send one message of any size. No other channel sends before it is dropped.
pub(super) struct Turn<'a>(MutexGuard<'a, usize>);

impl Turn<'_> {
    /// A message of this size is about to be sent.
    pub(super) fn spend(&mut self, bytes: usize) {
        *self.0 = self.0.saturating_sub(bytes);
    }
}

impl InFlight {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            channels: Mutex::default(),
            allowance: tokio::sync::Mutex::default(),
            acknowledged: Notify::new(),
        }
    }

    /// What may be unacknowledged where sending resumes: an eighth less than the limit, so that a sender that fills it
    /// is not woken up by each acknowledgment.
    pub(super) fn low_mark(&self) -> usize {
        self.limit - (self.limit / 8).max(1)
    }

    /// From now on, what this channel has in flight counts.
    pub(super) fn add(&self, channel: &Arc<StackChannel>) {
        let mut channels = lock(&self.channels);
        channels.retain(|channel| channel.strong_count() > 0);
        channels.push(Arc::downgrade(channel));
    }

    /// A channel has less unacknowledged than [`Self::low_mark`] again.
    pub(super) fn on_acknowledged(&self) {
        self.acknowledged.notify_waiters();
    }

    /// Waits until a message of any size may be sent.
    pub(super) async fn turn(&self, channel: &Arc<StackChannel>) -> Turn<'_> {
        let mut allowance = self.allowance.lock().await;
        while *allowance == 0 {
            let mut acknowledged = std::pin::pin!(self.acknowledged.notified());
            acknowledged.as_mut().enable();
            if channel.outstanding_bytes().await.is_err() {
                // A closed channel. Sending has the same error.
                break;
            }
            *allowance = self.allowance(self.unacknowledged().await);
            if *allowance == 0 {
                let _ = timeout(INTERVAL, acknowledged).await;
            }
        }
        Turn(allowance)
    }

    /// How many bytes may be sent while so many are unacknowledged.
    fn allowance(&self, unacknowledged: usize) -> usize {
        if unacknowledged > self.low_mark() {
            0
        } else {
            self.limit - unacknowledged
        }
    }

    /// The bytes in flight of all channels.
    async fn unacknowledged(&self) -> usize {
        let channels: Vec<_> = lock(&self.channels)
            .iter()
            .filter_map(Weak::upgrade)
            .collect();
        let mut bytes: usize = 0;
        for channel in channels {
            // Closed channels have none.
            bytes = bytes.saturating_add(channel.outstanding_bytes().await.unwrap_or(0));
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sending_resumes_at_the_low_mark_up_to_the_limit() {
        let in_flight = InFlight::new(800);
        assert_eq!(in_flight.low_mark(), 700);
        assert_eq!(in_flight.allowance(0), 800);
        assert_eq!(in_flight.allowance(700), 100);
        assert_eq!(in_flight.allowance(701), 0);
        assert_eq!(in_flight.allowance(usize::MAX), 0);
    }

    #[test]
    fn the_smallest_limit_lets_one_message_through() {
        for limit in [0, 1] {
            let in_flight = InFlight::new(limit);
            assert_eq!(in_flight.low_mark(), 0);
            assert_eq!(in_flight.allowance(0), 1);
            assert_eq!(in_flight.allowance(1), 0);
        }
    }

    #[tokio::test]
    async fn a_message_of_any_size_spends_the_allowance() {
        let in_flight = InFlight::new(800);
        *in_flight.allowance.lock().await = 100;
        let mut turn = Turn(in_flight.allowance.lock().await);
        turn.spend(60);
        assert_eq!(*turn.0, 40);
        turn.spend(1 << 20);
        assert_eq!(*turn.0, 0);
    }
}
