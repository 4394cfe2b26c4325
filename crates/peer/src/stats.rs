//! Statistics, shaped like `LinkStats` of the interface (`ui/src/engine/types.ts`). Counters, not rates: the rate is the
//! difference between two samples.

use std::net::IpAddr;
use std::time::Duration;

use crate::kind::Kind;

/// One sample.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stats {
    /// The selected path.
    pub path: PathStats,
    /// RTP packets of remote tracks that were lost.
    pub lost: u64,
    /// RTP packets of remote tracks that were expected: received and lost.
    pub expected: u64,
    /// Interarrival jitter of the remote audio (RFC 3550 §6.4.1).
    pub audio_jitter: Option<Duration>,
    /// The bandwidth estimate: what all encoders together should stay below, in bits per second.
    pub bandwidth: u32,
    /// Packets requested again by NACK (RFC 4585 §6.2.1).
    pub retransmissions_requested: u64,
    /// Packets dropped because the pacer's queue was full.
    pub pacer_drops: u64,
    /// Remote candidates that are not used: too many, or not an address of a host.
    pub candidates_ignored: u64,
    /// Connectivity checks that were not sent, to keep to a rate (RFC 8445 §14).
    pub checks_suppressed: u64,
    /// All tracks, local ones first.
    pub tracks: Vec<TrackStats>,
}

/// The selected path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathStats {
    /// Round-trip time by RTCP where media flows, else by connectivity checks.
    pub round_trip: Option<Duration>,
    /// Type of the local candidate: `host`, `srflx`, `prflx` or `relay`.
    pub local_candidate: Option<String>,
    /// The address of this machine that the path uses: that of the base of the local candidate (RFC 8445 §5.1.1). `None` where a
    /// TURN server of ours relays.
    pub local_address: Option<IpAddr>,
    /// Type of the remote candidate. `prflx` (RFC 8445 §7.3.1.3) where a check came before the candidate.
    pub remote_candidate: Option<String>,
    /// A TURN server relays this path: one of ours, or one of the remote peer's, also where its candidate is `prflx`.
    pub relayed: bool,
}

/// One track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackStats {
    /// The `mid` of its media section.
    pub mid: String,
    /// Audio or video.
    pub kind: Kind,
    /// True for a local track.
    pub sent: bool,
    /// Whole frames written or delivered. For audio the same as `packets`.
    pub frames: u64,
    /// RTP packets, without our retransmissions.
    pub packets: u64,
    /// Bytes of RTP payload.
    pub bytes: u64,
    /// Received frames dropped because they were not read in time.
    pub dropped: u64,
}
