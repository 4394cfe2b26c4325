//! The receiving half of a channel.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};
use webrtc::data_channel::{DataChannelEvent, RTCDataChannelMessage};

use super::in_flight::InFlight;
use super::message::Message;
use super::stack_channel::StackChannel;
use super::state::SharedState;

/// Messages that wait for the reader. The stack holds 256 more for each channel.
const MAX_WAITING: usize = 16;
/// How long a reader may be behind: less than the 31 s after which the remote peer's SCTP no longer probes the closed window
/// (decision 0010).
const MAX_BEHIND: Duration = Duration::from_secs(20);
/// Messages after which the stack's queues (3 × 256) have been emptied once, so that SCTP's window has opened.
const STACK_QUEUES: usize = 3 * 256;
/// Silence after which nothing is in flight to us any more: a lost packet is sent again after 1 s and a round trip.
const QUIET: Duration = Duration::from_secs(2);
/// The same while the window was closed: the remote peer's SCTP probes it every 16 s at least.
const QUIET_AFTER_STALL: Duration = Duration::from_secs(20);
/// How long messages are discarded before the connection is given up.
const MAX_DISCARDING: Duration = Duration::from_secs(20);
/// How long after the close of the remote peer no message that was sent before it may still be missing. The stack passes
/// the close on before messages in its queues, and these at once when there is room.
const AFTER_CLOSE: Duration = Duration::from_secs(1);

/// The receiving half of a [`super::Channel`]. Dropping it closes the channel with the next message that arrives.
#[derive(Debug)]
pub struct ChannelReceiver {
    messages: mpsc::Receiver<Message>,
}

pub(super) fn new(
    stack: Arc<StackChannel>,
    in_flight: Arc<InFlight>,
    state: SharedState,
) -> (ChannelReceiver, Receiving) {
    let (sender, messages) = mpsc::channel(MAX_WAITING);
    let receiving = Receiving {
        stack,
        in_flight,
        state,
        messages: Some(sender),
        behind: Behind::default(),
        last_message: None,
    };
    (ChannelReceiver { messages }, receiving)
}

impl ChannelReceiver {
    /// The next message; `None` when the channel is closed and all messages were read. Cancel-safe.
    pub async fn recv(&mut self) -> Option<Message> {
        self.messages.recv().await
    }

    /// The next message, if it has arrived already.
    pub fn try_recv(&mut self) -> Option<Message> {
        self.messages.try_recv().ok()
    }
}

/// Moves messages from the stack to the reader, and waits for the reader. The stack then stops reading data, of all
/// channels of the connection, and goes on reading media.
pub(super) struct Receiving {
    stack: Arc<StackChannel>,
    in_flight: Arc<InFlight>,
    state: SharedState,
    /// `None` once the channel is closed by us.
    messages: Option<mpsc::Sender<Message>>,
    behind: Behind,
    /// When the last message arrived.
    last_message: Option<Instant>,
}

/// Who closes the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClosedBy {
    Local,
    Remote,
}

/// The remote peer goes on sending on a closed channel.
#[derive(Debug)]
pub(super) struct StillSending;

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
    /// Returns when the channel is closed, or must be closed by us.
    pub(super) async fn receive(&mut self) -> ClosedBy {
        loop {
            match self.next().await {
                Some(DataChannelEvent::OnOpen) => {
                    let threshold = self.in_flight.threshold();
                    // Fails only if it is closed already.
                    let _ = self
                        .stack
                        .set_buffered_amount_low_threshold(threshold)
                        .await;
                    self.state.open();
                }
                Some(DataChannelEvent::OnMessage(message)) => {
                    if !self.deliver(message).await {
                        return ClosedBy::Local;
                    }
                }
                Some(DataChannelEvent::OnClose) => {
                    self.receive_rest().await;
                    return ClosedBy::Remote;
                }
                Some(DataChannelEvent::OnBufferedAmountLow) => self.in_flight.on_acknowledged(),
                Some(_) => {}
                None => return ClosedBy::Local,
            }
        }
    }

    /// Receives messages that the close of the remote peer has overtaken.
    async fn receive_rest(&mut self) {
        while let Ok(Some(event)) = timeout(AFTER_CLOSE, self.stack.poll()).await {
            if let DataChannelEvent::OnMessage(message) = event
                && !self.deliver(message).await
            {
                return;
            }
        }
    }

    /// Discards what arrives while `future` runs.
    pub(super) async fn discard_during(&mut self, future: impl Future) {
        self.messages = None;
        let mut future = std::pin::pin!(future);
        loop {
            tokio::select! {
                _ = &mut future => return,
                event = self.stack.poll() => match event {
                    Some(DataChannelEvent::OnMessage(_)) => self.last_message = Some(Instant::now()),
                    Some(_) => {}
                    None => return,
                },
            }
        }
    }

    /// Discards what arrives until nothing is in flight any more. The stack does not read a stream that it has closed:
    /// what arrives then takes up SCTP's window for good, for all channels of the connection.
    ///
    /// # Errors
    ///
    /// [`StillSending`].
    pub(super) async fn discard_until_quiet(&mut self) -> Result<(), StillSending> {
        self.messages = None;
        let start = Instant::now();
        let (quiet, mut last) = if self.behind.deadline.is_some() {
            (QUIET_AFTER_STALL, start)
        } else if let Some(last) = self.last_message {
            (QUIET, last)
        } else {
            return Ok(());
        };
        while let Ok(Some(event)) = timeout_at(last + quiet, self.stack.poll()).await {
            match event {
                DataChannelEvent::OnMessage(_) => {
                    last = Instant::now();
                    if last - start > MAX_DISCARDING {
                        return Err(StillSending);
                    }
                }
                DataChannelEvent::OnClose => break,
                _ => {}
            }
        }
        Ok(())
    }

    /// Discards what arrives until the channel is closed on both sides.
    pub(super) async fn discard_until_closed(&mut self) {
        while !matches!(
            self.stack.poll().await,
            None | Some(DataChannelEvent::OnClose)
        ) {}
    }

    /// The next event; `None` once the channel is closed by us. If there is no event yet, the reader is no longer behind.
    async fn next(&mut self) -> Option<DataChannelEvent> {
        tokio::select! {
            biased;
            () = self.state.closed() => return None,
            event = self.stack.poll() => return event,
            () = std::future::ready(()) => self.behind = Behind::default(),
        }
        tokio::select! {
            biased;
            () = self.state.closed() => None,
            event = self.stack.poll() => event,
        }
    }

    /// False if the channel must be closed: the message is invalid, there is no reader, or it is behind for too long.
    async fn deliver(&mut self, message: RTCDataChannelMessage) -> bool {
        self.last_message = Some(Instant::now());
        // After an invalid message nothing else of this sender can be trusted.
        if let Some(message) = Message::from_stack(message.is_string, message.data.freeze())
            && let Some(messages) = &self.messages
        {
            match messages.try_send(message) {
                Ok(()) => {
                    self.behind.on_delivered();
                    return true;
                }
                Err(mpsc::error::TrySendError::Full(message)) => {
                    let deadline = self.behind.deadline();
                    let sent = tokio::select! {
                        sent = timeout_at(deadline, messages.send(message)) => matches!(sent, Ok(Ok(()))),
                        () = self.state.closed() => false,
                    };
                    if sent {
                        self.behind.on_delivered();
                        return true;
                    }
                }
                Err(mpsc::error::TrySendError::Closed(_)) => {}
            }
        }
        false
    }
}
