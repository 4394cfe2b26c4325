//! Media in and out, as encoded frames.

mod audio_level;
mod local;
mod remote;
mod sender_clock;

use std::time::Instant;

use bytes::Bytes;

pub use audio_level::AudioLevel;
pub(crate) use audio_level::SSRC_AUDIO_LEVEL;
pub use local::LocalTrack;
pub(crate) use local::Negotiated;
pub(crate) use remote::Arriving;
pub use remote::RemoteTrack;
pub(crate) use sender_clock::SenderTimes;
pub use sender_clock::{SenderClock, SenderTime};

/// What a track carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Opus. RTP timestamps count 48,000 a second.
    Audio,
    /// VP8. RTP timestamps count 90,000 a second.
    Video,
}

/// An encoded frame to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingFrame {
    /// One VP8 frame (RFC 6386) or one Opus packet (RFC 6716).
    pub data: Bytes,
    /// When it was captured, on the kind's clock, wrapping. The first may be anything.
    pub timestamp: u32,
    /// Audio: this begins a talk spurt after silence that was not sent (RFC 3551 §4.1). Ignored for video.
    pub after_silence: bool,
    /// Audio: how loud it is. Travels beside it, unencrypted, where the other side asked for that (RFC 6464).
    /// Ignored for video.
    pub level: Option<AudioLevel>,
}

/// An encoded frame received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// One VP8 frame or one Opus packet.
    pub data: Bytes,
    /// When it was captured, on the kind's clock, wrapping.
    pub timestamp: u32,
    /// Always true for audio.
    pub keyframe: bool,
    /// Audio: the RTP sequence number, by which a jitter buffer sees what is missing. Video comes without
    /// gaps and has none.
    pub sequence: Option<u16>,
    /// When the last packet needed for it arrived.
    pub arrived: Instant,
}

/// Counts of one track, in one direction.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) frames: std::sync::atomic::AtomicU64,
    pub(crate) packets: std::sync::atomic::AtomicU64,
    pub(crate) octets: std::sync::atomic::AtomicU64,
    /// Frames the reader was too slow for.
    pub(crate) dropped: std::sync::atomic::AtomicU64,
}

impl Counters {
    pub(crate) fn packet(&self, octets: usize) {
        use std::sync::atomic::Ordering::Relaxed;
        self.packets.fetch_add(1, Relaxed);
        self.octets.fetch_add(octets as u64, Relaxed);
    }
}
