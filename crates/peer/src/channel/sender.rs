//! The sending half of a channel.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use bytes::BytesMut;
use tokio::sync::mpsc;

use super::in_flight::InFlight;
use super::message::{MAX_MESSAGE, Message};
use super::stack_channel::StackChannel;
use super::state::{SharedState, State};
use crate::error::Error;

/// Messages between the callers and the stack. Their size is bounded by [`MAX_MESSAGE`].
const MAX_QUEUED: usize = 4;

/// How often a closed channel looks for acknowledgments.
const FLUSH_INTERVAL: Duration = Duration::from_millis(20);

/// The message was not queued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct TrySendError {
    /// [`Error::Full`], [`Error::MessageSize`], [`Error::NotNegotiated`] or [`Error::Closed`].
    pub error: Error,
    /// The message.
    pub message: Message,
}

/// The sending half of a [`Channel`]. Clones send on the same channel, in the order in which their calls return.
#[derive(Clone)]
pub struct ChannelSender {
    label: Arc<str>,
    queue: mpsc::Sender<Message>,
    queued_bytes: Arc<AtomicUsize>,
    stack: Arc<StackChannel>,
    state: SharedState,
}

impl std::fmt::Debug for ChannelSender {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ChannelSender")
            .field("label", &self.label)
            .field("state", &self.state.get())
            .finish_non_exhaustive()
    }
}

pub(super) fn new(
    label: String,
    stack: Arc<StackChannel>,
    in_flight: Arc<InFlight>,
    state: SharedState,
) -> (ChannelSender, Sending) {
    in_flight.add(&stack);
    let (queue, queued) = mpsc::channel(MAX_QUEUED);
    let queued_bytes = Arc::new(AtomicUsize::new(0));
    let sending = Sending {
        queue: queued,
        queued_bytes: Arc::clone(&queued_bytes),
        stack: Arc::clone(&stack),
        in_flight,
        state: state.clone(),
    };
    let sender = ChannelSender {
        label: label.into(),
        queue,
        queued_bytes,
        stack,
        state,
    };
    (sender, sending)
}

impl ChannelSender {
    /// The label the channel was created with.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Returns once messages can be sent.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] if the channel closed before.
    pub async fn opened(&self) -> Result<(), Error> {
        match self.state.opened().await {
            State::Open => Ok(()),
            State::Opening | State::Closed => Err(Error::Closed),
        }
    }

    /// Queues a message. Waits while the channels of the connection have as many bytes unacknowledged as
    /// [`crate::Config::send_buffer`] permits and 4 more messages are queued.
    /// Cancel-safe: a message is sent if and only if this returned `Ok`, unless the channel closes.
    ///
    /// # Errors
    ///
    /// [`Error::MessageSize`], [`Error::NotNegotiated`] before [`Self::opened`], [`Error::Closed`].
    pub async fn send(&self, message: Message) -> Result<(), Error> {
        self.check(&message)?;
        let place = self.queue.reserve().await.map_err(|_| Error::Closed)?;
        self.queued_bytes.fetch_add(message.len(), Relaxed);
        place.send(message);
        Ok(())
    }

    /// Queues a message, or returns it if [`Self::send`] would have to wait.
    ///
    /// # Errors
    ///
    /// [`Error::Full`], and those of [`Self::send`].
    pub fn try_send(&self, message: Message) -> Result<(), TrySendError> {
        let refused = |error, message| Err(TrySendError { error, message });
        if let Err(error) = self.check(&message) {
            return refused(error, message);
        }
        match self.queue.try_reserve() {
            Ok(place) => {
                self.queued_bytes.fetch_add(message.len(), Relaxed);
                place.send(message);
                Ok(())
            }
            Err(mpsc::error::TrySendError::Full(())) => refused(Error::Full, message),
            Err(mpsc::error::TrySendError::Closed(())) => refused(Error::Closed, message),
        }
    }

    /// Waits until [`Self::try_send`] has room for a message of any size. With several senders another one may take it.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub async fn writable(&self) -> Result<(), Error> {
        self.queue
            .reserve()
            .await
            .map(drop)
            .map_err(|_| Error::Closed)
    }

    /// Bytes queued and not yet acknowledged by the remote peer (0 when closed). A browser's `bufferedAmount` does not
    /// count those that were sent once.
    pub async fn buffered(&self) -> usize {
        let unacknowledged = self.stack.outstanding_bytes().await.unwrap_or(0);
        unacknowledged + self.queued_bytes.load(Relaxed)
    }

    /// Closes the channel in both directions. Queued messages are still sent if they are acknowledged within 5 s. Of those
    /// that arrived, the 16 that wait in front of the reader can still be read. When the remote peer is notified:
    /// [`super::Channel`].
    pub fn close(&self) {
        self.state.close();
    }

    fn check(&self, message: &Message) -> Result<(), Error> {
        if message.len() > MAX_MESSAGE {
            return Err(Error::MessageSize(message.len()));
        }
        match self.state.get() {
            State::Open => Ok(()),
            State::Opening => Err(Error::NotNegotiated),
            State::Closed => Err(Error::Closed),
        }
    }
}

/// Takes messages out of the queue as the stack has room for them.
pub(super) struct Sending {
    queue: mpsc::Receiver<Message>,
    queued_bytes: Arc<AtomicUsize>,
    stack: Arc<StackChannel>,
    in_flight: Arc<InFlight>,
    state: SharedState,
}

impl Sending {
    /// Runs until the channel is closed and everything is acknowledged, or all its senders are dropped.
    pub(super) async fn run(mut self) {
        loop {
            let message = tokio::select! {
                biased;
                message = self.queue.recv() => message,
                () = self.state.closed() => {
                    self.queue.close();
                    self.queue.recv().await
                }
            };
            let Some(message) = message else { break };
            let size = message.len();
            let mut turn = self.in_flight.turn(&self.stack).await;
            turn.spend(size);
            let sent = match message {
                Message::Text(text) => self.stack.send_text(&text).await,
                // Copies only what is shared.
                Message::Binary(data) => self.stack.send(BytesMut::from(data)).await,
            };
            drop(turn);
            self.queued_bytes.fetch_sub(size, Relaxed);
            if sent.is_err() {
                // A reliable channel must not go on without this message. If the remote peer closed it, what arrived
                // before can still be read.
                if self.stack.outstanding_bytes().await.is_ok() {
                    self.state.close();
                }
                return;
            }
        }
        if self.state.get() == State::Closed {
            self.flush().await;
        }
    }

    /// Waits until everything is acknowledged: the stack discards the rest when it closes a channel, and has no event for
    /// it.
    async fn flush(&self) {
        while matches!(self.stack.outstanding_bytes().await, Ok(bytes) if bytes > 0) {
            tokio::time::sleep(FLUSH_INTERVAL).await;
        }
    }
}
