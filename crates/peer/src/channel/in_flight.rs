//! The bound on what the channels of a connection have in flight together.
//!
//! The stack bounds each channel by itself. But an acknowledgment reports all gaps of the connection, with 4 bytes each
//! and without a limit: with 4 MiB in flight, a full queue on the path made it too large for one packet, nothing was
//! acknowledged any more, and all channels stalled for good (decision 0010).

use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tokio::sync::MutexGuard;
use webrtc::data_channel::DataChannel;

use crate::lock::lock;

/// How often a channel that waits for the acknowledgments of others looks. The stack reports those of a channel only to
/// that channel.
const INTERVAL: Duration = Duration::from_millis(5);

/// The channels of a connection, and how many bytes they may have unacknowledged together.
pub(crate) struct InFlight {
    limit: usize,
    channels: Mutex<Vec<Weak<dyn DataChannel>>>,
    /// Held by the channel whose turn it is to send, in the order in which they began to wait.
    turn: tokio::sync::Mutex<()>,
}

/// Which acknowledgments a channel waits for before its next message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WaitFor {
    Nothing,
    /// Only this channel has anything in flight.
    Own,
    Any,
}

/// `limit`, and the bytes in flight of this channel and of all others.
fn wait_for(limit: usize, own: usize, others: usize) -> WaitFor {
    if own.saturating_add(others) < limit {
        WaitFor::Nothing
    } else if others == 0 {
        WaitFor::Own
    } else {
        WaitFor::Any
    }
}

impl InFlight {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            channels: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// From now on, what this channel has in flight counts.
    pub(super) fn add(&self, channel: &Arc<dyn DataChannel>) {
        let mut channels = lock(&self.channels);
        channels.retain(|channel| channel.strong_count() > 0);
        channels.push(Arc::downgrade(channel));
    }

    /// Waits until a message of any size may be sent. No other channel sends before the guard is dropped.
    pub(super) async fn turn(&self, channel: &Arc<dyn DataChannel>) -> MutexGuard<'_, ()> {
        let turn = self.turn.lock().await;
        loop {
            let own = channel.outstanding_bytes().await.unwrap_or(0);
            let others = self.others(channel).await;
            match wait_for(self.limit, own, others) {
                WaitFor::Nothing => return turn,
                // An error is that of a closed channel, and sending has the same.
                WaitFor::Own => {
                    if channel.writable().await.is_err() {
                        return turn;
                    }
                }
                WaitFor::Any => tokio::time::sleep(INTERVAL).await,
            }
        }
    }

    /// The bytes in flight of all channels but this one.
    async fn others(&self, channel: &Arc<dyn DataChannel>) -> usize {
        let channels: Vec<_> = lock(&self.channels)
            .iter()
            .filter_map(Weak::upgrade)
            .filter(|other| !Arc::ptr_eq(other, channel))
            .collect();
        let mut bytes = 0;
        for other in channels {
            // Closed channels have none.
            bytes += other.outstanding_bytes().await.unwrap_or(0);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_sent_while_all_channels_together_are_below_the_limit() {
        assert_eq!(wait_for(100, 0, 0), WaitFor::Nothing);
        assert_eq!(wait_for(100, 40, 59), WaitFor::Nothing);
        assert_eq!(wait_for(100, 40, 60), WaitFor::Any);
        assert_eq!(wait_for(100, 0, 100), WaitFor::Any);
        assert_eq!(wait_for(100, 100, 0), WaitFor::Own);
    }
}
