//! Two ends of a call without a network between them.
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

/// Far beyond what anything here takes; only a test that fails waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn start() -> (Sound, Events) {
    Sound::start(Config { mock: true })
}

pub(crate) fn world(sound: &Sound) -> &Mock {
    sound.mock().expect("made-up devices were asked for")
}

/// Waits until `condition` holds.
pub(crate) async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The next event that `pick` makes something of.
pub(crate) async fn next<T>(events: &mut Events, mut pick: impl FnMut(Event) -> Option<T>) -> T {
    let find = async {
        loop {
            let event = events.next().await.expect("the threads are alive");
            if let Some(found) = pick(event) {
                return found;
            }
        }
    };
    tokio::time::timeout(PATIENCE, find)
        .await
        .expect("it happens")
}

/// The next encoded frame: microphone and timestamp.
pub(crate) async fn frame(events: &mut Events) -> (u32, u32) {
    next(events, |event| match event {
        Event::Voice {
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

/// Carries what one side says to the other side's `voice` until it is dropped.
pub(crate) struct Wire {
    carried: Arc<AtomicU64>,
    cut: Arc<AtomicBool>,
}

impl Wire {
    pub(crate) fn new(mut from: Events, to: &Sound, voice: u32) -> Self {
        let wire = Self {
            carried: Arc::default(),
            cut: Arc::default(),
        };
        let (carried, cut, to) = (Arc::clone(&wire.carried), Arc::clone(&wire.cut), to.clone());
        tokio::spawn(async move {
            let mut sequence = 65_000u16;
            while let Some(event) = from.next().await {
                if cut.load(Ordering::Relaxed) {
                    return;
                }
                if let Event::Voice {
                    payload, timestamp, ..
                } = event
                {
                    let packet = Packet::new(sequence, timestamp, payload.to_vec());
                    to.push(voice, Instant::now(), packet.expect("valid Opus"));
                    sequence = sequence.wrapping_add(1);
                    carried.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        wire
    }

    pub(crate) fn carried(&self) -> u64 {
        self.carried.load(Ordering::Relaxed)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.cut.store(true, Ordering::Relaxed);
    }
}

/// Waits until what the loudspeakers of `sound` play is loud, or silent for a while.
pub(crate) async fn until_heard(sound: &Sound, what: &str, loud: bool) {
    let mut quiet = 0;
    let _old = world(sound).take_heard();
    until(what, || {
        let heard = world(sound).take_heard();
        if heard.is_empty() {
            return false;
        }
        let level = loudness(&heard);
        if level > -70.0 {
            quiet = 0;
        } else {
            quiet += heard.len();
        }
        // Longer than the pause between two phrases.
        if loud { level > -40.0 } else { quiet > 48_000 }
    })
    .await;
}
