//! The sound thread: mixes the received streams and encodes the microphone.
//!
//! It sleeps until a device's callback wakes it. It then mixes as far ahead as the loudspeaker needs, passes the mix
//! to the echo canceller, and only then processes the captured audio. Without a loudspeaker a clock takes its place,
//! so that packets do not pile up and statistics continue. Without streams and microphone it sleeps until the
//! desired state changes.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use maru_audio::{
    blocks::{BLOCK, Block},
    mixer::Mixer,
};

use crate::{
    control::{DesiredState, ReceivedPacket, SoundControl, Update},
    event::EventSender,
    latest_stats::{LatestStats, Snapshot, StreamStats},
    microphone_stream::MicrophoneStream,
    playback::PlaybackSink,
    thread_waker::ThreadWaker,
    ticker::Ticker,
};

/// Longest sleep while something is in use, in case a device's callbacks stop.
const MAX_SLEEP: Duration = Duration::from_millis(100);

pub(crate) struct SoundThread {
    control: Arc<SoundControl>,
    stats: Arc<LatestStats>,
    events: EventSender,
    /// The beginning of the time line.
    epoch: Instant,
    /// The desired state that has been applied.
    applied: DesiredState,
    /// The streams in the mixer, with their generations.
    streams: BTreeMap<u32, u64>,
    mixer: Mixer<u32>,
    microphone: Option<MicrophoneStream>,
    sink: Option<PlaybackSink>,
    /// Takes the place of a missing loudspeaker.
    clock: Ticker,
    packets: VecDeque<ReceivedPacket>,
}

impl SoundThread {
    pub(crate) fn new(
        control: Arc<SoundControl>,
        stats: Arc<LatestStats>,
        events: EventSender,
    ) -> Self {
        let now = Instant::now();
        Self {
            control,
            stats,
            events,
            epoch: now,
            applied: DesiredState::default(),
            streams: BTreeMap::new(),
            mixer: Mixer::default(),
            microphone: None,
            sink: None,
            clock: Ticker::new(now),
            packets: VecDeque::new(),
        }
    }

    /// Runs until the control is closed.
    pub(crate) fn run(mut self) {
        self.control.waker.register_current();
        loop {
            let now = Instant::now();
            let update = self.control.take(std::mem::take(&mut self.packets));
            if update.desired.closed {
                return;
            }
            self.apply(update, now);
            let output_latency = self.play(now);
            if let Some(microphone) = &mut self.microphone {
                let counters = &self.control.counters;
                microphone.process_capture(now, output_latency, &self.events, counters);
            }
            self.stats.publish(self.snapshot(now));
            ThreadWaker::sleep(self.deadline(now));
        }
    }

    fn apply(&mut self, update: Update, now: Instant) {
        let Update {
            desired,
            mut packets,
            source,
            sink,
        } = update;
        let was_idle = self.is_idle();
        if desired.streams != self.streams {
            self.apply_streams(&desired.streams);
        }
        if desired.min_delays != self.applied.min_delays {
            for (stream, delay) in &desired.min_delays {
                self.mixer.set_min_delay(stream, *delay);
            }
        }
        if let Some(sink) = sink {
            self.sink = sink;
            self.clock = Ticker::new(now);
        }
        let number = self.microphone.as_ref().map(|microphone| microphone.number);
        if number != desired.microphone {
            self.microphone = desired
                .microphone
                .and_then(|number| self.start_microphone(number, &desired, now));
        }
        if let Some(microphone) = &mut self.microphone {
            if let Some(source) = source {
                microphone.set_source(source, now);
            }
            if number != desired.microphone || desired != self.applied {
                let number = microphone.number;
                microphone.set_muted(desired.muted == Some((number, true)));
                if microphone
                    .configure(desired.processing, desired.loss)
                    .is_err()
                {
                    self.control.counters.blocks_failed.add(1);
                }
            }
        }
        self.applied = desired;
        if was_idle {
            self.clock = Ticker::new(now);
        }
        for received in packets.drain(..) {
            let exists = self.streams.get(&received.stream) == Some(&received.generation);
            let time = received.arrived.saturating_duration_since(self.epoch);
            if !exists || !self.mixer.insert(&received.stream, time, received.packet) {
                self.control.counters.packets_dropped.add(1);
            }
        }
        self.packets = packets;
    }

    fn apply_streams(&mut self, desired: &BTreeMap<u32, u64>) {
        let mixer = &mut self.mixer;
        self.streams.retain(|stream, generation| {
            let stays = desired.get(stream) == Some(generation);
            if !stays {
                mixer.remove(stream);
            }
            stays
        });
        for (stream, generation) in desired {
            // Fails only when there is no memory for a decoder: tried again the next time.
            if !self.streams.contains_key(stream) && mixer.add(*stream).is_ok() {
                self.streams.insert(*stream, *generation);
            }
        }
    }

    fn start_microphone(
        &mut self,
        number: u32,
        desired: &DesiredState,
        now: Instant,
    ) -> Option<MicrophoneStream> {
        let since = now.saturating_duration_since(self.epoch);
        let microphone =
            MicrophoneStream::new(number, since, now, desired.processing, desired.loss);
        if microphone.is_err() {
            self.control.counters.blocks_failed.add(1);
        }
        microphone.ok()
    }

    /// Mixes the blocks that are due. Returns the time from this call until they are played.
    fn play(&mut self, now: Instant) -> Duration {
        let time = now.saturating_duration_since(self.epoch);
        let mut block = [0.0; BLOCK];
        let Some(sink) = &mut self.sink else {
            if !self.is_idle() {
                for _ in 0..self.clock.due(now) {
                    self.mixer.mix(time, &mut block);
                    // The mix is not played, so the microphone does not capture it.
                    self.analyze_render(&[0.0; BLOCK]);
                }
            }
            return Duration::ZERO;
        };
        sink.update_target(now);
        let latency = sink.latency();
        while let Some(sink) = &mut self.sink
            && sink.needs_block()
        {
            let time = time.saturating_sub(sink.shortfall());
            self.mixer.mix(time, &mut block);
            sink.push(&block);
            self.analyze_render(&block);
        }
        latency
    }

    fn analyze_render(&mut self, block: &Block) {
        if let Some(microphone) = &mut self.microphone {
            microphone.analyze_render(block);
        }
    }

    fn is_idle(&self) -> bool {
        self.streams.is_empty() && self.microphone.is_none()
    }

    fn snapshot(&self, now: Instant) -> Snapshot {
        let output_latency = self
            .sink
            .as_ref()
            .map_or(Duration::ZERO, PlaybackSink::latency);
        let time = now.saturating_duration_since(self.epoch);
        let streams = self.streams.keys().filter_map(|stream| {
            let delay = self.mixer.current_delay(stream, time);
            let stats = StreamStats {
                mixer: self.mixer.stats(stream)?,
                delay_ms: delay
                    .map(|delay| milliseconds(delay) + output_latency.as_secs_f64() * 1000.0),
                output_latency,
                measured_at: now,
            };
            Some((*stream, stats))
        });
        let mut snapshot = Snapshot {
            streams: streams.collect(),
            ..Snapshot::default()
        };
        if let Some(microphone) = &self.microphone {
            snapshot.input = microphone.input_level();
            snapshot.microphone = microphone.sent_level();
        }
        snapshot
    }

    /// When to run without being woken; `None` while idle.
    fn deadline(&self, now: Instant) -> Option<Instant> {
        if self.is_idle() {
            return None;
        }
        let clock = self.sink.is_none().then(|| self.clock.next());
        let microphone = self.microphone.as_ref();
        let microphone = microphone.and_then(MicrophoneStream::deadline);
        [Some(now + MAX_SLEEP), clock, microphone]
            .into_iter()
            .flatten()
            .min()
    }
}

impl Drop for SoundThread {
    fn drop(&mut self) {
        // However the thread ends, no statistics of streams that are not played must remain.
        self.stats.publish(Snapshot::default());
    }
}

/// Samples at 48 kHz as milliseconds.
fn milliseconds(samples: i64) -> f64 {
    samples as f64 / 48.0
}
