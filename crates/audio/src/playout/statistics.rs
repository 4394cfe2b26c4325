//! What a stream has been through.

/// Counted since the start, in samples unless said otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Packets that were played.
    pub played_packets: u64,
    /// Packets that came too late to be played.
    pub late_packets: u64,
    /// Packets that were not there when they should have been played.
    pub lost_packets: u64,
    /// Packets that came more than once.
    pub duplicate_packets: u64,
    /// Packets that no sender of sound could have meant.
    pub absurd_packets: u64,
    /// Recovered by FEC.
    pub recovered: u64,
    /// Concealed because a packet was lost or late.
    pub concealed: u64,
    /// Concealed where nothing was to be heard: the sender protects speech with FEC and did not protect this.
    pub quiet: u64,
    /// Filled where the sender was silent (DTX).
    pub silent: u64,
    /// Removed by stretching, to catch up.
    pub shortened: u64,
    /// Added by stretching, to wait.
    pub lengthened: u64,
    /// Left out at once after an outage, to be back in the present.
    pub skipped: u64,
}
