//! What the sound thread is to do.
//!
//! The desired state instead of a queue of commands: it cannot fill up, no change can be lost, and of several changes
//! between two reads only the last one matters. Only packets are queued, and that queue is bounded.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use maru_audio::{Packet, mixer::MAX_STREAMS, processing::ProcessingSettings};

use crate::{
    capture::CaptureSource, counts::Counters, playback::PlaybackSink, thread_waker::ThreadWaker,
};

/// Most packets in the queue: a third of a second of [`MAX_STREAMS`] streams with packets of 10 ms.
const MAX_PACKETS: usize = 1024;

/// A packet that arrived for a stream.
#[derive(Debug)]
pub(crate) struct ReceivedPacket {
    pub(crate) stream: u32,
    /// The generation of the stream at the time of arrival.
    pub(crate) generation: u64,
    pub(crate) arrived: Instant,
    pub(crate) packet: Packet,
}

/// The desired state of the sound thread.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct DesiredState {
    /// Streams to mix, with their generations. A stream that was removed and added again has another generation, so
    /// that it keeps nothing of the earlier one.
    pub(crate) streams: BTreeMap<u32, u64>,
    /// Minimum delays of some of the streams above.
    pub(crate) min_delays: BTreeMap<u32, Duration>,
    /// The number of the microphone in use.
    pub(crate) microphone: Option<u32>,
    /// The last microphone that was muted or unmuted; ignored when another one is in use.
    pub(crate) muted: Option<(u32, bool)>,
    pub(crate) processing: ProcessingSettings,
    /// Packet loss at the receivers, in percent.
    pub(crate) loss: u8,
    pub(crate) closed: bool,
}

/// `Some(Some(_))` for a stream that was opened, `Some(None)` for one that was closed, `None` for no change.
pub(crate) type Change<T> = Option<Option<T>>;

#[derive(Debug, Default)]
struct State {
    desired: DesiredState,
    last_generation: u64,
    packets: VecDeque<ReceivedPacket>,
    source: Change<CaptureSource>,
    sink: Change<PlaybackSink>,
}

/// The desired state and everything that came since the last read.
#[derive(Debug)]
pub(crate) struct Update {
    pub(crate) desired: DesiredState,
    pub(crate) packets: VecDeque<ReceivedPacket>,
    pub(crate) source: Change<CaptureSource>,
    pub(crate) sink: Change<PlaybackSink>,
}

/// Controls the sound thread.
#[derive(Debug)]
pub(crate) struct SoundControl {
    state: Mutex<State>,
    /// Wakes the sound thread.
    pub(crate) waker: Arc<ThreadWaker>,
    pub(crate) counters: Arc<Counters>,
}

impl SoundControl {
    pub(crate) fn new(counters: Arc<Counters>) -> Self {
        Self {
            state: Mutex::default(),
            waker: Arc::default(),
            counters,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let result = change(&mut self.lock());
        self.waker.wake();
        result
    }

    /// Takes the update. `packets` is an empty queue whose memory is reused.
    pub(crate) fn take(&self, packets: VecDeque<ReceivedPacket>) -> Update {
        let mut state = self.lock();
        Update {
            desired: state.desired.clone(),
            packets: std::mem::replace(&mut state.packets, packets),
            source: state.source.take(),
            sink: state.sink.take(),
        }
    }

    /// False when there are [`MAX_STREAMS`] already.
    pub(crate) fn add_stream(&self, stream: u32) -> bool {
        self.change(|state| {
            let streams = &mut state.desired.streams;
            if streams.contains_key(&stream) {
                return true;
            }
            if streams.len() >= MAX_STREAMS {
                return false;
            }
            state.last_generation += 1;
            streams.insert(stream, state.last_generation);
            true
        })
    }

    pub(crate) fn remove_stream(&self, stream: u32) {
        self.change(|state| {
            state.desired.streams.remove(&stream);
            state.desired.min_delays.remove(&stream);
        });
    }

    pub(crate) fn set_min_delay(&self, stream: u32, delay: Duration) {
        self.change(|state| {
            if state.desired.streams.contains_key(&stream) {
                state.desired.min_delays.insert(stream, delay);
            }
        });
    }

    pub(crate) fn has_streams(&self) -> bool {
        !self.lock().desired.streams.is_empty()
    }

    /// Queues a packet; drops it when the queue is full or the stream does not exist.
    pub(crate) fn push(&self, stream: u32, arrived: Instant, packet: Packet) {
        // Does not wake the thread: the packet is played some periods later at the earliest.
        let mut state = self.lock();
        let generation = state.desired.streams.get(&stream).copied();
        match generation {
            Some(generation) if state.packets.len() < MAX_PACKETS => {
                state.packets.push_back(ReceivedPacket {
                    stream,
                    generation,
                    arrived,
                    packet,
                });
            }
            _ => self.counters.packets_dropped.add(1),
        }
    }

    pub(crate) fn set_muted(&self, microphone: u32, muted: bool) {
        self.change(|state| state.desired.muted = Some((microphone, muted)));
    }

    pub(crate) fn set_processing(&self, settings: ProcessingSettings) {
        self.change(|state| state.desired.processing = settings);
    }

    pub(crate) fn set_loss(&self, percent: u8) {
        self.change(|state| state.desired.loss = percent);
    }

    /// Sets the microphone in use and its source; no source while its device is being replaced.
    pub(crate) fn set_microphone(&self, microphone: Option<u32>, source: Option<CaptureSource>) {
        let old = self.change(|state| {
            state.desired.microphone = microphone;
            state.source.replace(source)
        });
        drop(old);
    }

    pub(crate) fn set_sink(&self, sink: Option<PlaybackSink>) {
        let old = self.change(|state| state.sink.replace(sink));
        drop(old);
    }

    /// Ends the sound thread.
    pub(crate) fn close(&self) {
        self.change(|state| state.desired.closed = true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet() -> Packet {
        Packet::new(1, 2, vec![0x08, 0, 0]).expect("a SILK frame")
    }

    #[test]
    fn streams_and_packets_are_bounded() {
        let counters = Arc::new(Counters::default());
        let control = SoundControl::new(Arc::clone(&counters));
        for stream in 0..100 {
            assert_eq!(control.add_stream(stream), stream < 32);
            assert_eq!(control.add_stream(stream), stream < 32, "idempotent");
        }
        for _ in 0..2000 {
            control.push(3, Instant::now(), packet());
            control.push(99, Instant::now(), packet());
        }
        let update = control.take(VecDeque::new());
        assert_eq!(update.desired.streams.len(), MAX_STREAMS);
        assert_eq!(update.packets.len(), MAX_PACKETS);
        assert_eq!(counters.read().packets_dropped, 4000 - 1024);
        assert!(control.take(VecDeque::new()).packets.is_empty());
    }

    #[test]
    fn a_stream_added_again_is_a_new_generation() {
        let control = SoundControl::new(Arc::default());
        control.add_stream(5);
        control.push(5, Instant::now(), packet());
        control.remove_stream(5);
        assert!(!control.has_streams());
        control.set_min_delay(5, Duration::from_millis(100));
        control.add_stream(5);
        control.push(5, Instant::now(), packet());
        let update = control.take(VecDeque::new());
        let generations: Vec<u64> = update
            .packets
            .iter()
            .map(|received| received.generation)
            .collect();
        assert_eq!(generations, [1, 2]);
        assert_eq!(update.desired.streams.get(&5), Some(&2));
        assert!(update.desired.min_delays.is_empty());
    }
}
