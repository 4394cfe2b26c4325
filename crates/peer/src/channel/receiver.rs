//! The receiving half of a channel.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use webrtc::data_channel::{DataChannel, DataChannelEvent};

use super::message::Message;
use super::state::SharedState;

/// Messages that wait for the reader. The stack holds 256 more for each channel.
const MAX_WAITING: usize = 16;
/// How long a reader may be behind: less than the 31 s after which the remote peer's SCTP no longer probes the closed window
/// (decision 0010).
const MAX_BEHIND: Duration = Duration::from_secs(20);
/// Messages after which the stack's queues (3 × 256) have been emptied once, so that SCTP's window has opened.
const STACK_QUEUES: usize = 3 * 256;

/// The receiving half of a [`super::Channel`]. Dropping it closes the channel with the next message that arrives.
#[derive(Debug)]
pub struct ChannelReceiver {
    messages: mpsc::Receiver<Message>,
}

pub(super) fn new(stack: Arc<dyn DataChannel>, state: SharedState) -> (ChannelReceiver, Receiving) {
    let (sender, messages) = mpsc::channel(MAX_WAITING);
    let receiving = Receiving {
        stack,
        state,
        messages: sender,
    };
    (ChannelReceiver { messages }, receiving)
}

impl ChannelReceiver {
    /// The next message; `None` when the channel is closed and all messages were read. Cancel-safe.
    pub async fn recv(&mut self) -> Option<Message> {
        self.messages.recv().await
    }
}

/// Moves messages from the stack to the reader, and waits for the reader. The stack then stops reading data, of all
/// channels of the connection, and goes on reading media.
pub(super) struct Receiving {
    stack: Arc<dyn DataChannel>,
    state: SharedState,
    messages: mpsc::Sender<Message>,
}

/// Since when the reader has been behind.
#[derive(Debug, Default)]
struct Behind {
    /// When the channel is closed.
    deadline: Option<Instant>,
    /// Messages delivered since.
    delivered: usize,
}

impl Behind {
    fn deadline(&mut self) -> Instant {
        *self
            .deadline
            .get_or_insert_with(|| Instant::now() + MAX_BEHIND)
    }

    fn on_delivered(&mut self) {
        self.delivered += 1;
        if self.delivered >= STACK_QUEUES {
            *self = Self::default();
        }
    }
}

impl Receiving {
    /// Runs until the channel is closed.
    pub(super) async fn run(self) {
        self.receive().await;
        let Self {
            stack,
            state,
            messages,
        } = self;
        drop(messages);
        state.close();
        // Fails only if it is closed already.
        let _ = stack.close().await;
        // Until the stream is reset. An unread queue would stall the other channels too.
        while stack.poll().await.is_some() {}
    }

    /// Returns when the channel was closed by the remote peer, or must be closed.
    async fn receive(&self) {
        let mut behind = Behind::default();
        while let Some(event) = self.next(&mut behind).await {
            match event {
                DataChannelEvent::OnOpen => self.state.open(),
                DataChannelEvent::OnMessage(message) => {
                    // After an invalid message nothing else of this sender can be trusted.
                    let Some(message) =
                        Message::from_stack(message.is_string, message.data.freeze())
                    else {
                        return;
                    };
                    if !self.deliver(message, &mut behind).await {
                        return;
                    }
                }
                DataChannelEvent::OnClose => return,
                _ => {}
            }
        }
    }

    /// The next event. If there is none yet, the reader is no longer behind.
    async fn next(&self, behind: &mut Behind) -> Option<DataChannelEvent> {
        tokio::select! {
            biased;
            event = self.stack.poll() => return event,
            () = std::future::ready(()) => *behind = Behind::default(),
        }
        self.stack.poll().await
    }

    /// False if the channel must be closed: there is no reader, or it is behind for too long.
    async fn deliver(&self, message: Message, behind: &mut Behind) -> bool {
        match self.messages.try_send(message) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(message)) => {
                let sent = timeout_at(behind.deadline(), self.messages.send(message)).await;
                if !matches!(sent, Ok(Ok(()))) {
                    return false;
                }
            }
            Err(mpsc::error::TrySendError::Closed(_)) => return false,
        }
        behind.on_delivered();
        true
    }
}
