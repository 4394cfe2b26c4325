//! Samples between a device's callback and our thread, without locks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::thread::Thread;

use rtrb::{Consumer, Producer, RingBuffer};

/// Samples a ring holds: half a second at 48 kHz. What is beyond is dropped and counted; a thread that is this
/// late has already lost the sound of it.
const CAPACITY: usize = 24_000;

/// What both ends see.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Samples there was no room for, or that were missing when the device asked.
    pub(crate) missed: AtomicU64,
    /// The most samples the device moved at once.
    pub(crate) period: AtomicUsize,
}

/// The end that puts samples in.
pub(crate) struct Input {
    ring: Producer<f32>,
    counts: Arc<Counts>,
    wakes: Thread,
}

/// The end that takes samples out.
pub(crate) struct Output {
    ring: Consumer<f32>,
    counts: Arc<Counts>,
    wakes: Thread,
}

/// A ring; either end wakes `thread`.
pub(crate) fn ring(thread: &Thread) -> (Input, Output, Arc<Counts>) {
    let (producer, consumer) = RingBuffer::new(CAPACITY);
    let counts = Arc::new(Counts::default());
    (
        Input {
            ring: producer,
            counts: Arc::clone(&counts),
            wakes: thread.clone(),
        },
        Output {
            ring: consumer,
            counts: Arc::clone(&counts),
            wakes: thread.clone(),
        },
        counts,
    )
}

impl Input {
    /// From a microphone's callback.
    pub(crate) fn put_and_wake(&mut self, samples: impl ExactSizeIterator<Item = f32>) {
        self.counts.period.fetch_max(samples.len(), Relaxed);
        self.put(samples);
        self.wakes.unpark();
    }

    pub(crate) fn put(&mut self, samples: impl ExactSizeIterator<Item = f32>) {
        let mut lost = 0;
        for sample in samples {
            if self.ring.push(sample).is_err() {
                lost += 1;
            }
        }
        self.counts.missed.fetch_add(lost, Relaxed);
    }

    /// Samples that wait at the other end.
    pub(crate) fn waiting(&self) -> usize {
        CAPACITY - self.ring.slots()
    }
}

impl Output {
    /// For a loudspeaker's callback: silence where there is nothing.
    pub(crate) fn take_and_wake(&mut self, out: &mut [f32]) {
        self.counts.period.fetch_max(out.len(), Relaxed);
        let mut missing = 0;
        for slot in out {
            *slot = self.ring.pop().unwrap_or_else(|_| {
                missing += 1;
                0.0
            });
        }
        self.counts.missed.fetch_add(missing, Relaxed);
        self.wakes.unpark();
    }

    /// Everything that waits.
    pub(crate) fn drain(&mut self, into: &mut Vec<f32>) {
        while let Ok(sample) = self.ring.pop() {
            into.push(sample);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_nobody_reads_keeps_its_size_and_counts() {
        let (mut input, mut output, counts) = ring(&std::thread::current());
        input.put(vec![1.0; CAPACITY + 7].into_iter());
        assert_eq!(counts.missed.load(Relaxed), 7);
        assert_eq!(input.waiting(), CAPACITY);
        let mut all = Vec::new();
        output.drain(&mut all);
        assert_eq!(all.len(), CAPACITY);
    }

    #[test]
    fn a_loudspeaker_that_gets_nothing_plays_silence() {
        let (mut input, mut output, counts) = ring(&std::thread::current());
        input.put([0.5].into_iter());
        let mut out = [1.0; 3];
        output.take_and_wake(&mut out);
        assert_eq!(out, [0.5, 0.0, 0.0]);
        assert_eq!(counts.missed.load(Relaxed), 2);
        assert_eq!(counts.period.load(Relaxed), 3);
    }
}
