//! Mixes the streams of all participants for one loudspeaker.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    codec::{CodecError, Decoder},
    jitter_buffer::{JitterBuffer, JitterBufferStats},
    level::LevelMeter,
    packet::Packet,
};

/// Most streams that are mixed. More are unintelligible, and decoding them would take longer than a sound card's
/// period.
pub const MAX_STREAMS: usize = 32;
/// Where limiting begins, of full scale.
const CEILING: f32 = 0.9;
/// Share of the way back to full volume that a block of 10 ms takes.
const RELEASE: f32 = 0.05;

/// Why a stream cannot be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MixerError {
    /// There are [`MAX_STREAMS`] already.
    #[error("more than {MAX_STREAMS} streams cannot be mixed")]
    TooMany,
    /// No decoder could be created.
    #[error(transparent)]
    Codec(#[from] CodecError),
}

#[derive(Debug)]
struct Stream {
    jitter_buffer: JitterBuffer,
    decoder: Decoder,
    meter: LevelMeter,
}

/// State of one stream.
#[derive(Debug, Clone, Copy)]
pub struct StreamStats {
    /// Level of the decoded audio.
    pub meter: LevelMeter,
    /// Counters of the jitter buffer.
    pub jitter_buffer: JitterBufferStats,
    /// The delay the jitter buffer aims for, in samples.
    pub target_delay: i64,
    /// Recent share of packets that never arrived, 0 to 1.
    pub loss: f32,
    /// RTP timestamp of the sample that is mixed next, for lip sync; `None` while nothing plays.
    pub playout_timestamp: Option<u32>,
    /// Packets that could not be decoded.
    pub decode_errors: u64,
}

/// Mixes streams, each behind its own jitter buffer, into one block. `K` identifies a stream.
#[derive(Debug)]
pub struct Mixer<K> {
    streams: BTreeMap<K, Stream>,
    scratch: Vec<f32>,
    gain: f32,
}

impl<K: Ord> Default for Mixer<K> {
    fn default() -> Self {
        Self {
            streams: BTreeMap::new(),
            scratch: Vec::new(),
            gain: 1.0,
        }
    }
}

impl<K: Ord> Mixer<K> {
    /// Adds a stream. One that exists already is unchanged.
    ///
    /// # Errors
    ///
    /// When there are [`MAX_STREAMS`], or no decoder can be created.
    pub fn add(&mut self, stream: K) -> Result<(), MixerError> {
        if self.streams.contains_key(&stream) {
            return Ok(());
        }
        if self.streams.len() >= MAX_STREAMS {
            return Err(MixerError::TooMany);
        }
        let state = Stream {
            jitter_buffer: JitterBuffer::default(),
            decoder: Decoder::new()?,
            meter: LevelMeter::default(),
        };
        self.streams.insert(stream, state);
        Ok(())
    }

    /// Removes a stream. False when there is none.
    pub fn remove(&mut self, stream: &K) -> bool {
        self.streams.remove(stream).is_some()
    }

    /// A packet of `stream` arrived at `now`. False when there is no such stream.
    pub fn insert(&mut self, stream: &K, now: Duration, packet: Packet) -> bool {
        self.streams
            .get_mut(stream)
            .map(|stream| stream.jitter_buffer.insert(now, packet))
            .is_some()
    }

    /// See [`JitterBuffer::set_min_delay`]. False when there is no such stream.
    pub fn set_min_delay(&mut self, stream: &K, delay: Duration) -> bool {
        self.streams
            .get_mut(stream)
            .map(|stream| stream.jitter_buffer.set_min_delay(delay))
            .is_some()
    }

    /// Fills `out` with the samples to be played from `now` on, within ±1.
    pub fn mix(&mut self, now: Duration, out: &mut [f32]) {
        out.fill(0.0);
        self.scratch.resize(out.len(), 0.0);
        for Stream {
            jitter_buffer,
            decoder,
            meter,
        } in self.streams.values_mut()
        {
            jitter_buffer.pull(now, &mut self.scratch, |request, audio| {
                decoder.decode(request, audio)
            });
            meter.add(&self.scratch);
            for (slot, sample) in out.iter_mut().zip(&self.scratch) {
                *slot += sample;
            }
        }
        self.limit(out);
    }

    /// State of a stream; `None` when there is no such stream.
    #[must_use]
    pub fn stats(&self, stream: &K) -> Option<StreamStats> {
        self.streams.get(stream).map(|stream| StreamStats {
            meter: stream.meter,
            jitter_buffer: stream.jitter_buffer.stats(),
            target_delay: stream.jitter_buffer.target_delay(),
            loss: stream.jitter_buffer.loss(),
            playout_timestamp: stream.jitter_buffer.playout_timestamp(),
            decode_errors: stream.decoder.errors(),
        })
    }

    /// See [`JitterBuffer::current_delay`].
    #[must_use]
    pub fn current_delay(&self, stream: &K, now: Duration) -> Option<i64> {
        self.streams.get(stream)?.jitter_buffer.current_delay(now)
    }

    /// Reduces the gain of the sum while it is too loud. Peaks above the ceiling that the gain has not caught up
    /// with yet are compressed instead of clipped.
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
        let step = (target - self.gain) / out.len().max(1) as f32;
        for sample in out.iter_mut() {
            self.gain += step;
            *sample = soft_clip(*sample * self.gain);
        }
        self.gain = target;
    }
}

/// Linear up to the ceiling, then increasingly flat towards full scale.
fn soft_clip(sample: f32) -> f32 {
    let over = sample.abs() - CEILING;
    if over <= 0.0 {
        return sample;
    }
    let room = 1.0 - CEILING;
    sample.signum() * (CEILING + room * (over / room).tanh())
}
