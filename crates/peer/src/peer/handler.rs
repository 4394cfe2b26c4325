//! The stack's callbacks. They run inside its driver: nothing here may wait.

use std::sync::{Arc, OnceLock, Weak};

use async_trait::async_trait;
use webrtc::data_channel::DataChannel;
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{
    PeerConnectionEventHandler, RTCIceGatheringState, RTCPeerConnectionIceEvent,
    RTCPeerConnectionState,
};

use super::Inner;
use crate::events::{Candidate, ConnectionState, Event, EventSink};

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

    /// `None` before `Peer::new` returned and after the last handle went.
    fn inner(&self) -> Option<Arc<Inner>> {
        self.inner.get()?.upgrade()
    }

    fn tell(&self, event: Event) {
        if let Some(inner) = self.inner() {
            inner.tell(event);
        }
    }
}

#[async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_negotiation_needed(&self) {
        self.tell(Event::NegotiationNeeded);
    }

    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        // One that cannot be written cannot be used by the other side either.
        let Ok(candidate) = event.candidate.to_json() else {
            return;
        };
        if candidate.candidate.is_empty() {
            return;
        }
        let Some(inner) = self.inner() else { return };
        let section = super::guard(&inner.candidate_section).clone();
        let (mid, line) = match section {
            Some((mid, line)) => (Some(mid), line),
            None => (None, 0),
        };
        inner.tell(Event::Candidate(Candidate {
            candidate: candidate.candidate,
            mid,
            line: Some(line),
        }));
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.tell(Event::CandidatesComplete);
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        let ever = self.sink.current() != ConnectionState::Connecting;
        let state = match state {
            RTCPeerConnectionState::Connected => ConnectionState::Connected,
            RTCPeerConnectionState::Disconnected => ConnectionState::Reconnecting,
            // A restart after a failure begins with "connecting" again.
            RTCPeerConnectionState::Connecting if ever => ConnectionState::Reconnecting,
            // The other side said goodbye: a path is not coming back, but closing is the caller's to do.
            RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed => {
                ConnectionState::Failed
            }
            _ => return,
        };
        self.sink.state(state);
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        if let Some(inner) = self.inner() {
            let of = Arc::clone(&inner);
            inner.spawn(async move { of.channel_arrived(channel).await });
        }
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        if let Some(inner) = self.inner() {
            let of = Arc::downgrade(&inner);
            inner.spawn(async move { Inner::track_arrived(of, track).await });
        }
    }
}
