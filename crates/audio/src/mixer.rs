//! All participants in one pair of ears.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    codec::{CodecError, Decoder},
    count::real,
    level::Level,
    playout::{Playout, Statistics},
    queue::Packet,
};

/// Voices that are mixed at most. Beyond this nobody understands anything, and decoding them would cost more
/// than a sound card's period.
pub const MOST_VOICES: usize = 32;
/// Where limiting begins, of full scale.
const CEILING: f32 = 0.9;
/// Share of the way back to full volume that a block of 10 ms takes.
const RELEASE: f32 = 0.05;

/// Why a voice cannot be heard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MixerError {
    /// [`MOST_VOICES`] are there already.
    #[error("more than {MOST_VOICES} voices cannot be mixed")]
    TooMany,
    /// No decoder could be made.
    #[error(transparent)]
    Codec(#[from] CodecError),
}

#[derive(Debug)]
struct Heard {
    playout: Playout,
    decoder: Decoder,
    level: Level,
    volume: f32,
}

/// What is known about one voice.
#[derive(Debug, Clone, Copy)]
pub struct VoiceReport {
    /// How loud it is, before its volume.
    pub level: Level,
    /// What its jitter buffer counted.
    pub statistics: Statistics,
    /// The delay it aims for, in samples.
    pub target_delay: i64,
    /// Share of its packets that never came, 0 to 1.
    pub loss: f32,
    /// RTP timestamp of the sample that is heard next; what video is aligned with.
    pub heard: Option<u32>,
    /// Packets that could not be decoded.
    pub refused: u64,
}

/// Mixes voices, each behind its own jitter buffer, into one block. `K` names a voice; whoever calls may use a
/// participant's ID, or that and the kind of sound.
#[derive(Debug)]
pub struct Mixer<K> {
    voices: BTreeMap<K, Heard>,
    scratch: Vec<f32>,
    gain: f32,
}

impl<K: Ord> Default for Mixer<K> {
    fn default() -> Self {
        Self {
            voices: BTreeMap::new(),
            scratch: Vec::new(),
            gain: 1.0,
        }
    }
}

impl<K: Ord> Mixer<K> {
    /// Begins to hear `voice`; one that is heard already goes on.
    ///
    /// # Errors
    ///
    /// When there are too many, or no decoder can be made.
    pub fn add(&mut self, voice: K) -> Result<(), MixerError> {
        if self.voices.contains_key(&voice) {
            return Ok(());
        }
        if self.voices.len() >= MOST_VOICES {
            return Err(MixerError::TooMany);
        }
        let heard = Heard {
            playout: Playout::default(),
            decoder: Decoder::new()?,
            level: Level::default(),
            volume: 1.0,
        };
        self.voices.insert(voice, heard);
        Ok(())
    }

    /// Stops hearing `voice`. False when it was not heard.
    pub fn remove(&mut self, voice: &K) -> bool {
        self.voices.remove(voice).is_some()
    }

    /// A packet of `voice` arrived. False when nobody of that name is heard.
    pub fn insert(&mut self, voice: &K, now: Duration, packet: Packet) -> bool {
        self.voices
            .get_mut(voice)
            .map(|heard| heard.playout.insert(now, packet))
            .is_some()
    }

    /// Sets how loud `voice` is, 0 to 2; 1 is as it was sent. False when nobody of that name is heard.
    pub fn set_volume(&mut self, voice: &K, volume: f32) -> bool {
        let volume = if volume.is_finite() {
            volume.clamp(0.0, 2.0)
        } else {
            1.0
        };
        self.voices
            .get_mut(voice)
            .map(|heard| heard.volume = volume)
            .is_some()
    }

    /// Delays `voice` by at least `delay`; see [`Playout::set_least_delay`]. False when nobody of that name is
    /// heard.
    pub fn set_least_delay(&mut self, voice: &K, delay: Duration) -> bool {
        self.voices
            .get_mut(voice)
            .map(|heard| heard.playout.set_least_delay(delay))
            .is_some()
    }

    /// Fills `out` with what shall be heard from `now` on. Never beyond full scale.
    pub fn mix(&mut self, now: Duration, out: &mut [f32]) {
        out.fill(0.0);
        self.scratch.resize(out.len(), 0.0);
        for Heard {
            playout,
            decoder,
            level,
            volume,
        } in self.voices.values_mut()
        {
            playout.pull(now, &mut self.scratch, |ask, sound| {
                decoder.answer(ask, sound)
            });
            level.note(&self.scratch);
            for (slot, sample) in out.iter_mut().zip(&self.scratch) {
                *slot += sample * *volume;
            }
        }
        self.limit(out);
    }

    /// What is known about `voice`.
    #[must_use]
    pub fn report(&self, voice: &K) -> Option<VoiceReport> {
        self.voices.get(voice).map(|heard| VoiceReport {
            level: heard.level,
            statistics: heard.playout.statistics(),
            target_delay: heard.playout.target_delay(),
            loss: heard.playout.loss(),
            heard: heard.playout.heard(),
            refused: heard.decoder.refused(),
        })
    }

    /// How long after its fastest packet's schedule the next sample of `voice` is mixed at `now`, in samples.
    /// `None` while nothing of it plays.
    #[must_use]
    pub fn delay(&self, voice: &K, now: Duration) -> Option<i64> {
        self.voices.get(voice)?.playout.current_delay(now)
    }

    /// The voices that are heard.
    pub fn voices(&self) -> impl Iterator<Item = &K> {
        self.voices.keys()
    }

    /// Turns everything down together while the sum is too loud, so that nothing is distorted; what the gain
    /// has not caught up with yet is rounded off instead of cut.
    fn limit(&mut self, out: &mut [f32]) {
        let peak = out
            .iter()
            .fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        let wanted = if peak > CEILING { CEILING / peak } else { 1.0 };
        let target = if wanted < self.gain {
            wanted
        } else {
            self.gain + (wanted - self.gain) * RELEASE
        };
        if self.gain > 0.9999 && target > 0.9999 {
            self.gain = 1.0;
            return;
        }
        let step = (target - self.gain) / real(out.len().max(1));
        for sample in out.iter_mut() {
            self.gain += step;
            *sample = rounded(*sample * self.gain);
        }
        self.gain = target;
    }
}

/// Linear up to the ceiling, then ever flatter towards full scale.
fn rounded(sample: f32) -> f32 {
    let over = sample.abs() - CEILING;
    if over <= 0.0 {
        return sample;
    }
    let room = 1.0 - CEILING;
    sample.signum() * (CEILING + room * (over / room).tanh())
}
