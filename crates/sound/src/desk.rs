//! Where the sound thread finds what it is to do.
//!
//! Not a queue of orders but the state that is wanted, so that nobody can fill it up and nothing can be missed:
//! whatever happened between two looks, the last word counts. Only packets queue, and those are bounded.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use maru_audio::{Packet, mixer::MAX_STREAMS, processing::ProcessingSettings};

use crate::{counts::Counting, input::Source, output::Sink, wake::Wake};

/// Packets that wait at most: a third of a second of the most voices in packets of 10 ms.
const MOST_PACKETS: usize = 1024;

/// A packet for a voice that was added as the `life`th.
#[derive(Debug)]
pub(crate) struct Arrived {
    pub(crate) voice: u32,
    pub(crate) life: u64,
    pub(crate) at: Instant,
    pub(crate) packet: Packet,
}

/// What is wanted of the sound thread.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Wanted {
    /// Voices to mix. A voice that was removed and added again has another life and none of its past.
    pub(crate) voices: BTreeMap<u32, u64>,
    /// Delays of voices at least; of no others than those above.
    pub(crate) least_delays: BTreeMap<u32, Duration>,
    /// The microphone in use.
    pub(crate) microphone: Option<u32>,
    /// Who has been muted, if they still are the one in use.
    pub(crate) muted: Option<(u32, bool)>,
    pub(crate) switches: ProcessingSettings,
    /// In percent.
    pub(crate) loss: u8,
    pub(crate) closed: bool,
}

/// A stream that was opened, or `None` when it is gone.
pub(crate) type Change<T> = Option<Option<T>>;

#[derive(Debug, Default)]
struct State {
    wanted: Wanted,
    lives: u64,
    packets: VecDeque<Arrived>,
    source: Change<Source>,
    sink: Change<Sink>,
}

/// What has come since the last look.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) wanted: Wanted,
    pub(crate) packets: VecDeque<Arrived>,
    pub(crate) source: Change<Source>,
    pub(crate) sink: Change<Sink>,
}

/// Shared by everybody.
#[derive(Debug)]
pub(crate) struct Desk {
    state: Mutex<State>,
    pub(crate) wake: Arc<Wake>,
    pub(crate) counting: Arc<Counting>,
}

impl Desk {
    pub(crate) fn new(counting: Arc<Counting>) -> Self {
        Self {
            state: Mutex::default(),
            wake: Arc::default(),
            counting,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let result = change(&mut self.lock());
        self.wake.wake();
        result
    }

    /// Takes what has come. `packets` is an empty queue, so that its memory goes round.
    pub(crate) fn take(&self, packets: VecDeque<Arrived>) -> Taken {
        let mut state = self.lock();
        Taken {
            wanted: state.wanted.clone(),
            packets: std::mem::replace(&mut state.packets, packets),
            source: state.source.take(),
            sink: state.sink.take(),
        }
    }

    /// False when there are too many voices already.
    pub(crate) fn add_voice(&self, voice: u32) -> bool {
        self.change(|state| {
            let voices = &mut state.wanted.voices;
            if voices.contains_key(&voice) {
                return true;
            }
            if voices.len() >= MAX_STREAMS {
                return false;
            }
            state.lives += 1;
            voices.insert(voice, state.lives);
            true
        })
    }

    pub(crate) fn remove_voice(&self, voice: u32) {
        self.change(|state| {
            state.wanted.voices.remove(&voice);
            state.wanted.least_delays.remove(&voice);
        });
    }

    pub(crate) fn set_least_delay(&self, voice: u32, delay: Duration) {
        self.change(|state| {
            if state.wanted.voices.contains_key(&voice) {
                state.wanted.least_delays.insert(voice, delay);
            }
        });
    }

    pub(crate) fn has_voices(&self) -> bool {
        !self.lock().wanted.voices.is_empty()
    }

    /// Drops the packet when there are too many, or nobody of that name.
    pub(crate) fn push(&self, voice: u32, at: Instant, packet: Packet) {
        // Not woken: the packet is played some periods from now at the earliest.
        let mut state = self.lock();
        let life = state.wanted.voices.get(&voice).copied();
        match life {
            Some(life) if state.packets.len() < MOST_PACKETS => {
                state.packets.push_back(Arrived {
                    voice,
                    life,
                    at,
                    packet,
                });
            }
            _ => self.counting.packets_dropped.add(1),
        }
    }

    pub(crate) fn set_muted(&self, microphone: u32, muted: bool) {
        self.change(|state| state.wanted.muted = Some((microphone, muted)));
    }

    pub(crate) fn set_switches(&self, switches: ProcessingSettings) {
        self.change(|state| state.wanted.switches = switches);
    }

    pub(crate) fn set_loss(&self, percent: u8) {
        self.change(|state| state.wanted.loss = percent);
    }

    /// The microphone in use and where it comes from: `None` while it is looked for.
    pub(crate) fn set_microphone(&self, microphone: Option<u32>, source: Option<Source>) {
        let old = self.change(|state| {
            state.wanted.microphone = microphone;
            state.source.replace(source)
        });
        drop(old);
    }

    pub(crate) fn set_sink(&self, sink: Option<Sink>) {
        let old = self.change(|state| state.sink.replace(sink));
        drop(old);
    }

    pub(crate) fn close(&self) {
        self.change(|state| state.wanted.closed = true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet() -> Packet {
        Packet::new(1, 2, vec![0x08, 0, 0]).expect("a SILK frame")
    }

    #[test]
    fn floods_are_bounded() {
        let counting = Arc::new(Counting::default());
        let desk = Desk::new(Arc::clone(&counting));
        for voice in 0..100 {
            assert_eq!(desk.add_voice(voice), voice < 32);
            assert_eq!(desk.add_voice(voice), voice < 32, "again is the same");
        }
        for _ in 0..2000 {
            desk.push(3, Instant::now(), packet());
            desk.push(99, Instant::now(), packet());
        }
        let taken = desk.take(VecDeque::new());
        assert_eq!(taken.wanted.voices.len(), MAX_STREAMS);
        assert_eq!(taken.packets.len(), MOST_PACKETS);
        assert_eq!(counting.read().packets_dropped, 4000 - 1024);
        assert!(desk.take(VecDeque::new()).packets.is_empty());
    }

    #[test]
    fn who_comes_back_has_another_life() {
        let desk = Desk::new(Arc::default());
        desk.add_voice(5);
        desk.push(5, Instant::now(), packet());
        desk.remove_voice(5);
        assert!(!desk.has_voices());
        desk.set_least_delay(5, Duration::from_millis(100));
        desk.add_voice(5);
        desk.push(5, Instant::now(), packet());
        let taken = desk.take(VecDeque::new());
        let lives: Vec<u64> = taken.packets.iter().map(|arrived| arrived.life).collect();
        assert_eq!(lives, [1, 2]);
        assert_eq!(taken.wanted.voices.get(&5), Some(&2));
        assert!(taken.wanted.least_delays.is_empty());
    }
}
