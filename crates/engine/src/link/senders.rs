//! The local tracks of a connection, and which stream is sent on each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use maru_peer::LocalTrack;
use maru_protocol::Source;

use crate::ids::StreamId;

/// A local track: what W3C WebRTC calls an `RTCRtpSender`.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    pub(super) track: LocalTrack,
    /// The stream that is sent; `None` for nothing.
    pub(super) stream: Option<StreamId>,
}

/// The senders of the connection in use. The link's task negotiates them while `outgoing` sends on them.
#[derive(Debug, Clone, Default)]
pub(super) struct Senders {
    by_source: Arc<Mutex<BTreeMap<Source, Sender>>>,
}

impl Senders {
    pub(super) fn with<R>(&self, access: impl FnOnce(&mut BTreeMap<Source, Sender>) -> R) -> R {
        // Entries are replaced as a whole, so a panic leaves none half changed.
        access(
            &mut self
                .by_source
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    pub(super) fn track(&self, source: Source) -> Option<LocalTrack> {
        self.with(|senders| senders.get(&source).map(|sender| sender.track.clone()))
    }

    /// The track of `source`, if `stream` is what is sent on it.
    pub(super) fn track_of_stream(&self, source: Source, stream: StreamId) -> Option<LocalTrack> {
        self.with(|senders| {
            senders
                .get(&source)
                .filter(|sender| sender.stream == Some(stream))
                .map(|sender| sender.track.clone())
        })
    }

    /// What is sent in a media section.
    pub(super) fn by_mid(&self, mid: &str) -> Option<(Source, StreamId)> {
        self.with(|senders| {
            senders
                .iter()
                .find(|(_, sender)| sender.track.mid().as_deref() == Some(mid))
                .and_then(|(source, sender)| Some((*source, sender.stream?)))
        })
    }

    /// True if a track is in no media section yet, so that an offer is needed.
    pub(super) fn has_track_without_mid(&self) -> bool {
        self.with(|senders| senders.values().any(|sender| sender.track.mid().is_none()))
    }
}
