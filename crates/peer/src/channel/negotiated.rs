//! When negotiated channels are made in the stack.
//!
//! The stack opens a negotiated channel once it handles the event that its SCTP association is established, and discards
//! what arrived before, although it was acknowledged: with COOKIE ACK, right after it, or before it if that was lost
//! (`docs/upstream/rtc-first-message-of-negotiated-channels.md`). A channel that is made while there is an association,
//! established or not, is ready at once. The association of the DTLS client, whose COOKIE ACK it is, begins with the end
//! of the DTLS handshake. That is when the channels are made in the stack, and no data is sent before, so that none can
//! arrive.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use rtc::data_channel::RTCDataChannelInit;
use tokio::sync::Mutex;
use webrtc::data_channel::DataChannel;
use webrtc::error::Result;
use webrtc::peer_connection::PeerConnection;

use super::stack_channel::StackChannel;

/// Without a channel an offer has no section for data. This one is in the stack from the beginning for that. It has an ID
/// that no channel can have (RFC 8832 §6), and nothing is sent for it.
const PLACEHOLDER: u16 = u16::MAX;

/// The negotiated channels of a connection.
#[derive(Default)]
pub(crate) struct NegotiatedChannels {
    stage: Mutex<Stage>,
    made: AtomicBool,
}

struct Pending {
    label: String,
    options: RTCDataChannelInit,
    channel: Arc<StackChannel>,
}

enum Stage {
    BeforeConnection {
        /// The stack announces a channel without a handle as one of the remote peer.
        placeholder: Option<Arc<dyn DataChannel>>,
        pending: Vec<Pending>,
    },
    Made {
        _placeholder: Option<Arc<dyn DataChannel>>,
    },
}

impl Default for Stage {
    fn default() -> Self {
        Self::BeforeConnection {
            placeholder: None,
            pending: Vec::new(),
        }
    }
}

impl std::fmt::Debug for NegotiatedChannels {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("NegotiatedChannels")
            .field("made", &self.made)
            .finish_non_exhaustive()
    }
}

impl NegotiatedChannels {
    /// Makes a channel, at once or with the connection.
    ///
    /// # Errors
    ///
    /// Those of the stack.
    pub(crate) async fn create(
        &self,
        stack: &dyn PeerConnection,
        label: &str,
        options: RTCDataChannelInit,
    ) -> Result<Arc<StackChannel>> {
        let channel = Arc::new(StackChannel::pending());
        match &mut *self.stage.lock().await {
            Stage::BeforeConnection {
                placeholder,
                pending,
            } => {
                if placeholder.is_none() {
                    let options = RTCDataChannelInit {
                        negotiated: Some(PLACEHOLDER),
                        ..Default::default()
                    };
                    *placeholder = Some(stack.create_data_channel("", Some(options)).await?);
                }
                pending.push(Pending {
                    label: label.to_owned(),
                    options,
                    channel: Arc::clone(&channel),
                });
            }
            Stage::Made { .. } => {
                let made = stack.create_data_channel(label, Some(options)).await?;
                channel.set(Some(made), stack).await;
            }
        }
        Ok(channel)
    }

    /// The DTLS handshake is complete. Called by the stack's driver, before it reads or sends anything else.
    pub(crate) async fn on_connected(&self, stack: &dyn PeerConnection) {
        let mut stage = self.stage.lock().await;
        let Stage::BeforeConnection {
            placeholder,
            pending,
        } = &mut *stage
        else {
            return;
        };
        for Pending {
            label,
            options,
            channel,
        } in std::mem::take(pending)
        {
            if !channel.is_closed() {
                // Fails only if the connection is closed.
                let made = stack.create_data_channel(&label, Some(options)).await;
                channel.set(made.ok(), stack).await;
            }
        }
        let _placeholder = placeholder.take();
        *stage = Stage::Made { _placeholder };
        self.made.store(true, Relaxed);
    }

    /// Whether data may be sent.
    pub(crate) fn are_made(&self) -> bool {
        self.made.load(Relaxed)
    }

    #[cfg(test)]
    pub(crate) fn set_made(&self) {
        self.made.store(true, Relaxed);
    }
}
