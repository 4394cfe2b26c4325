//! Session descriptions and candidates, as they cross signaling.

/// An offer or an answer (RFC 3264).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DescriptionKind {
    /// An offer.
    Offer,
    /// An answer.
    Answer,
}

/// A session description (RFC 9429).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Offer or answer.
    pub kind: DescriptionKind,
    /// SDP text (RFC 8866).
    pub sdp: String,
}

/// A trickled candidate (RFC 8838).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The `candidate:` line; empty for the end of candidates.
    pub candidate: String,
    /// The `mid` of its media section.
    pub mid: Option<String>,
    /// The index of its media section.
    pub line: Option<u16>,
}
