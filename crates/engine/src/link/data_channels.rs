//! The text channel of a link. Each side that offers creates one, so after colliding offers there are two; a client that
//! never offers may open one as well. Messages are received on all of them, and sent on one: on the impolite side's if
//! both are open, so that both sides choose the same.

use maru_peer::{Channel, Message};
use maru_protocol::limits::MAX_PEER_MESSAGE_BYTES;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// The channels' label.
pub(super) const LABEL: &str = "maru";
/// Most channels at once: one of each side, and those that they replace.
const MAX_CHANNELS: usize = 4;
/// Most messages queued for a channel, in front of the 1 MiB that all channels of the connection may have in flight.
const MAX_QUEUED_MESSAGES: usize = 64;
/// Most events of all channels that are not handled yet. Beyond that, the channels stop reading.
const MAX_EVENTS: usize = 64;

/// Identifies a channel of a link.
type ChannelId = usize;

/// An event of a channel.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ChannelEvent {
    Open(ChannelId),
    /// At most [`MAX_PEER_MESSAGE_BYTES`].
    Message(String),
    Closed(ChannelId),
}

#[derive(Debug)]
struct DataChannel {
    id: ChannelId,
    /// Created by this side.
    local: bool,
    open: bool,
    messages: mpsc::Sender<String>,
}

/// All text channels of a connection.
#[derive(Debug)]
pub(super) struct DataChannels {
    channels: Vec<DataChannel>,
    next_id: ChannelId,
    /// The channel that is sent on.
    selected: Option<ChannelId>,
    events: mpsc::Sender<ChannelEvent>,
    tasks: JoinSet<()>,
}

impl DataChannels {
    /// No channels, and their events.
    pub(super) fn new() -> (Self, mpsc::Receiver<ChannelEvent>) {
        let (events, receiver) = mpsc::channel(MAX_EVENTS);
        let channels = Self {
            channels: Vec::new(),
            next_id: 0,
            selected: None,
            events,
            tasks: JoinSet::new(),
        };
        (channels, receiver)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.channels.is_empty()
    }

    /// Adds a channel; closes it if its label is unknown or there are too many. `local`: created by this side.
    pub(super) fn add(&mut self, channel: Channel, local: bool) {
        while self.tasks.try_join_next().is_some() {}
        if channel.label() != LABEL || self.channels.len() >= MAX_CHANNELS {
            channel.close();
            return;
        }
        let id = self.next_id;
        self.next_id += 1;
        let (messages, queued) = mpsc::channel(MAX_QUEUED_MESSAGES);
        self.channels.push(DataChannel {
            id,
            local,
            open: false,
            messages,
        });
        self.tasks
            .spawn(run_channel(channel, id, queued, self.events.clone()));
    }

    /// Handles an event. True if another channel than before is selected for sending.
    pub(super) fn on_event(&mut self, event: &ChannelEvent, polite: bool) -> bool {
        match event {
            ChannelEvent::Open(id) => {
                for channel in &mut self.channels {
                    channel.open |= channel.id == *id;
                }
            }
            ChannelEvent::Closed(id) => self.channels.retain(|channel| channel.id != *id),
            ChannelEvent::Message(_) => return false,
        }
        let open = || self.channels.iter().filter(|channel| channel.open);
        let selected = open()
            .find(|channel| channel.local != polite)
            .or_else(|| open().next())
            .map(|channel| channel.id);
        let changed = selected.is_some() && selected != self.selected;
        self.selected = selected;
        changed
    }

    /// Queues a message. Drops it if it is too long, no channel is open, or the queue is full.
    pub(super) fn send(&self, text: String) {
        let selected = self
            .channels
            .iter()
            .find(|channel| Some(channel.id) == self.selected);
        if let Some(channel) = selected
            && text.len() <= MAX_PEER_MESSAGE_BYTES
        {
            let _ = channel.messages.try_send(text);
        }
    }
}

/// Sends and receives until the channel is closed.
async fn run_channel(
    channel: Channel,
    id: ChannelId,
    mut messages: mpsc::Receiver<String>,
    events: mpsc::Sender<ChannelEvent>,
) {
    if channel.opened().await.is_ok() && events.send(ChannelEvent::Open(id)).await.is_ok() {
        let (sender, mut receiver) = channel.split();
        // Reading goes on while a send waits: two peers that both wait for room would wait for ever.
        let send = async {
            while let Some(text) = messages.recv().await {
                if sender.send(Message::Text(text)).await.is_err() {
                    break;
                }
            }
        };
        let receive = async {
            while let Some(message) = receiver.recv().await {
                // Binary: not part of the protocol.
                let Message::Text(text) = message else {
                    continue;
                };
                if text.len() <= MAX_PEER_MESSAGE_BYTES
                    && events.send(ChannelEvent::Message(text)).await.is_err()
                {
                    break;
                }
            }
        };
        tokio::select! {
            () = send => {}
            () = receive => {}
        }
    }
    let _ = events.send(ChannelEvent::Closed(id)).await;
}
