//! Data channels: reliable, ordered, and bounded in both directions.
//!
//! Each channel has a task that moves messages between the stack and two queues of ours, one per direction. A message is
//! either in a queue or in the hands of the task, so that a caller can stop waiting at any moment without losing or
//! repeating one. The alternative, calling the stack in the caller's future, is not cancel-safe: the stack queues a message
//! and may yield afterwards.

mod message;
mod receiver;
mod sender;
mod state;

use std::sync::Arc;

use webrtc::data_channel::DataChannel;

pub use self::message::Message;
pub use self::receiver::ChannelReceiver;
use self::receiver::Receiving;
use self::sender::Sending;
pub use self::sender::{ChannelSender, TrySendError};
use self::state::SharedState;
use crate::error::Error;

/// How a channel is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelOptions {
    /// 1 to 64 bytes.
    pub label: String,
    /// Both peers create the channel with this ID (0–65534), without in-band negotiation (RFC 8832): no channel is
    /// created twice, whichever peer offers. `None` negotiates in-band.
    pub negotiated: Option<u16>,
}

/// A data channel. Dropping it closes it with the next message that arrives.
///
/// # Back-pressure
///
/// Both directions stall instead of using more memory. A sender waits while [`crate::Config::send_buffer`] bytes are
/// unacknowledged. A reader that does not read lets the queues before it fill: 16 messages here, 256 in the stack for
/// each channel, 512 for all channels of a connection, and then [`crate::Config::receive_window`] bytes of payload in
/// SCTP, which stalls the remote peer. With messages of 64 KiB that is 17 MiB for each such channel and 32 MiB and the
/// window for the connection; the bounds for messages of [`Self::MAX_MESSAGE`] are four times as large. Media is not
/// affected, but all other channels of the connection stall too.
///
/// # A reader that is behind for 20 s loses the channel
///
/// SCTP's probes of a closed window end after 31 s (decision 0010): a longer stall could never be resumed, and would not be
/// noticed. The other channels of the connection may remain stalled when one was lost like this. A protocol with longer
/// pauses needs credits of its own. After a stall the remote peer resumes with its next probe, which comes up to 16 s later.
#[derive(Debug)]
pub struct Channel {
    sender: ChannelSender,
    receiver: ChannelReceiver,
}

impl Channel {
    /// Maximum message size in bytes, in both directions. Browsers take 256 KiB from each other.
    pub const MAX_MESSAGE: usize = message::MAX_MESSAGE;

    pub(crate) fn new(label: String, stack: Arc<dyn DataChannel>) -> (Self, ChannelTask) {
        let state = SharedState::new();
        let (sender, sending) = sender::new(label, Arc::clone(&stack), state.clone());
        let (receiver, receiving) = receiver::new(stack, state.clone());
        let task = ChannelTask {
            sending,
            receiving,
            closing: CloseOnDrop(state),
        };
        (Self { sender, receiver }, task)
    }

    /// The label it was created with.
    #[must_use]
    pub fn label(&self) -> &str {
        self.sender.label()
    }

    /// Returns once messages can be sent.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] if it closed before.
    pub async fn opened(&self) -> Result<(), Error> {
        self.sender.opened().await
    }

    /// The halves, for two tasks.
    #[must_use]
    pub fn split(self) -> (ChannelSender, ChannelReceiver) {
        (self.sender, self.receiver)
    }

    /// [`ChannelReceiver::recv`].
    pub async fn recv(&mut self) -> Option<Message> {
        self.receiver.recv().await
    }

    /// [`ChannelSender::send`].
    ///
    /// # Errors
    ///
    /// Those of [`ChannelSender::send`].
    pub async fn send(&self, message: Message) -> Result<(), Error> {
        self.sender.send(message).await
    }

    /// [`ChannelSender::try_send`].
    ///
    /// # Errors
    ///
    /// Those of [`ChannelSender::try_send`].
    pub fn try_send(&self, message: Message) -> Result<(), TrySendError> {
        self.sender.try_send(message)
    }

    /// [`ChannelSender::close`].
    pub fn close(&self) {
        self.sender.close();
    }
}

/// Moves messages between the stack and the halves of a channel.
pub(crate) struct ChannelTask {
    sending: Sending,
    receiving: Receiving,
    closing: CloseOnDrop,
}

/// The task may also be aborted.
struct CloseOnDrop(SharedState);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl ChannelTask {
    /// Runs until the channel is closed.
    pub(crate) async fn run(self) {
        let _closing = self.closing;
        let mut receiving = std::pin::pin!(self.receiving.run());
        tokio::select! {
            biased;
            () = &mut receiving => {}
            () = self.sending.run() => receiving.await,
        }
    }
}
