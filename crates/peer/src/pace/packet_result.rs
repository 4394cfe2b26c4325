//! What transport-wide feedback says about one packet.

use std::time::{Duration, Instant};

/// What became of one sent packet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PacketResult {
    pub(crate) departure: Instant,
    /// By the remote peer's clock; `None` for a packet that was lost.
    pub(crate) arrival: Option<Duration>,
    /// Bytes of the RTP packet.
    pub(crate) size: usize,
}
