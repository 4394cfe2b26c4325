//! What had to be left out. Each is 0 in a call that is well.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counted since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Packets that came faster than the sound thread took them, or for nobody.
    pub packets_dropped: u64,
    /// Encoded frames that nobody fetched in time.
    pub voice_dropped: u64,
    /// Samples of the microphone that the sound thread did not fetch in time, at the device's rate.
    pub input_lost: u64,
    /// Samples that the loudspeaker asked for before they were mixed, at the device's rate.
    pub output_missed: u64,
    /// Blocks that the audio processing or the encoder refused.
    pub blocks_failed: u64,
    /// Devices in use that stopped, vanished, or were no longer the system's default, and had to be replaced.
    pub devices_replaced: u64,
}

/// The same, being counted.
#[derive(Debug, Default)]
pub(crate) struct Counting {
    pub(crate) packets_dropped: Count,
    pub(crate) voice_dropped: Count,
    pub(crate) input_lost: Count,
    pub(crate) output_missed: Count,
    pub(crate) blocks_failed: Count,
    pub(crate) devices_replaced: Count,
}

impl Counting {
    pub(crate) fn read(&self) -> Counts {
        Counts {
            packets_dropped: self.packets_dropped.read(),
            voice_dropped: self.voice_dropped.read(),
            input_lost: self.input_lost.read(),
            output_missed: self.output_missed.read(),
            blocks_failed: self.blocks_failed.read(),
            devices_replaced: self.devices_replaced.read(),
        }
    }
}

/// One of them.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self, more: usize) {
        if more > 0 {
            let more = u64::try_from(more).unwrap_or(u64::MAX);
            self.0.fetch_add(more, Ordering::Relaxed);
        }
    }

    fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
