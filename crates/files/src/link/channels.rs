//! The two channels of a connection.

use std::collections::VecDeque;

use bytes::Bytes;
use maru_peer::{ChannelOptions, ChannelReceiver, ChannelSender, Error, Message, Peer};

use super::config::BULK_ORDERED;
use super::input::{Input, Opened};

/// Control messages that wait for the channel. More are made only from input, which is not read meanwhile.
const MAX_WAITING: usize = 64;

/// Both channels, and what waits to be sent.
pub(super) struct Channels {
    control: (ChannelSender, ChannelReceiver),
    bulk: (ChannelSender, ChannelReceiver),
    pub(super) state: ChannelState,
    /// Control messages for which the channel has no room.
    waiting: VecDeque<String>,
    /// A bulk message for which the channel has no room.
    held: Option<Bytes>,
}

/// Whether the channels can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChannelState {
    Opening,
    Open,
}

impl Channels {
    /// Makes both, as docs/transfer.md says.
    pub(super) async fn new(peer: &Peer) -> Result<Self, Error> {
        let options = |label: &str, id, ordered| ChannelOptions {
            label: label.into(),
            negotiated: Some(id),
            ordered,
        };
        let control = peer.create_channel(options("control", 0, true)).await?;
        let bulk = peer
            .create_channel(options("bulk", 1, BULK_ORDERED))
            .await?;
        Ok(Self {
            control: control.split(),
            bulk: bulk.split(),
            state: ChannelState::Opening,
            waiting: VecDeque::new(),
            held: None,
        })
    }

    /// The next input. Cancel-safe.
    pub(super) async fn next(&mut self) -> Input {
        match self.state {
            ChannelState::Opening => {
                let opened = async {
                    self.control.0.opened().await?;
                    self.bulk.0.opened().await
                };
                Input::Opened(Opened(opened.await))
            }
            ChannelState::Open => {
                let reads = self.waiting.len() < MAX_WAITING;
                let (control, bulk) = (&mut self.control, &mut self.bulk);
                tokio::select! {
                    message = control.1.recv(), if reads => Input::Control(message),
                    message = bulk.1.recv(), if reads => Input::Bulk(message),
                    _ = control.0.writable(), if !self.waiting.is_empty() => Input::Writable,
                    _ = bulk.0.writable(), if self.held.is_some() => Input::Writable,
                }
            }
        }
    }

    /// A bulk message that has arrived already.
    pub(super) fn next_bulk(&mut self) -> Option<Message> {
        self.bulk.1.try_recv()
    }

    /// Sends control messages as far as the channel has room. Returns how many.
    pub(super) fn send_waiting(&mut self) -> usize {
        let mut sent = 0;
        while let Some(text) = self.waiting.pop_front() {
            match self.control.0.try_send(Message::Text(text)) {
                Ok(()) => sent += 1,
                Err(error) => {
                    // A closed channel is noticed by its reader.
                    if let (Error::Full, Message::Text(text)) = (error.error, error.message) {
                        self.waiting.push_front(text);
                    }
                    break;
                }
            }
        }
        sent
    }

    pub(super) fn send_control(&mut self, text: String) {
        self.waiting.push_back(text);
    }

    /// Sends what `next` returns as far as the channel has room. Returns whether it is full.
    pub(super) fn send_bulk(&mut self, next: impl FnMut() -> Option<Bytes>) -> bool {
        send_bulk(&self.bulk.0, &mut self.held, next)
    }
}

/// Sends what `next` returns as far as the channel has room, and keeps what it refuses. Returns whether it is full.
pub(super) fn send_bulk(
    channel: &ChannelSender,
    held: &mut Option<Bytes>,
    mut next: impl FnMut() -> Option<Bytes>,
) -> bool {
    while let Some(message) = held.take().or_else(&mut next) {
        let Err(refused) = channel.try_send(Message::Binary(message)) else {
            continue;
        };
        // A closed channel is noticed by its reader.
        if let (Error::Full, Message::Binary(message)) = (refused.error, refused.message) {
            *held = Some(message);
            return true;
        }
        return false;
    }
    false
}
