//! Counters of dropped data and other failures. All are 0 in a call without problems.

use std::sync::atomic::{AtomicU64, Ordering};

/// Totals since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Received packets dropped because the queue was full or the stream does not exist.
    pub packets_dropped: u64,
    /// Encoded frames dropped because they were not fetched in time.
    pub frames_dropped: u64,
    /// Captured samples dropped because the sound thread did not fetch them in time, at the device's rate.
    pub input_lost: u64,
    /// Samples that the loudspeaker needed before they were mixed, at the device's rate.
    pub output_missed: u64,
    /// Blocks that the audio processing or the encoder failed on.
    pub blocks_failed: u64,
    /// Open devices that stopped, were unplugged, or ceased to be the system's default.
    pub devices_replaced: u64,
}

/// The counters behind [`Counts`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) packets_dropped: Counter,
    pub(crate) frames_dropped: Counter,
    pub(crate) input_lost: Counter,
    pub(crate) output_missed: Counter,
    pub(crate) blocks_failed: Counter,
    pub(crate) devices_replaced: Counter,
}

impl Counters {
    pub(crate) fn read(&self) -> Counts {
        Counts {
            packets_dropped: self.packets_dropped.read(),
            frames_dropped: self.frames_dropped.read(),
            input_lost: self.input_lost.read(),
            output_missed: self.output_missed.read(),
            blocks_failed: self.blocks_failed.read(),
            devices_replaced: self.devices_replaced.read(),
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, count: usize) {
        if count > 0 {
            self.0.fetch_add(count as u64, Ordering::Relaxed);
        }
    }

    fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
