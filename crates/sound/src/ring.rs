//! A lock-free queue of samples between a sound card's callback and the sound thread.
//!
//! One writer, one reader, no lock: a callback that waits for a lock causes a click. Samples are stored as atomic
//! words, so no `unsafe` is needed; on all supported processors a relaxed atomic access costs the same as a plain
//! one. Rejected: a crate, which would be `unsafe` code for the same.

use std::sync::{
    Arc,
    atomic::{AtomicU32, AtomicUsize, Ordering},
};

#[derive(Debug)]
struct Ring {
    slots: Box<[AtomicU32]>,
    /// Samples written and read since the start, wrapping. The number of slots is a power of two, so that wrapping
    /// is harmless.
    written: AtomicUsize,
    read: AtomicUsize,
}

impl Ring {
    fn slot(&self, index: usize) -> &AtomicU32 {
        &self.slots[index & (self.slots.len() - 1)]
    }
}

/// The writing end.
#[derive(Debug)]
pub(crate) struct Writer(Arc<Ring>);

/// The reading end.
#[derive(Debug)]
pub(crate) struct Reader(Arc<Ring>);

/// A queue that holds at least `capacity` samples.
pub(crate) fn ring(capacity: usize) -> (Writer, Reader) {
    let slots = capacity.max(1).next_power_of_two();
    let ring = Arc::new(Ring {
        slots: (0..slots).map(|_| AtomicU32::new(0)).collect(),
        written: AtomicUsize::new(0),
        read: AtomicUsize::new(0),
    });
    (Writer(Arc::clone(&ring)), Reader(ring))
}

impl Writer {
    /// Writes `samples` as long as there is room. Returns how many did not fit.
    pub(crate) fn write(&mut self, samples: impl IntoIterator<Item = f32>) -> usize {
        let begin = self.0.written.load(Ordering::Relaxed);
        let read = self.0.read.load(Ordering::Acquire);
        let room = self.0.slots.len() - begin.wrapping_sub(read);
        let (mut taken, mut refused) = (0, 0);
        for sample in samples {
            if taken < room {
                self.0
                    .slot(begin.wrapping_add(taken))
                    .store(sample.to_bits(), Ordering::Relaxed);
                taken += 1;
            } else {
                refused += 1;
            }
        }
        self.0
            .written
            .store(begin.wrapping_add(taken), Ordering::Release);
        refused
    }

    /// Samples in the queue.
    pub(crate) fn len(&self) -> usize {
        let read = self.0.read.load(Ordering::Acquire);
        self.0.written.load(Ordering::Relaxed).wrapping_sub(read)
    }

    /// Samples the queue can hold.
    pub(crate) fn capacity(&self) -> usize {
        self.0.slots.len()
    }
}

impl Reader {
    /// Calls `each` with up to `max` samples, in order. Returns how many.
    pub(crate) fn read(&mut self, max: usize, mut each: impl FnMut(f32)) -> usize {
        let begin = self.0.read.load(Ordering::Relaxed);
        let count = self.len().min(max);
        for offset in 0..count {
            let bits = self
                .0
                .slot(begin.wrapping_add(offset))
                .load(Ordering::Relaxed);
            each(f32::from_bits(bits));
        }
        self.0
            .read
            .store(begin.wrapping_add(count), Ordering::Release);
        count
    }

    /// Samples in the queue.
    pub(crate) fn len(&self) -> usize {
        let read = self.0.read.load(Ordering::Relaxed);
        self.0.written.load(Ordering::Acquire).wrapping_sub(read)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn is_a_bounded_queue(steps in proptest::collection::vec((0..50u16, 0..50usize), 0..200)) {
            let (mut writer, mut reader) = ring(60);
            prop_assert_eq!(writer.capacity(), 64);
            let (mut model, mut next) = (VecDeque::new(), 0u16);
            for (write, read) in steps {
                let samples: Vec<f32> = (0..write).map(|offset| f32::from(next.wrapping_add(offset))).collect();
                next = next.wrapping_add(write);
                let refused = writer.write(samples.iter().copied());
                let room = 64 - model.len();
                prop_assert_eq!(refused, samples.len().saturating_sub(room));
                model.extend(samples.into_iter().take(room));
                prop_assert_eq!(writer.len(), model.len());
                let mut got = Vec::new();
                let count = reader.read(read, |sample| got.push(sample));
                prop_assert_eq!(count, got.len());
                prop_assert_eq!(count, read.min(model.len()));
                for sample in got {
                    prop_assert_eq!(Some(sample), model.pop_front());
                }
            }
        }
    }

    #[test]
    fn samples_keep_their_order_between_two_threads() {
        const COUNT: u16 = 60_000;
        let (mut writer, mut reader) = ring(128);
        let writing = std::thread::spawn(move || {
            for sample in 0..COUNT {
                while writer.write([f32::from(sample)]) > 0 {
                    std::thread::yield_now();
                }
            }
        });
        let mut expected = 0u16;
        while expected < COUNT {
            if reader.read(100, |sample| {
                assert_eq!(sample, f32::from(expected));
                expected += 1;
            }) == 0
            {
                std::thread::yield_now();
            }
        }
        writing.join().expect("the writer finished");
        assert_eq!(reader.len(), 0);
    }
}
