//! Counters of a received stream.

/// Totals since the start: packets where the name says so, otherwise samples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JitterBufferStats {
    /// Packets decoded and played.
    pub played_packets: u64,
    /// Packets that arrived too late to be played.
    pub late_packets: u64,
    /// Packets missing at the time they should have been played.
    pub lost_packets: u64,
    /// Packets that arrived more than once.
    pub duplicate_packets: u64,
    /// Packets with an implausible size, duration or timestamp.
    pub rejected_packets: u64,
    /// Recovered by FEC.
    pub fec_recovered: u64,
    /// Concealed because a packet was lost or late.
    pub concealed: u64,
    /// Concealed during a pause in speech: the sender uses FEC, and sent none for this packet.
    pub silent_concealed: u64,
    /// Filled in while the sender was silent (DTX).
    pub dtx_filled: u64,
    /// Removed by time-stretching to reduce the delay (W3C: `removedSamplesForAcceleration`).
    pub accelerated: u64,
    /// Inserted by time-stretching to increase the delay (W3C: `insertedSamplesForDeceleration`).
    pub decelerated: u64,
    /// Skipped after an outage, to catch up with the sender.
    pub skipped: u64,
}
