//! Data channels: reliable, ordered, bounded in both directions.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use bytes::{Bytes, BytesMut};
use tokio::sync::{mpsc, watch};
use webrtc::data_channel::{DataChannel, DataChannelEvent};

use crate::error::Error;

/// Octets a channel may have handed over and not acknowledged.
pub(crate) const SEND_BUFFER: usize = 1 << 20;
/// Messages waiting for the reader at most.
const MAX_WAITING: usize = 1024;
/// Octets waiting for the reader at most.
const MAX_WAITING_OCTETS: usize = 16 << 20;

/// How a channel is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelOptions {
    /// 1 to 64 octets.
    pub label: String,
    /// Both sides make the channel with this ID (0–65534), without telling each other: no channel is made
    /// twice, whoever offers. `None` tells the other side in-band.
    pub negotiated: Option<u16>,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// UTF-8, checked.
    Text(String),
    /// Anything.
    Binary(Bytes),
}

impl Message {
    fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(data) => data.len(),
        }
    }
}

/// A data channel. The reader who falls more than 1,024 messages or 16 MiB behind loses the channel, as a
/// reliable channel may not lose messages and memory may not grow.
pub struct Channel {
    label: String,
    stack: Arc<dyn DataChannel>,
    open: watch::Receiver<Progress>,
    inbox: mpsc::Receiver<Message>,
    waiting: Arc<AtomicUsize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Opening,
    Open,
    Closed,
}

impl std::fmt::Debug for Channel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Channel")
            .field("label", &self.label)
            .finish_non_exhaustive()
    }
}

impl Channel {
    /// Largest message in octets, in both directions. Browsers take 256 KiB from each other.
    pub const MAX_MESSAGE: usize = 256 << 10;

    pub(crate) fn new(label: String, stack: Arc<dyn DataChannel>) -> (Self, Arriving) {
        let (tell, open) = watch::channel(Progress::Opening);
        let (messages, inbox) = mpsc::channel(MAX_WAITING);
        let waiting = Arc::new(AtomicUsize::new(0));
        let arriving = Arriving {
            stack: Arc::clone(&stack),
            progress: tell,
            messages,
            waiting: Arc::clone(&waiting),
        };
        (
            Self {
                label,
                stack,
                open,
                inbox,
                waiting,
            },
            arriving,
        )
    }

    /// The label it was made with.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Returns once messages can be sent.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] if it closed before.
    pub async fn opened(&mut self) -> Result<(), Error> {
        match self
            .open
            .wait_for(|progress| *progress != Progress::Opening)
            .await
        {
            Ok(progress) if *progress == Progress::Open => Ok(()),
            _ => Err(Error::Closed),
        }
    }

    /// The next message; `None` when the channel closed and everything was read. Cancel-safe.
    pub async fn recv(&mut self) -> Option<Message> {
        let message = self.inbox.recv().await?;
        self.waiting.fetch_sub(message.len(), Relaxed);
        Some(message)
    }

    /// Queues a message, waiting while 1 MiB is unacknowledged. Cancel-safe: a cancelled send sent nothing.
    ///
    /// # Errors
    ///
    /// [`Error::MessageSize`], [`Error::Closed`].
    pub async fn send(&self, message: Message) -> Result<(), Error> {
        self.check(&message)?;
        match message {
            Message::Text(text) => self.stack.send_text(&text).await,
            Message::Binary(data) => self.stack.send(BytesMut::from(data)).await,
        }
        .map_err(|_| Error::Closed)
    }

    /// Queues a message or says that there is no room.
    ///
    /// # Errors
    ///
    /// [`Error::Full`] where 1 MiB is unacknowledged; [`Error::MessageSize`], [`Error::Closed`].
    pub async fn try_send(&self, message: Message) -> Result<(), Error> {
        self.check(&message)?;
        let sent = match message {
            Message::Text(text) => self.stack.try_send_text(&text).await,
            Message::Binary(data) => self.stack.try_send(BytesMut::from(data)).await,
        };
        sent.map_err(|error| match error {
            webrtc::error::Error::ErrSendBufferFull => Error::Full,
            _ => Error::Closed,
        })
    }

    /// Octets queued and not yet acknowledged by the other side (0 when closed). More than a browser's
    /// `bufferedAmount`, which forgets what was sent.
    pub async fn buffered(&self) -> usize {
        self.stack.outstanding_bytes().await.unwrap_or(0)
    }

    /// Closes it. What was queued is still sent.
    pub async fn close(&self) {
        // Already closed is closed.
        let _ = self.stack.close().await;
    }

    fn check(&self, message: &Message) -> Result<(), Error> {
        if message.len() > Self::MAX_MESSAGE {
            return Err(Error::MessageSize(message.len()));
        }
        match *self.open.borrow() {
            Progress::Open => Ok(()),
            Progress::Opening => Err(Error::NotNegotiated),
            Progress::Closed => Err(Error::Closed),
        }
    }
}

/// What moves messages from the stack to the reader. Never waits for the reader: the stack would stop
/// reading everything else, media included.
pub(crate) struct Arriving {
    stack: Arc<dyn DataChannel>,
    progress: watch::Sender<Progress>,
    messages: mpsc::Sender<Message>,
    waiting: Arc<AtomicUsize>,
}

impl Arriving {
    /// Runs until the channel closes.
    pub(crate) async fn run(self) {
        while let Some(event) = self.stack.poll().await {
            match event {
                DataChannelEvent::OnOpen => {
                    self.progress.send_replace(Progress::Open);
                }
                DataChannelEvent::OnMessage(message) => {
                    let taken = self.take(message.is_string, message.data.freeze());
                    if !taken {
                        let _ = self.stack.close().await;
                        break;
                    }
                }
                DataChannelEvent::OnClose => break,
                _ => {}
            }
        }
        self.progress.send_replace(Progress::Closed);
    }

    /// False where the channel cannot go on.
    fn take(&self, is_text: bool, data: Bytes) -> bool {
        let message = if is_text {
            // Text that is not UTF-8 breaks RFC 8831 §6.6: whatever sent it cannot be talked to.
            match String::from_utf8(data.into()) {
                Ok(text) => Message::Text(text),
                Err(_) => return false,
            }
        } else {
            Message::Binary(data)
        };
        let size = message.len();
        if self.waiting.fetch_add(size, Relaxed) + size > MAX_WAITING_OCTETS {
            return false;
        }
        self.messages.try_send(message).is_ok()
    }
}
