//! The bound on what the channels of a connection have in flight together.
//!
//! It follows the path (`send_limit.rs`), up to a maximum. The stack bounds each channel by itself. But an acknowledgment
//! reports all gaps of the connection, with 4 bytes each and without a limit: with 4 MiB in flight, a full queue on the path
//! made it too large for one packet, nothing was acknowledged any more, and all channels stalled for good (decision 0010).

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tokio::sync::{MutexGuard, Notify};
use tokio::time::{Instant, timeout};

use super::send_limit::{SendLimit, low_mark};
use super::stack_channel::StackChannel;
use crate::lock::lock;

/// How often a channel that waits for acknowledgments looks for them. The stack notifies of those of each channel by
/// itself, and not while the reader of the channel is behind.
const INTERVAL: Duration = Duration::from_millis(5);

/// The channels of a connection, and how many bytes they may have unacknowledged together.
pub(crate) struct InFlight {
    max: AtomicUsize,
    channels: Mutex<Vec<Weak<StackChannel>>>,
    /// Locked by the channel whose turn it is to send, in the order in which they began to wait.
    allowance: tokio::sync::Mutex<Allowance>,
    acknowledged: Notify,
}

struct Allowance {
    /// How many bytes may be sent before the acknowledgments have to be looked for again: doing so before each message
    /// takes the lock of the stack twice.
    bytes: usize,
    limit: SendLimit,
}

/// The permission to send one message of any size. No other channel sends before it is dropped.
pub(super) struct Turn<'a>(MutexGuard<'a, Allowance>);

impl Turn<'_> {
    /// A message of this size is about to be sent.
    pub(super) fn spend(&mut self, bytes: usize) {
        self.0.bytes = self.0.bytes.saturating_sub(bytes);
        self.0.limit.on_sent(bytes, Instant::now().into_std());
    }
}

impl InFlight {
    /// At most `max` bytes, and one message of any size.
    pub(crate) fn new(max: usize) -> Self {
        Self {
            max: AtomicUsize::new(max),
            channels: Mutex::default(),
            allowance: tokio::sync::Mutex::new(Allowance {
                bytes: 0,
                limit: SendLimit::new(max),
            }),
            acknowledged: Notify::new(),
        }
    }

    /// Changes the maximum. Takes effect with the next message.
    pub(crate) async fn set_max(&self, max: usize) {
        if self.max.swap(max, Relaxed) == max {
            return;
        }
        let threshold = self.threshold();
        for channel in self.channels() {
            // Fails if it is not made yet, which sets it when it is, or closed.
            let _ = channel.set_buffered_amount_low_threshold(threshold).await;
        }
        self.acknowledged.notify_waiters();
    }

    /// Where the stack notifies of acknowledgments: the low mark of the maximum. While the limit is lower, they are looked
    /// for in intervals: they matter less often on a slow path.
    pub(super) fn threshold(&self) -> u32 {
        u32::try_from(low_mark(self.max.load(Relaxed).max(1))).unwrap_or(u32::MAX)
    }

    /// From now on, what this channel has in flight counts.
    pub(super) fn add(&self, channel: &Arc<StackChannel>) {
        let mut channels = lock(&self.channels);
        channels.retain(|channel| channel.strong_count() > 0);
        channels.push(Arc::downgrade(channel));
    }

    /// A channel has less unacknowledged than [`Self::threshold`] again.
    pub(super) fn on_acknowledged(&self) {
        self.acknowledged.notify_waiters();
    }

    /// Waits until a message of any size may be sent.
    pub(super) async fn turn(&self, channel: &Arc<StackChannel>) -> Turn<'_> {
        let mut allowance = self.allowance.lock().await;
        if allowance.limit.set_max(self.max.load(Relaxed)) {
            allowance.bytes = 0;
        }
        while allowance.bytes == 0 {
            let mut acknowledged = std::pin::pin!(self.acknowledged.notified());
            acknowledged.as_mut().enable();
            if channel.outstanding_bytes().await.is_err() {
                // A closed channel. Sending has the same error.
                break;
            }
            let unacknowledged = self.unacknowledged().await;
            let now = Instant::now().into_std();
            allowance.bytes = allowance.limit.allowance(unacknowledged, now);
            if allowance.bytes == 0 {
                let _ = timeout(INTERVAL, acknowledged).await;
            }
        }
        Turn(allowance)
    }

    /// The bytes in flight of all channels.
    async fn unacknowledged(&self) -> usize {
        let mut bytes: usize = 0;
        for channel in self.channels() {
            // Closed channels have none.
            bytes = bytes.saturating_add(channel.outstanding_bytes().await.unwrap_or(0));
        }
        bytes
    }

    fn channels(&self) -> Vec<Arc<StackChannel>> {
        let channels = lock(&self.channels);
        channels.iter().filter_map(Weak::upgrade).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_message_of_any_size_spends_the_allowance() {
        let in_flight = InFlight::new(800);
        in_flight.allowance.lock().await.bytes = 100;
        let mut turn = Turn(in_flight.allowance.lock().await);
        turn.spend(60);
        assert_eq!(turn.0.bytes, 40);
        turn.spend(1 << 20);
        assert_eq!(turn.0.bytes, 0);
    }
}
