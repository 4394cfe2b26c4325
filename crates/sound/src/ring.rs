//! A queue of samples between a sound card's callback and the sound thread that neither side ever waits on.
//!
//! One writer, one reader, no lock: an audio callback that waits for a lock is a click. Samples are stored as
//! atomic words, so it needs no `unsafe`; on every processor we build for a relaxed atomic word costs what a
//! plain one does. Rejected: a crate for it, which would be `unsafe` code for the same thing.

use std::sync::{
    Arc,
    atomic::{AtomicU32, AtomicUsize, Ordering},
};

#[derive(Debug)]
struct Ring {
    slots: Box<[AtomicU32]>,
    /// Samples written and read since the start, wrapping. A power of two of slots makes wrapping harmless.
    written: AtomicUsize,
    read: AtomicUsize,
}

impl Ring {
    fn slot(&self, index: usize) -> &AtomicU32 {
        &self.slots[index & (self.slots.len() - 1)]
    }
}

/// The end that samples are written to.
#[derive(Debug)]
pub(crate) struct Writer(Arc<Ring>);

/// The end that samples are read from.
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
    /// Takes `samples` as long as there is room, and says how many it did not take.
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

    /// Samples that wait to be read.
    pub(crate) fn waiting(&self) -> usize {
        let read = self.0.read.load(Ordering::Acquire);
        self.0.written.load(Ordering::Relaxed).wrapping_sub(read)
    }

    /// Samples it can hold.
    pub(crate) fn capacity(&self) -> usize {
        self.0.slots.len()
    }
}

impl Reader {
    /// Gives up to `most` samples to `each`, in order, and says how many.
    pub(crate) fn read(&mut self, most: usize, mut each: impl FnMut(f32)) -> usize {
        let begin = self.0.read.load(Ordering::Relaxed);
        let count = self.waiting().min(most);
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

    /// Samples that wait to be read.
    pub(crate) fn waiting(&self) -> usize {
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
                prop_assert_eq!(writer.waiting(), model.len());
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
    fn nothing_is_lost_or_reordered_between_two_threads() {
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
        assert_eq!(reader.waiting(), 0);
    }
}
