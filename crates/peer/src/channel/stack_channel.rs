//! The stack's side of a channel, which may be made later than ours.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::BytesMut;
use rtc::data_channel::RTCDataChannelState;
use rtc::peer_connection::transport::RTCSctpTransportState;
use tokio::sync::SetOnce;
use tokio::time::sleep;
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::error::{Error, Result};
use webrtc::peer_connection::PeerConnection;
use webrtc::peer_connection::transport::SctpTransport;

use crate::lock::lock;

/// How often a channel looks whether SCTP is established, when the stack has no event for it.
const INTERVAL: Duration = Duration::from_millis(5);

/// A channel of the stack. Until it is made nothing happens on it.
pub(crate) struct StackChannel {
    made: SetOnce<Option<Made>>,
}

struct Made {
    channel: Arc<dyn DataChannel>,
    /// The stack took it for open when it was made, and has no event for when it is. Until SCTP is established it discards
    /// what is sent.
    opening: Mutex<Option<Arc<dyn SctpTransport>>>,
}

impl StackChannel {
    /// One that exists, and for which the stack announces that it is open.
    pub(crate) fn existing(channel: Arc<dyn DataChannel>) -> Self {
        let made = Made {
            channel,
            opening: Mutex::default(),
        };
        Self {
            made: SetOnce::new_with(Some(Some(made))),
        }
    }

    /// One that is made later, by [`Self::set`].
    pub(super) fn pending() -> Self {
        Self {
            made: SetOnce::new(),
        }
    }

    /// It was closed before it was made, or could not be made.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self.made.get(), Some(None))
    }

    /// The channel is made, on this connection; `None` if that failed.
    pub(super) async fn set(
        &self,
        channel: Option<Arc<dyn DataChannel>>,
        stack: &dyn PeerConnection,
    ) {
        let mut made = None;
        if let Some(channel) = channel {
            let opening = match channel.ready_state().await {
                Ok(RTCDataChannelState::Open) => stack.sctp().await,
                _ => None,
            };
            let opening = Mutex::new(opening);
            made = Some(Made { channel, opening });
        }
        // Fails if it was closed meanwhile.
        if let Err(error) = self.made.set(made)
            && let Some(made) = error.0
        {
            let _ = made.channel.close().await;
        }
    }

    fn get(&self) -> Result<&Arc<dyn DataChannel>> {
        match self.made.get() {
            Some(Some(made)) => Ok(&made.channel),
            _ => Err(Error::ErrDataChannelClosed),
        }
    }

    pub(super) async fn send(&self, data: BytesMut) -> Result<()> {
        self.get()?.send(data).await
    }

    pub(super) async fn send_text(&self, text: &str) -> Result<()> {
        self.get()?.send_text(text).await
    }

    pub(super) async fn outstanding_bytes(&self) -> Result<usize> {
        match self.made.get() {
            None => Ok(0),
            Some(_) => self.get()?.outstanding_bytes().await,
        }
    }

    pub(super) async fn set_buffered_amount_low_threshold(&self, threshold: u32) -> Result<()> {
        self.get()?
            .set_buffered_amount_low_threshold(threshold)
            .await
    }

    /// The next event; `None` once there are no more. Cancel-safe.
    pub(super) async fn poll(&self) -> Option<DataChannelEvent> {
        let made = self.made.wait().await.as_ref()?;
        let opening = lock(&made.opening).clone();
        if let Some(sctp) = opening {
            tokio::select! {
                biased;
                () = established(&*sctp) => {}
                event = made.channel.poll() => return event,
            }
            *lock(&made.opening) = None;
            return Some(DataChannelEvent::OnOpen);
        }
        made.channel.poll().await
    }

    pub(super) async fn close(&self) -> Result<()> {
        if self.made.set(None).is_ok() {
            return Ok(());
        }
        self.get()?.close().await
    }
}

/// Returns once the association is established.
async fn established(sctp: &dyn SctpTransport) {
    while !matches!(sctp.state().await, Ok(RTCSctpTransportState::Connected)) {
        sleep(INTERVAL).await;
    }
}
