//! The sound thread: mixes for the loudspeaker and sends what the microphone hears.
//!
//! It sleeps until a device's callback wakes it, and then does what is due: mixes as far ahead as
//! `lead` says, tells the echo canceller, and only then takes what the microphone heard. Where
//! there is no loudspeaker a clock takes its place, so that voices do not pile up and reports go on. With
//! neither voices nor a microphone it sleeps until something is wanted.

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
    desk::{Arrived, Desk, Taken, Wanted},
    event::Teller,
    output::Sink,
    snapshot::{Board, Snapshot, VoiceReport},
    speaking::Speaking,
    ticker::Ticker,
    wake::Wake,
};

/// Devices wake the thread; should one forget to, it looks by itself.
const LOOK: Duration = Duration::from_millis(100);

pub(crate) struct SoundThread {
    desk: Arc<Desk>,
    board: Arc<Board>,
    teller: Teller,
    /// The beginning of the time line.
    epoch: Instant,
    wanted: Wanted,
    /// The voices the mixer has, with their lives.
    voices: BTreeMap<u32, u64>,
    mixer: Mixer<u32>,
    speaking: Option<Speaking>,
    sink: Option<Sink>,
    /// The clock that takes the loudspeaker's place.
    clock: Ticker,
    packets: VecDeque<Arrived>,
}

impl SoundThread {
    pub(crate) fn new(desk: Arc<Desk>, board: Arc<Board>, teller: Teller) -> Self {
        let now = Instant::now();
        Self {
            desk,
            board,
            teller,
            epoch: now,
            wanted: Wanted::default(),
            voices: BTreeMap::new(),
            mixer: Mixer::default(),
            speaking: None,
            sink: None,
            clock: Ticker::new(now),
            packets: VecDeque::new(),
        }
    }

    /// Works until it is told to end.
    pub(crate) fn run(mut self) {
        self.desk.wake.here();
        loop {
            let now = Instant::now();
            let taken = self.desk.take(std::mem::take(&mut self.packets));
            if taken.wanted.closed {
                return;
            }
            self.follow(taken, now);
            let playing = self.play(now);
            if let Some(speaking) = &mut self.speaking {
                speaking.listen(now, playing, &self.teller, &self.desk.counting);
            }
            self.board.show(self.measure(now));
            Wake::sleep(self.deadline(now));
        }
    }

    /// Takes over what is wanted.
    fn follow(&mut self, taken: Taken, now: Instant) {
        let Taken {
            wanted,
            mut packets,
            source,
            sink,
        } = taken;
        let was_idle = self.idle();
        if wanted.voices != self.voices {
            self.follow_voices(&wanted.voices);
        }
        if wanted.least_delays != self.wanted.least_delays {
            for (voice, delay) in &wanted.least_delays {
                self.mixer.set_min_delay(voice, *delay);
            }
        }
        if let Some(sink) = sink {
            self.sink = sink;
            self.clock = Ticker::new(now);
        }
        let number = self.speaking.as_ref().map(|speaking| speaking.number);
        if number != wanted.microphone {
            self.speaking = wanted
                .microphone
                .and_then(|number| self.speak(number, &wanted, now));
        }
        if let Some(speaking) = &mut self.speaking {
            if let Some(source) = source {
                speaking.set_source(source, now);
            }
            if number != wanted.microphone || wanted != self.wanted {
                let number = speaking.number;
                speaking.mute(wanted.muted == Some((number, true)));
                if speaking.configure(wanted.switches, wanted.loss).is_err() {
                    self.desk.counting.blocks_failed.add(1);
                }
            }
        }
        self.wanted = wanted;
        if was_idle {
            self.clock = Ticker::new(now);
        }
        for arrived in packets.drain(..) {
            let alive = self.voices.get(&arrived.voice) == Some(&arrived.life);
            let time = arrived.at.saturating_duration_since(self.epoch);
            if !alive || !self.mixer.insert(&arrived.voice, time, arrived.packet) {
                self.desk.counting.packets_dropped.add(1);
            }
        }
        self.packets = packets;
    }

    fn follow_voices(&mut self, wanted: &BTreeMap<u32, u64>) {
        let mixer = &mut self.mixer;
        self.voices.retain(|voice, life| {
            let stays = wanted.get(voice) == Some(life);
            if !stays {
                mixer.remove(voice);
            }
            stays
        });
        for (voice, life) in wanted {
            // Refused only without memory for a decoder: tried again at the next turn.
            if !self.voices.contains_key(voice) && mixer.add(*voice).is_ok() {
                self.voices.insert(*voice, *life);
            }
        }
    }

    fn speak(&mut self, number: u32, wanted: &Wanted, now: Instant) -> Option<Speaking> {
        let since = now.saturating_duration_since(self.epoch);
        match Speaking::new(number, since, now, wanted.switches, wanted.loss) {
            Ok(speaking) => Some(speaking),
            Err(_) => {
                self.desk.counting.blocks_failed.add(1);
                None
            }
        }
    }

    /// Mixes what is due. Says how long it takes from here to the air.
    fn play(&mut self, now: Instant) -> Duration {
        let time = now.saturating_duration_since(self.epoch);
        let mut block = [0.0; BLOCK];
        let Some(sink) = &mut self.sink else {
            if !self.idle() {
                for _ in 0..self.clock.due(now) {
                    self.mixer.mix(time, &mut block);
                    // It goes nowhere, so the microphone will not hear it.
                    self.render(&[0.0; BLOCK]);
                }
            }
            return Duration::ZERO;
        };
        sink.look(now);
        let playing = sink.ahead();
        while let Some(sink) = &mut self.sink
            && sink.wants()
        {
            let time = time.saturating_sub(sink.lacking());
            self.mixer.mix(time, &mut block);
            sink.push(&block);
            self.render(&block);
        }
        playing
    }

    fn render(&mut self, block: &Block) {
        if let Some(speaking) = &mut self.speaking {
            speaking.render(block);
        }
    }

    fn idle(&self) -> bool {
        self.voices.is_empty() && self.speaking.is_none()
    }

    fn measure(&self, now: Instant) -> Snapshot {
        let ahead = self.sink.as_ref().map_or(Duration::ZERO, Sink::ahead);
        let time = now.saturating_duration_since(self.epoch);
        let voices = self.voices.keys().filter_map(|voice| {
            let report = VoiceReport {
                voice: self.mixer.stats(voice)?,
                delay_ms: self
                    .mixer
                    .current_delay(voice, time)
                    .map(|delay| milliseconds(delay) + ahead.as_secs_f64() * 1000.0),
                ahead,
                at: now,
            };
            Some((*voice, report))
        });
        let mut snapshot = Snapshot {
            voices: voices.collect(),
            ..Snapshot::default()
        };
        if let Some(speaking) = &self.speaking {
            (snapshot.input, snapshot.microphone) = speaking.levels();
        }
        snapshot
    }

    /// When to look without being woken; `None` while there is nothing to do.
    fn deadline(&self, now: Instant) -> Option<Instant> {
        if self.idle() {
            return None;
        }
        let clock = self.sink.is_none().then(|| self.clock.next());
        let speaking = self.speaking.as_ref().and_then(Speaking::deadline);
        [Some(now + LOOK), clock, speaking]
            .into_iter()
            .flatten()
            .min()
    }
}

impl Drop for SoundThread {
    fn drop(&mut self) {
        // Whatever the reason it ends for, nobody shall be told of voices that nobody hears.
        self.board.show(Snapshot::default());
    }
}

/// Samples as milliseconds. Delays are far below the 2^52 samples up to which this is exact.
fn milliseconds(samples: i64) -> f64 {
    f64::from(i32::try_from(samples).unwrap_or(i32::MAX)) / 48.0
}
