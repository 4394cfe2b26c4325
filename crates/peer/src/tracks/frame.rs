//! Encoded frames.

use std::time::Instant;

use bytes::Bytes;

use super::audio_level::AudioLevel;

/// An encoded frame to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingFrame {
    /// One VP8 frame (RFC 6386), 1 MiB at most, or one Opus packet (RFC 6716).
    pub data: Bytes,
    /// When it was captured, on the RTP clock of its kind, wrapping. The first may have any value.
    pub timestamp: u32,
    /// Audio: the first packet after silence that was not sent (RFC 3551 §4.1). Ignored for video.
    pub after_silence: bool,
    /// Audio: its level, sent unencrypted in a header extension if the remote peer negotiated it (RFC 6464). Ignored for
    /// video.
    pub level: Option<AudioLevel>,
}

/// An encoded frame received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// One VP8 frame or one Opus packet.
    pub data: Bytes,
    /// When it was captured, on the RTP clock of its kind, wrapping.
    pub timestamp: u32,
    /// Always true for audio.
    pub keyframe: bool,
    /// Audio: the RTP sequence number, by which a jitter buffer finds losses. Video has no gaps, and no sequence number.
    pub sequence: Option<u16>,
    /// When the last packet it needed arrived.
    pub arrived: Instant,
}
