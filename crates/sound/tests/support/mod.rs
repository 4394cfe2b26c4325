//! A call between two handles in one process, without a network.
#![allow(dead_code, reason = "not every test uses everything")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use maru_audio::{Packet, level::decibels};
use maru_sound::{Config, Event, Events, Sound, mock::Mock};

/// Far longer than anything here takes; only a failing test waits this long.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);

pub(crate) fn start() -> (Sound, Events) {
    Sound::start(Config { mock: true })
}

pub(crate) fn mock(sound: &Sound) -> &Mock {
    sound.mock().expect("mock devices")
}

/// Waits until `condition` holds.
pub(crate) async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + TIMEOUT;
    while !condition() {
        assert!(Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The first result of `pick` for the next events.
pub(crate) async fn next<T>(events: &mut Events, mut pick: impl FnMut(Event) -> Option<T>) -> T {
    let find = async {
        loop {
            let event = events.next().await.expect("the threads are alive");
            if let Some(found) = pick(event) {
                return found;
            }
        }
    };
    tokio::time::timeout(TIMEOUT, find)
        .await
        .expect("the event")
}

/// The next encoded frame: microphone and timestamp.
pub(crate) async fn frame(events: &mut Events) -> (u32, u32) {
    next(events, |event| match event {
        Event::AudioFrame {
            microphone,
            timestamp,
            ..
        } => Some((microphone, timestamp)),
        _ => None,
    })
    .await
}

/// RMS of samples, dBFS.
pub(crate) fn loudness(samples: &[f32]) -> f32 {
    let power: f32 = samples.iter().map(|sample| sample * sample).sum();
    decibels((power / samples.len().max(1) as f32).sqrt())
}

/// Forwards the frames of one handle to a stream of another until it is dropped.
pub(crate) struct Forwarder {
    forwarded: Arc<AtomicU64>,
    cut: Arc<AtomicBool>,
}

impl Forwarder {
    pub(crate) fn new(mut from: Events, to: &Sound, stream: u32) -> Self {
        let forwarder = Self {
            forwarded: Arc::default(),
            cut: Arc::default(),
        };
        let (forwarded, cut, to) = (
            Arc::clone(&forwarder.forwarded),
            Arc::clone(&forwarder.cut),
            to.clone(),
        );
        tokio::spawn(async move {
            let mut sequence = 65_000u16;
            while let Some(event) = from.next().await {
                if cut.load(Ordering::Relaxed) {
                    return;
                }
                if let Event::AudioFrame {
                    payload, timestamp, ..
                } = event
                {
                    let packet = Packet::new(sequence, timestamp, payload.to_vec());
                    to.push(stream, Instant::now(), packet.expect("valid Opus"));
                    sequence = sequence.wrapping_add(1);
                    forwarded.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        forwarder
    }

    pub(crate) fn forwarded(&self) -> u64 {
        self.forwarded.load(Ordering::Relaxed)
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.cut.store(true, Ordering::Relaxed);
    }
}

/// Waits until the loudspeakers of `sound` play something loud, or for `loud` = false silence for a second.
pub(crate) async fn until_played(sound: &Sound, what: &str, loud: bool) {
    let mut quiet = 0;
    let _old = mock(sound).take_played();
    until(what, || {
        let played = mock(sound).take_played();
        if played.is_empty() {
            return false;
        }
        let level = loudness(&played);
        if level > -70.0 {
            quiet = 0;
        } else {
            quiet += played.len();
        }
        // Longer than the pause between two phrases.
        if loud { level > -40.0 } else { quiet > 48_000 }
    })
    .await;
}
