//! What the engine reports to the page: `NativeEvent` of `ui/src/engine/native/bridge.ts`.

use std::sync::Arc;

use maru_protocol::{PeerSignal, Source};
use serde::Serialize;

use crate::ids::{LinkId, StreamId};

/// Receives a page's events, from any thread. Must not block.
pub(crate) type EventListener = Arc<dyn Fn(EngineEvent) + Send + Sync>;

/// State of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkStatus {
    /// Not connected so far.
    Connecting,
    /// There is a working path.
    Connected,
    /// The path was lost, and ICE restarts look for another.
    Reconnecting,
    /// No path was found. Stays so until an ICE restart is requested or the link is closed.
    Failed,
    /// Closed by the page. Final.
    Closed,
}

/// What a connected link cannot carry, in either direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkProblem {
    /// No common audio codec (RFC 3264 §6).
    NoAudioCodec,
    /// No common video codec.
    NoVideoCodec,
}

/// A remote track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RemoteStream {
    /// What the track carries.
    pub source: Source,
    /// Its ID on the media socket and in events.
    pub stream: StreamId,
}

/// Level of a remote audio stream.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RemoteLevel {
    /// The stream.
    pub stream: StreamId,
    /// RMS in dBFS, −96 for silence.
    pub level: f32,
}

/// An event of the engine.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum EngineEvent {
    /// A link's status or its detail changed.
    Status {
        /// The link.
        link: LinkId,
        /// Its status.
        status: LinkStatus,
        /// The reason, for debugging; not translated.
        detail: String,
    },
    /// A signal to be sent to the remote participant.
    Signal {
        /// The link.
        link: LinkId,
        /// A description or candidate.
        signal: PeerSignal,
    },
    /// A link's remote tracks changed.
    Tracks {
        /// The link.
        link: LinkId,
        /// All of them.
        tracks: Vec<RemoteStream>,
    },
    /// A link's problems changed.
    Problems {
        /// The link.
        link: LinkId,
        /// All of them.
        problems: Vec<LinkProblem>,
    },
    /// The data channel opened, or another channel replaced it.
    Open {
        /// The link.
        link: LinkId,
    },
    /// A text message of the remote participant, unchecked but for its size.
    Message {
        /// The link.
        link: LinkId,
        /// At most [`maru_protocol::limits::MAX_PEER_MESSAGE_BYTES`].
        text: String,
    },
    /// Packets of a remote audio stream arrive, or the stream ended.
    Live {
        /// The stream.
        stream: StreamId,
        /// False when it ended.
        live: bool,
    },
    /// Audio levels, RMS in dBFS, −96 for silence. Ten times a second while there is a microphone or remote audio.
    Levels {
        /// Level of the audio that is sent.
        microphone: f32,
        /// Level of the microphone, muted or not.
        input: f32,
        /// Levels of the remote streams.
        remote: Vec<RemoteLevel>,
    },
    /// The microphone was unplugged, and no other replaces it. It is closed.
    MicrophoneEnded {
        /// Its stream.
        stream: StreamId,
    },
    /// Microphones or loudspeakers were added or removed.
    DevicesChanged,
}
