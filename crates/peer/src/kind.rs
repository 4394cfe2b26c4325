//! Kinds of media.

/// The kind of a track, as in W3C `MediaStreamTrack.kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Opus. RTP timestamps count 48,000 a second.
    Audio,
    /// VP8. RTP timestamps count 90,000 a second.
    Video,
}

impl Kind {
    /// The media type of `m=` lines (RFC 8866 §5.14).
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Video => "video",
        }
    }
}
