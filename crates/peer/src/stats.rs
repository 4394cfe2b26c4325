//! Figures, shaped like `LinkStats` of the interface (`ui/src/engine/types.ts`). Counters, not rates: who
//! shows them takes the difference between two.

use std::time::Duration;

use crate::tracks::Kind;

/// One sample.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stats {
    /// The path in use.
    pub path: PathStats,
    /// Packets of the other side's media that were lost, and that were expected.
    pub lost: u64,
    /// See `lost`.
    pub expected: u64,
    /// Interarrival jitter of the other side's audio (RFC 3550 §6.4.1).
    pub audio_jitter: Option<Duration>,
    /// What encoders together should stay below, in bits per second.
    pub bandwidth: u32,
    /// Packets we asked to be sent again.
    pub retransmissions_asked_for: u64,
    /// Packets the pacer had no room for.
    pub refused_by_pacer: u64,
    /// Candidates of the other side that are not used, because there are too many or they lead nowhere.
    pub candidates_left_out: u64,
    /// Connectivity checks held back to keep to a rate (RFC 8445 §14).
    pub checks_held_back: u64,
    /// Every track, ours first.
    pub tracks: Vec<TrackStats>,
}

/// The path in use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathStats {
    /// By RTCP where media flows, else by connectivity checks.
    pub round_trip: Option<Duration>,
    /// `host`, `srflx`, `prflx` or `relay`.
    pub local_candidate: Option<String>,
    /// See `local_candidate`.
    pub remote_candidate: Option<String>,
}

/// One track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackStats {
    /// The media section.
    pub mid: String,
    /// What it carries.
    pub kind: Kind,
    /// True for ours.
    pub sent: bool,
    /// Whole frames written or delivered. For audio the same as `packets`.
    pub frames: u64,
    /// RTP packets, retransmissions of ours not counted.
    pub packets: u64,
    /// Octets of payload.
    pub octets: u64,
    /// Frames dropped because nobody read them in time.
    pub dropped: u64,
}
