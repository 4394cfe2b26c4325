//! Data channels: reliable, ordered or not, and bounded in both directions.
//!
//! Each channel has a task that moves messages between the stack and two queues of ours, one per direction. A message is
//! either in a queue or in the hands of the task, so that a caller can stop waiting at any moment without losing or
//! repeating one. The alternative, calling the stack in the caller's future, is not cancel-safe: the stack queues a message
//! and may yield afterwards.

mod in_flight;
mod message;
mod negotiated;
mod receiver;
mod send_limit;
mod sender;
mod stack_channel;
mod state;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

pub(crate) use self::in_flight::InFlight;
pub use self::message::Message;
pub(crate) use self::negotiated::NegotiatedChannels;
pub use self::receiver::ChannelReceiver;
use self::receiver::{ClosedBy, Receiving, StillSending};
use self::sender::Sending;
pub use self::sender::{ChannelSender, TrySendError};
pub(crate) use self::stack_channel::StackChannel;
use self::state::SharedState;
use crate::error::Error;

/// How long a closed channel sends what is queued and waits for acknowledgments.
const MAX_FLUSHING: Duration = Duration::from_secs(5);
/// How long a closed channel waits for the remote peer to close it too (RFC 8831 §6.7).
const MAX_CLOSING: Duration = Duration::from_secs(60);

/// How a channel is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelOptions {
    /// 1 to 64 bytes.
    pub label: String,
    /// Both peers create the channel with this ID (0–65534), without in-band negotiation (RFC 8832): no channel is
    /// created twice, whichever peer offers. Both create it before they negotiate: messages for a channel that does not
    /// exist yet are lost. `None` negotiates in-band.
    pub negotiated: Option<u16>,
    /// Messages arrive in the order in which they were sent (`RTCDataChannelInit.ordered`, W3C WebRTC §6.2). Without,
    /// each message still arrives exactly once, but as soon as it is complete: after a loss, later ones do not wait for
    /// the retransmission. It is about what this peer sends; with [`Self::negotiated`] the remote peer decides for itself.
    /// An unordered channel has to be negotiated: its first message could overtake the in-band negotiation.
    pub ordered: bool,
}

/// A data channel. Dropping it closes it with the next message that arrives.
///
/// # Back-pressure
///
/// Both directions stall instead of using more memory. A sender waits while the channels of the connection have
/// [`crate::Config::send_buffer`] bytes unacknowledged, or fewer on a slow path. A reader that does not read lets the queues before it fill: 16
/// messages here, 256 in the stack for each channel, 512 for all channels of a connection, and then
/// [`crate::Config::receive_window`] bytes of payload in SCTP, which stalls the remote peer. With messages of 64 KiB that
/// is 17 MiB for each such channel and 32 MiB and the window for the connection; the bounds for messages of
/// [`Self::MAX_MESSAGE`] are four times as large. Media is not affected, but all other channels of the connection stall
/// too.
///
/// # Throughput
///
/// SCTP sends 1160 bytes of a message in each packet, and operating systems take up to 53 packets of equal size at once.
/// Messages of 53 × 1160 = 61,480 bytes cost the least processor time. Those of less than 16 packets cost more than
/// twice as much per byte, as each packet is sent by itself. One of 256 KiB takes a quarter of
/// [`crate::Config::send_buffer`], so that sender and receiver wait for each other (decision 0010).
///
/// # A reader that is behind for 20 s loses the channel
///
/// SCTP's probes of a closed window end after 31 s (decision 0010): a longer stall could never be resumed, and would not be
/// noticed. A protocol with longer pauses needs credits of its own. After a stall the remote peer resumes with its next
/// probe, which comes up to 16 s later.
///
/// # Closing
///
/// A channel that was closed by us still takes what arrives, and discards it, until nothing has arrived for 2 s (20 s if its
/// reader was behind). Only then is the remote peer notified. If it still sends 20 s later, the whole connection is closed
/// ([`crate::Event::CannotCloseChannel`]): the stack cannot close a channel on which data arrives without stalling the
/// others (decision 0010). A protocol should therefore end its transfers before it closes a channel.
#[derive(Debug)]
pub struct Channel {
    sender: ChannelSender,
    receiver: ChannelReceiver,
}

impl Channel {
    /// Maximum message size in bytes, in both directions. Browsers take 256 KiB from each other.
    pub const MAX_MESSAGE: usize = message::MAX_MESSAGE;

    pub(crate) fn new(
        label: String,
        stack: Arc<StackChannel>,
        in_flight: Arc<InFlight>,
    ) -> (Self, ChannelTask) {
        let state = SharedState::new();
        let (sender, sending) = sender::new(
            label,
            Arc::clone(&stack),
            Arc::clone(&in_flight),
            state.clone(),
        );
        let (receiver, receiving) = receiver::new(Arc::clone(&stack), in_flight, state.clone());
        let task = ChannelTask {
            stack,
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
    stack: Arc<StackChannel>,
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

/// A channel cannot be closed, because the remote peer goes on sending on it. The connection has to be closed.
#[derive(Debug)]
pub(crate) struct CannotClose;

impl ChannelTask {
    /// Runs until the channel is closed.
    ///
    /// # Errors
    ///
    /// [`CannotClose`].
    pub(crate) async fn run(self) -> Result<(), CannotClose> {
        let Self {
            stack,
            sending,
            mut receiving,
            closing,
        } = self;
        let mut sending = std::pin::pin!(sending.run());
        let mut sent = false;
        let closed_by = {
            let mut receive = std::pin::pin!(receiving.receive());
            loop {
                tokio::select! {
                    biased;
                    closed_by = &mut receive => break closed_by,
                    () = &mut sending, if !sent => sent = true,
                }
            }
        };
        drop(closing);
        if closed_by == ClosedBy::Remote {
            return Ok(());
        }
        let flush = async {
            if !sent {
                sending.await;
            }
        };
        receiving.discard_during(timeout(MAX_FLUSHING, flush)).await;
        receiving
            .discard_until_quiet()
            .await
            .map_err(|StillSending| CannotClose)?;
        // Fails only if it is closed already.
        let _ = stack.close().await;
        // An unread queue would stall the other channels.
        let _ = timeout(MAX_CLOSING, receiving.discard_until_closed()).await;
        Ok(())
    }
}
