//! The stack's callbacks. They run inside its driver and must not block.

use std::sync::{Arc, OnceLock, Weak};

use async_trait::async_trait;
use webrtc::data_channel::DataChannel;
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{
    PeerConnectionEventHandler, RTCIceGatheringState, RTCPeerConnectionIceEvent,
    RTCPeerConnectionState,
};

use super::inner::Inner;
use crate::candidate::Candidate;
use crate::connection_state::ConnectionState;
use crate::events::{Event, EventSink};
use crate::lock::lock;

pub(super) struct Handler {
    sink: EventSink,
    inner: OnceLock<Weak<Inner>>,
}

impl Handler {
    pub(super) fn new(sink: EventSink) -> Self {
        Self {
            sink,
            inner: OnceLock::new(),
        }
    }

    pub(super) fn attach(&self, inner: &Arc<Inner>) {
        let _ = self.inner.set(Arc::downgrade(inner));
    }

    /// `None` before `Peer::new` has returned, and after the last handle was dropped.
    fn inner(&self) -> Option<Arc<Inner>> {
        self.inner.get()?.upgrade()
    }

    fn emit(&self, event: Event) {
        if let Some(inner) = self.inner() {
            inner.emit(event);
        }
    }
}

#[async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_negotiation_needed(&self) {
        self.emit(Event::NegotiationNeeded);
    }

    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        // A candidate that cannot be serialized cannot be used by the remote peer.
        let Ok(candidate) = event.candidate.to_json() else {
            return;
        };
        if candidate.candidate.is_empty() {
            return;
        }
        let Some(inner) = self.inner() else { return };
        let section = lock(&inner.candidate_section).clone();
        let (mid, line) = match section {
            Some((mid, line)) => (Some(mid), line),
            None => (None, 0),
        };
        inner.emit(Event::Candidate(Candidate {
            candidate: candidate.candidate,
            mid,
            line: Some(line),
        }));
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.emit(Event::CandidatesComplete);
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        // Before the driver sends or reads anything else.
        if state == RTCPeerConnectionState::Connected
            && let Some(inner) = self.inner()
        {
            inner.negotiated.on_connected(&*inner.stack).await;
        }
        let was_connected = self.sink.state() != ConnectionState::Connecting;
        let state = match state {
            RTCPeerConnectionState::Connected => ConnectionState::Connected,
            RTCPeerConnectionState::Disconnected => ConnectionState::Reconnecting,
            // An ICE restart after a failure begins with "connecting" again.
            RTCPeerConnectionState::Connecting if was_connected => ConnectionState::Reconnecting,
            // "Closed": the remote peer sent a DTLS `close_notify`. The path will not recover, but only the caller closes.
            RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed => {
                ConnectionState::Failed
            }
            _ => return,
        };
        self.sink.set_state(state);
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        if let Some(inner) = self.inner() {
            let handle = Arc::clone(&inner);
            inner.spawn(async move { handle.receive_channel(channel).await });
        }
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        if let Some(inner) = self.inner() {
            let weak = Arc::downgrade(&inner);
            inner.spawn(async move { Inner::receive_track(weak, track).await });
        }
    }
}
