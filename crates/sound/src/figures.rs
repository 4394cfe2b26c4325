//! What others may look at without asking the sound thread.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use maru_audio::level::FLOOR;

/// How loud everything is, in dBFS; [`FLOOR`] is silence.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    /// What is sent.
    pub microphone: f32,
    /// What the microphone hears, also while muted.
    pub input: f32,
    /// The voices that are mixed.
    pub voices: Vec<(u32, f32)>,
}

/// What is known about one voice, counted since it was added.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VoiceFigures {
    /// dBFS.
    pub level: f32,
    /// Samples that were made up because nothing received stood for them: neither a packet nor forward error
    /// correction.
    pub concealed: u64,
    /// Samples that forward error correction gave back.
    pub recovered: u64,
    /// Milliseconds that the jitter buffer aims for; `None` while nothing plays.
    pub delay: Option<f32>,
    /// Recent share of packets that never came, 0 to 1.
    pub loss: f32,
}

#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) microphone: f32,
    pub(crate) input: f32,
    pub(crate) voices: BTreeMap<u32, VoiceFigures>,
}

impl Default for Snapshot {
    fn default() -> Self {
        Self {
            microphone: FLOOR,
            input: FLOOR,
            voices: BTreeMap::new(),
        }
    }
}

/// The last snapshot, written ten times a second at most.
#[derive(Debug, Clone, Default)]
pub(crate) struct Board(Arc<Mutex<Snapshot>>);

impl Board {
    pub(crate) fn post(&self, snapshot: Snapshot) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }

    pub(crate) fn read<R>(&self, look: impl FnOnce(&Snapshot) -> R) -> R {
        look(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
