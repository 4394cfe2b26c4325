//! Events of the two threads: a bounded queue with an asynchronous reader.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use maru_audio::level::AudioLevel;
use tokio::sync::Notify;

use crate::counts::Counters;

/// Most encoded frames in the queue: half a second. A sender that is further behind should send current audio.
const MAX_FRAMES: usize = 25;
/// Most other events in the queue.
const MAX_OTHER: usize = 64;

/// Something happened to a device, or a frame was encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An encoded frame of 20 ms to be sent. Silence is not sent: it shows as a gap between timestamps.
    AudioFrame {
        /// The number of the microphone.
        microphone: u32,
        /// The Opus payload.
        payload: Bytes,
        /// RTP timestamp, 48 kHz, wrapping. All microphones of one [`Sound`](crate::Sound) share one time line, so
        /// that they can follow each other in one RTP stream.
        timestamp: u32,
        /// The first frame after a silence: RTP's marker bit (RFC 7587 §4.2).
        after_silence: bool,
        /// The level of the audio in the frame (RFC 6464).
        level: AudioLevel,
    },
    /// A microphone's device is gone and could not be replaced. The microphone is closed.
    MicrophoneEnded {
        /// The number of the microphone.
        microphone: u32,
    },
    /// The answer of [`Sound::devices`](crate::Sound::devices) has changed.
    DevicesChanged,
}

#[derive(Debug, Default)]
struct Queue {
    events: VecDeque<Event>,
    /// Encoded frames among `events`.
    frames: usize,
    ended: bool,
}

impl Queue {
    /// Adds `event`; true when an encoded frame was dropped for it.
    fn add(&mut self, event: Event) -> bool {
        let mut dropped = false;
        if matches!(event, Event::AudioFrame { .. }) {
            if self.frames == MAX_FRAMES {
                dropped = self.remove_first(|event| matches!(event, Event::AudioFrame { .. }));
            }
            self.frames += 1;
            self.frames -= usize::from(dropped);
        } else if event == Event::DevicesChanged && self.events.contains(&event) {
            return false;
        } else if self.events.len() - self.frames == MAX_OTHER {
            self.remove_first(|event| !matches!(event, Event::AudioFrame { .. }));
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
        self.frames -= usize::from(matches!(event, Event::AudioFrame { .. }));
        Some(event)
    }
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    notify: Notify,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Events in order. At most half a second of encoded frames and 64 other events are queued; beyond that the oldest
/// are dropped.
#[derive(Debug)]
pub struct Events(Arc<Shared>);

impl Events {
    /// The next event; `None` when the last [`Sound`](crate::Sound) has been dropped and its threads have ended.
    /// Cancel-safe: dropping the future loses no event.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            {
                let mut queue = self.0.lock();
                if let Some(event) = queue.take() {
                    return Some(event);
                }
                if queue.ended {
                    return None;
                }
            }
            self.0.notify.notified().await;
        }
    }
}

/// Sends events. When the last clone is dropped, the events end.
#[derive(Debug, Clone)]
pub(crate) struct EventSender {
    shared: Arc<EndOnDrop>,
    counters: Arc<Counters>,
}

#[derive(Debug)]
struct EndOnDrop(Arc<Shared>);

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        self.0.lock().ended = true;
        self.0.notify.notify_one();
    }
}

impl EventSender {
    pub(crate) fn send(&self, event: Event) {
        let dropped = self.shared.0.lock().add(event);
        self.counters.frames_dropped.add(dropped.into());
        self.shared.0.notify.notify_one();
    }
}

/// Both ends of a queue of events.
pub(crate) fn event_queue(counters: Arc<Counters>) -> (EventSender, Events) {
    let shared = Arc::new(Shared::default());
    let events = Events(Arc::clone(&shared));
    let shared = Arc::new(EndOnDrop(shared));
    (EventSender { shared, counters }, events)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(timestamp: u32) -> Event {
        Event::AudioFrame {
            microphone: 1,
            payload: Bytes::new(),
            timestamp,
            after_silence: false,
            level: AudioLevel::SILENCE,
        }
    }

    #[tokio::test]
    async fn the_oldest_frames_are_dropped_and_other_events_are_kept() {
        let counters = Arc::new(Counters::default());
        let (sender, mut events) = event_queue(Arc::clone(&counters));
        sender.send(Event::MicrophoneEnded { microphone: 7 });
        for timestamp in 0..100 {
            sender.send(frame(timestamp));
            sender.send(Event::DevicesChanged);
        }
        for microphone in 100..200 {
            sender.send(Event::MicrophoneEnded { microphone });
        }
        drop(sender);
        let (mut frames, mut others) = (Vec::new(), Vec::new());
        while let Some(event) = events.next().await {
            match event {
                Event::AudioFrame { timestamp, .. } => frames.push(timestamp),
                other => others.push(other),
            }
        }
        assert_eq!(frames, (75..100).collect::<Vec<_>>());
        assert_eq!(others.len(), MAX_OTHER);
        assert_eq!(
            others.last(),
            Some(&Event::MicrophoneEnded { microphone: 199 })
        );
        assert_eq!(counters.read().frames_dropped, 75);
        assert_eq!(events.next().await, None);
    }

    #[tokio::test]
    async fn a_waiting_reader_is_woken() {
        let (sender, mut events) = event_queue(Arc::default());
        let waiting = tokio::spawn(async move { (events.next().await, events.next().await) });
        tokio::task::yield_now().await;
        sender.send(Event::DevicesChanged);
        drop(sender);
        assert_eq!(
            waiting.await.expect("no panic"),
            (Some(Event::DevicesChanged), None)
        );
    }
}
