//! Statistics of a link: `NativeStats` of `ui/src/engine/native/bridge.ts`.

use maru_protocol::Source;
use serde::Serialize;

use crate::ids::StreamId;

/// Counters of one connection since it was created.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkStats {
    /// Milliseconds.
    pub round_trip: Option<f64>,
    /// RTP packets that did not arrive.
    pub lost: u64,
    /// RTP packets that should have arrived.
    pub expected: u64,
    /// Interarrival jitter of audio (RFC 3550 §6.4.1), milliseconds.
    pub jitter: Option<f64>,
    /// Payload bytes sent.
    pub sent: u64,
    /// Payload bytes received.
    pub received: u64,
    /// Bandwidth estimate: bits per second for all encoders together.
    pub bandwidth: u32,
    /// Candidate type of the selected pair: `host`, `srflx`, `prflx` or `relay`.
    pub local_candidate: Option<String>,
    /// The same, of the remote candidate.
    pub remote_candidate: Option<String>,
    /// All tracks with a media section.
    pub media: Vec<TrackStats>,
}

/// Counters of one track.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrackStats {
    /// `sent` or `received`.
    pub direction: &'static str,
    /// What the track carries.
    pub source: Source,
    /// Its stream.
    pub stream: StreamId,
    /// `video/VP8` or `audio/opus`.
    pub codec: &'static str,
    /// Complete frames.
    pub frames: u64,
    /// RTP packets.
    pub packets: u64,
    /// Received audio: samples concealed because their packet did not arrive in time.
    pub concealed: Option<u64>,
    /// Received audio: milliseconds in the jitter buffer.
    pub delay: Option<f64>,
}
