//! What the sound thread tells: a bounded queue that is read with `await`.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use maru_audio::level::AudioLevel;
use tokio::sync::Notify;

use crate::counts::Counting;

/// Encoded frames that wait at most: half a second. Whoever is further behind sends the present.
const MOST_VOICE: usize = 25;
/// Other events that wait at most.
const MOST_OTHER: usize = 64;

/// Something happened on this side of the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An encoded frame of 20 ms to be sent. Silence is not: what is missing between two timestamps was silent.
    Voice {
        /// The microphone it is from.
        microphone: u32,
        /// Opus.
        payload: Bytes,
        /// RTP timestamp, 48 kHz, wrapping. The microphones of one [`Sound`](crate::Sound) share one time
        /// line, so that one RTP stream can carry one after the other.
        timestamp: u32,
        /// The first after a silence: RTP's marker bit (RFC 7587 §4.2).
        after_silence: bool,
        /// How loud what it carries is (RFC 6464).
        level: AudioLevel,
    },
    /// A microphone is gone and no other could take its place. Closing it is not needed any more.
    MicrophoneEnded {
        /// Which.
        microphone: u32,
    },
    /// [`Sound::devices`](crate::Sound::devices) answers differently now.
    DevicesChanged,
}

#[derive(Debug, Default)]
struct Waiting {
    events: VecDeque<Event>,
    voice: usize,
    ended: bool,
}

impl Waiting {
    /// Adds `event`; true when an encoded frame had to go for it.
    fn add(&mut self, event: Event) -> bool {
        let mut dropped = false;
        if matches!(event, Event::Voice { .. }) {
            if self.voice == MOST_VOICE {
                dropped = self.remove_first(|event| matches!(event, Event::Voice { .. }));
            }
            self.voice += 1;
            self.voice -= usize::from(dropped);
        } else if event == Event::DevicesChanged && self.events.contains(&event) {
            return false;
        } else if self.events.len() - self.voice == MOST_OTHER {
            self.remove_first(|event| !matches!(event, Event::Voice { .. }));
        }
        self.events.push_back(event);
        dropped
    }

    fn remove_first(&mut self, which: impl Fn(&Event) -> bool) -> bool {
        let first = self.events.iter().position(which);
        first.and_then(|index| self.events.remove(index)).is_some()
    }

    fn take(&mut self) -> Option<Event> {
        let event = self.events.pop_front()?;
        self.voice -= usize::from(matches!(event, Event::Voice { .. }));
        Some(event)
    }
}

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    notify: Notify,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What happens on this side of the call, in order. Half a second of encoded frames waits at most, then the
/// oldest go; of everything else, the last 64.
#[derive(Debug)]
pub struct Events(Arc<Shared>);

impl Events {
    /// The next event; `None` when the last [`Sound`](crate::Sound) is gone and its threads have ended. May be
    /// dropped while waiting: no event is lost.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            {
                let mut waiting = self.0.lock();
                if let Some(event) = waiting.take() {
                    return Some(event);
                }
                if waiting.ended {
                    return None;
                }
            }
            self.0.notify.notified().await;
        }
    }
}

/// Tells events. When the last clone is dropped, the events end.
#[derive(Debug, Clone)]
pub(crate) struct Teller {
    end: Arc<End>,
    counting: Arc<Counting>,
}

#[derive(Debug)]
struct End(Arc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.lock().ended = true;
        self.0.notify.notify_one();
    }
}

impl Teller {
    pub(crate) fn tell(&self, event: Event) {
        let dropped = self.end.0.lock().add(event);
        self.counting.voice_dropped.add(dropped.into());
        self.end.0.notify.notify_one();
    }
}

/// A queue of events.
pub(crate) fn events(counting: Arc<Counting>) -> (Teller, Events) {
    let shared = Arc::new(Shared::default());
    let end = Arc::new(End(Arc::clone(&shared)));
    (Teller { end, counting }, Events(shared))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice(timestamp: u32) -> Event {
        Event::Voice {
            microphone: 1,
            payload: Bytes::new(),
            timestamp,
            after_silence: false,
            level: AudioLevel::SILENCE,
        }
    }

    #[tokio::test]
    async fn the_oldest_frames_go_and_what_must_be_known_stays() {
        let counting = Arc::new(Counting::default());
        let (teller, mut events) = events(Arc::clone(&counting));
        teller.tell(Event::MicrophoneEnded { microphone: 7 });
        for timestamp in 0..100 {
            teller.tell(voice(timestamp));
            teller.tell(Event::DevicesChanged);
        }
        for microphone in 100..200 {
            teller.tell(Event::MicrophoneEnded { microphone });
        }
        drop(teller);
        let (mut frames, mut others) = (Vec::new(), Vec::new());
        while let Some(event) = events.next().await {
            match event {
                Event::Voice { timestamp, .. } => frames.push(timestamp),
                other => others.push(other),
            }
        }
        assert_eq!(frames, (75..100).collect::<Vec<_>>());
        assert_eq!(others.len(), MOST_OTHER);
        assert_eq!(
            others.last(),
            Some(&Event::MicrophoneEnded { microphone: 199 })
        );
        assert_eq!(counting.read().voice_dropped, 75);
        assert_eq!(events.next().await, None);
    }

    #[tokio::test]
    async fn who_waits_is_woken() {
        let (teller, mut events) = events(Arc::default());
        let waiting = tokio::spawn(async move { (events.next().await, events.next().await) });
        tokio::task::yield_now().await;
        teller.tell(Event::DevicesChanged);
        drop(teller);
        assert_eq!(
            waiting.await.expect("no panic"),
            (Some(Event::DevicesChanged), None)
        );
    }
}
