//! Channels that are filled as fast as they allow, over a path that can lose a burst of consecutive packets.
//! For virtual time: a current-thread runtime with a paused clock.
#![allow(dead_code, missing_docs, clippy::unwrap_used, unreachable_pub)]

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use maru_lab::Conditions;
use maru_peer::{Channel, ChannelSender, Config, Message};
use tokio::time::Instant;

use super::path::{Shared, tapped_route};
use super::{Side, channel, pair, soon};

/// Datagrams at least this long carry data of a channel that is filled; all others are shorter.
const FULL: usize = 1000;
/// Bytes of a message.
pub const MESSAGE: usize = 16 << 10;

/// Two peers, and the senders of the first.
pub struct Flood {
    pub senders: Vec<ChannelSender>,
    pub received: Arc<Received>,
    burst: Arc<AtomicUsize>,
    sides: (Side, Side),
}

/// What arrived.
#[derive(Default)]
pub struct Received {
    arrivals: Mutex<Vec<Arrival>>,
    bytes: AtomicUsize,
}

/// One message.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    pub at: Instant,
    pub channel: usize,
    pub bytes: usize,
}

impl Received {
    /// Of all channels, since the start.
    pub fn bytes(&self) -> usize {
        self.bytes.load(Relaxed)
    }

    /// Those since the last call.
    pub fn take_arrivals(&self) -> Vec<Arrival> {
        std::mem::take(&mut self.arrivals.lock().unwrap())
    }
}

impl Flood {
    /// Opens channels over this path, and starts to fill all of them.
    pub async fn start(first: Config, second: Config, channels: usize, path: Conditions) -> Self {
        let conditions: Shared = Arc::new(Mutex::new(path));
        let burst = Arc::new(AtomicUsize::new(0));
        let (lost, changed) = (Arc::clone(&burst), Arc::clone(&conditions));
        let tap = move |datagram: &[u8]| {
            let is_lost = datagram.len() >= FULL
                && lost
                    .fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1))
                    .is_ok();
            changed.lock().unwrap().loss = f64::from(u8::from(is_lost));
        };
        let route = tapped_route(&conditions, 7, Arc::new(tap));
        let (one, mut two) = pair(first, second, Some(route)).await;
        let mut ours = Vec::new();
        for index in 0..channels {
            let options = channel(&format!("{index}"));
            ours.push(one.peer.create_channel(options).await.unwrap());
        }
        one.ready();
        let received = Arc::new(Received::default());
        let mut senders = Vec::new();
        for (index, channel) in ours.into_iter().enumerate() {
            soon("ours", channel.opened()).await.unwrap();
            let theirs = soon("theirs", two.channels.recv()).await.unwrap();
            tokio::spawn(read(theirs, index, Arc::clone(&received)));
            let (sender, receiver) = channel.split();
            tokio::spawn(fill(sender.clone(), receiver));
            senders.push(sender);
        }
        Self {
            senders,
            received,
            burst,
            sides: (one, two),
        }
    }

    /// The next data datagrams that are sent are lost.
    pub fn lose(&self, datagrams: usize) {
        self.burst.store(datagrams, Relaxed);
    }

    /// Datagrams of the burst that were not sent yet.
    pub fn still_to_lose(&self) -> usize {
        self.burst.load(Relaxed)
    }

    /// Bytes that all channels together have queued or unacknowledged.
    pub async fn buffered(&self) -> usize {
        let mut bytes = 0;
        for sender in &self.senders {
            bytes += sender.buffered().await;
        }
        bytes
    }

    /// Maximum of [`Self::buffered`] during this time.
    pub async fn max_buffered(&self, time: Duration) -> usize {
        let end = Instant::now() + time;
        let mut max = 0;
        while Instant::now() < end {
            max = max.max(self.buffered().await);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        max
    }

    pub async fn close(self) {
        self.sides.0.close().await;
        self.sides.1.close().await;
    }
}

async fn fill(sender: ChannelSender, _receiver: maru_peer::ChannelReceiver) {
    let message = Message::Binary(vec![0; MESSAGE].into());
    while sender.send(message.clone()).await.is_ok() {}
}

async fn read(mut messages: Channel, channel: usize, received: Arc<Received>) {
    while let Some(Message::Binary(data)) = messages.recv().await {
        received.bytes.fetch_add(data.len(), Relaxed);
        received.arrivals.lock().unwrap().push(Arrival {
            at: Instant::now(),
            channel,
            bytes: data.len(),
        });
    }
}
