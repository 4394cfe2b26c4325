//! What the interface hears: `NativeEvent` and its figures, of `ui/src/engine/native/bridge.ts`.

use maru_protocol::{PeerSignal, Source};
use serde::Serialize;

use crate::{LinkId, StreamId};

/// How a link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkStatus {
    /// Never connected so far.
    Connecting,
    /// A path works.
    Connected,
    /// The path went silent; another is looked for.
    Reconnecting,
    /// Given up, until somebody asks for a new path.
    Failed,
    /// Over.
    Closed,
}

/// What a link that stands cannot carry, in either direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkProblem {
    /// No audio codec in common (RFC 3264 §6).
    NoAudioCodec,
    /// No video codec in common: their picture cannot be shown, and ours cannot be sent to them.
    NoVideoCodec,
}

/// A remote track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RemoteStream {
    /// What it carries.
    pub source: Source,
    /// Its name on the media socket.
    pub stream: StreamId,
}

/// How loud a remote voice is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RemoteLevel {
    /// Which.
    pub stream: StreamId,
    /// dBFS, −96 for silence.
    pub level: f32,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum EngineEvent {
    /// A link's status or what explains it changed.
    Status {
        /// Which.
        link: LinkId,
        /// How it is.
        status: LinkStatus,
        /// For the person debugging it.
        detail: String,
    },
    /// Hand this to the other side.
    Signal {
        /// Which.
        link: LinkId,
        /// What.
        signal: PeerSignal,
    },
    /// All of a link's remote tracks.
    Tracks {
        /// Which.
        link: LinkId,
        /// All.
        tracks: Vec<RemoteStream>,
    },
    /// All that a link cannot carry.
    Problems {
        /// Which.
        link: LinkId,
        /// All.
        problems: Vec<LinkProblem>,
    },
    /// The data channel opened, or another one took over.
    Open {
        /// Which.
        link: LinkId,
    },
    /// A text of the other side, unchecked.
    Message {
        /// Which.
        link: LinkId,
        /// The text.
        text: String,
    },
    /// Sound of a remote stream arrives, or stopped.
    Live {
        /// Which.
        stream: StreamId,
        /// Whether.
        live: bool,
    },
    /// How loud everything is, dBFS.
    Levels {
        /// What is sent.
        microphone: f32,
        /// What the microphone hears, even while muted.
        input: f32,
        /// The others.
        remote: Vec<RemoteLevel>,
    },
    /// The microphone was unplugged, and nothing stands in for it.
    MicrophoneEnded {
        /// Which.
        stream: StreamId,
    },
    /// Devices came or went.
    DevicesChanged,
}

/// A microphone or loudspeaker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Device {
    /// To open it by.
    pub id: String,
    /// `microphone` or `speaker`.
    pub kind: &'static str,
    /// As the system names it.
    pub label: String,
}

/// A microphone that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Microphone {
    /// Its number.
    pub stream: StreamId,
    /// The device, where the system says.
    pub device_id: Option<String>,
    /// As the system names it.
    pub label: String,
}

/// Counters of one link since it was made.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkFigures {
    /// Milliseconds.
    pub round_trip: Option<f64>,
    /// Packets of theirs that did not come.
    pub lost: u64,
    /// Packets of theirs that should have come.
    pub expected: u64,
    /// Milliseconds.
    pub jitter: Option<f64>,
    /// Octets of payload.
    pub sent: u64,
    /// Octets of payload.
    pub received: u64,
    /// Bits per second that our encoders together stay below.
    pub bandwidth: u32,
    /// `host`, `srflx`, `prflx` or `relay`.
    pub local_candidate: Option<String>,
    /// The same of theirs.
    pub remote_candidate: Option<String>,
    /// Every track with a section.
    pub media: Vec<MediaFigures>,
}

/// Counters of one track.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MediaFigures {
    /// `sent` or `received`.
    pub direction: &'static str,
    /// What it carries.
    pub source: Source,
    /// Its name on the media socket; for a microphone, its number.
    pub stream: StreamId,
    /// `video/VP8` or `audio/opus`.
    pub codec: &'static str,
    /// Whole frames.
    pub frames: u64,
    /// RTP packets.
    pub packets: u64,
    /// Received sound: samples made up that nothing received stood for.
    pub concealed: Option<u64>,
    /// Received sound: milliseconds in the jitter buffer.
    pub delay: Option<f64>,
}
