//! An open loudspeaker.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::Thread;
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{FromSample, SampleFormat, SizedSample};
use maru_audio::blocks::{BLOCK, Block, spread};
use maru_audio::resample::Resampler;
use maru_audio::samples_usize;

use crate::device::{self, DeviceKind};
use crate::error::{SoundError, SoundErrorCode};
use crate::ring::{Counts, Input, Output, ring};

/// How far ahead of the device we mix, beyond what it takes at once. Less, and a thread that is scheduled a
/// little late is heard; more is delay.
const AHEAD: usize = samples_usize(10);

/// Where mixed blocks go.
pub(crate) enum Speaker {
    /// A device.
    Real(Box<Real>),
    /// Nobody hears it, but time passes: see the crate's rules.
    Clock(Clock),
}

pub(crate) struct Real {
    _stream: cpal::Stream,
    ring: Input,
    counts: Arc<Counts>,
    rate: u32,
    resampler: Resampler,
    resampled: Vec<f32>,
}

pub(crate) struct Clock {
    due: Instant,
}

impl Speaker {
    /// Opens a device; `failed` is called once it cannot go on.
    pub(crate) fn open(
        id: Option<&str>,
        wakes: &Thread,
        failed: impl Fn(SoundError) + Send + 'static,
    ) -> Result<Self, SoundError> {
        let (device, _) = device::find(DeviceKind::Speaker, id)?;
        let supported = device.default_output_config()?;
        let rate = supported.sample_rate();
        let resampler = Resampler::new(48_000, rate)
            .map_err(|error| SoundError::new(SoundErrorCode::Failed, error.to_string()))?;
        let (input, output, counts) = ring(wakes);
        let play = Play {
            device,
            config: supported.config(),
            output,
            failed: Box::new(failed),
        };
        let stream = match supported.sample_format() {
            SampleFormat::F32 => play.start::<f32>(),
            SampleFormat::F64 => play.start::<f64>(),
            SampleFormat::I8 => play.start::<i8>(),
            SampleFormat::I16 => play.start::<i16>(),
            SampleFormat::I32 => play.start::<i32>(),
            SampleFormat::U8 => play.start::<u8>(),
            SampleFormat::U16 => play.start::<u16>(),
            SampleFormat::U32 => play.start::<u32>(),
            other => Err(SoundError::new(
                SoundErrorCode::Failed,
                format!("the loudspeaker wants {other} samples"),
            )),
        }?;
        Ok(Self::Real(Box::new(Real {
            _stream: stream,
            ring: input,
            counts,
            rate,
            resampler,
            resampled: Vec::new(),
        })))
    }

    /// The one that is always there.
    pub(crate) fn clock(now: Instant) -> Self {
        Self::Clock(Clock { due: now })
    }

    /// Whether the next block is due.
    pub(crate) fn is_hungry(&self, now: Instant) -> bool {
        match self {
            Self::Real(real) => real.waiting() < real.wanted(),
            Self::Clock(clock) => clock.due <= now,
        }
    }

    /// When to ask again, where no device wakes us.
    pub(crate) fn due(&self) -> Option<Instant> {
        match self {
            Self::Real(_) => None,
            Self::Clock(clock) => Some(clock.due),
        }
    }

    pub(crate) fn play(&mut self, block: &Block, now: Instant) {
        match self {
            Self::Real(real) => {
                real.resampled.clear();
                real.resampler.run(block, &mut real.resampled);
                real.ring.put(real.resampled.iter().copied());
            }
            Self::Clock(clock) => {
                clock.due += Duration::from_millis(10);
                // After a machine's sleep: the time that passed is not made up for.
                if now.saturating_duration_since(clock.due) > Duration::from_millis(200) {
                    clock.due = now;
                }
            }
        }
    }

    /// How long a block takes from here to the ear, as far as is known.
    pub(crate) fn delay(&self) -> Duration {
        match self {
            Self::Real(real) => {
                let samples = real.waiting() + real.counts.period.load(Relaxed);
                #[expect(clippy::cast_precision_loss, reason = "half a second at most")]
                let seconds = samples as f64 / f64::from(real.rate);
                Duration::from_secs_f64(seconds)
            }
            Self::Clock(_) => Duration::ZERO,
        }
    }
}

impl Real {
    fn waiting(&self) -> usize {
        self.ring.waiting()
    }

    fn wanted(&self) -> usize {
        let ahead = AHEAD * self.rate as usize / 48_000;
        self.counts
            .period
            .load(Relaxed)
            .max(BLOCK * self.rate as usize / 48_000)
            + ahead
    }
}

struct Play {
    device: cpal::Device,
    config: cpal::StreamConfig,
    output: Output,
    failed: Box<dyn Fn(SoundError) + Send>,
}

impl Play {
    fn start<T: SizedSample + FromSample<f32>>(self) -> Result<cpal::Stream, SoundError> {
        let Self {
            device,
            config,
            mut output,
            failed,
        } = self;
        let channels = config.channels;
        let mut mono = Vec::new();
        let mut all = Vec::new();
        let fill = move |data: &mut [T], _: &cpal::OutputCallbackInfo| {
            mono.resize(data.len() / usize::from(channels.max(1)), 0.0);
            output.take_and_wake(&mut mono);
            all.resize(data.len(), 0.0);
            spread(&mono, channels, &mut all);
            for (slot, sample) in data.iter_mut().zip(&all) {
                *slot = T::from_sample(*sample);
            }
        };
        let on_error = move |error: cpal::Error| crate::error::if_fatal(error, &failed);
        let stream = device.build_output_stream(config, fill, on_error, None)?;
        stream.play()?;
        Ok(stream)
    }
}
