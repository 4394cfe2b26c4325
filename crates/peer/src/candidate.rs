//! Trickled candidates, as they cross signaling.

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
