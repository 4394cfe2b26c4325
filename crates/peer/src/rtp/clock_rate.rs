//! Clock rates of RTP timestamps, in hertz.

/// VP8 (RFC 7741 §6.1).
pub(crate) const VIDEO: u32 = 90_000;
/// Opus (RFC 7587 §4.1).
pub(crate) const AUDIO: u32 = 48_000;
