//! An open microphone.

use std::thread::Thread;
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{FromSample, Sample, SampleFormat, SizedSample};
use maru_audio::blocks::{BLOCK, Block, ToBlocks, mix_down};
use maru_audio::resample::Resampler;

use crate::device::{self, DeviceKind};
use crate::error::{SoundError, SoundErrorCode};
use crate::ring::{Input, Output, ring};

/// Where a voice comes from.
pub(crate) struct Microphone {
    source: Source,
    blocks: ToBlocks,
    /// What a person calls it.
    pub(crate) label: String,
    /// `None` for the default.
    pub(crate) id: Option<String>,
}

enum Source {
    Real(Box<Real>),
    MadeUp(MadeUp),
}

struct Real {
    _stream: cpal::Stream,
    ring: Output,
    resampler: Resampler,
    fresh: Vec<f32>,
    resampled: Vec<f32>,
}

impl Microphone {
    /// Opens a device; `failed` is called once it cannot go on.
    pub(crate) fn open(
        id: Option<&str>,
        wakes: &Thread,
        failed: impl Fn(SoundError) + Send + 'static,
    ) -> Result<Self, SoundError> {
        let (device, id) = device::find(DeviceKind::Microphone, id)?;
        let label = device::label(&device);
        let supported = device.default_input_config()?;
        let resampler = Resampler::new(supported.sample_rate(), 48_000)
            .map_err(|error| SoundError::new(SoundErrorCode::Failed, error.to_string()))?;
        let (input, output, _) = ring(wakes);
        let hear = Hear {
            device,
            config: supported.config(),
            input,
            failed: Box::new(failed),
        };
        let stream = match supported.sample_format() {
            SampleFormat::F32 => hear.start::<f32>(),
            SampleFormat::F64 => hear.start::<f64>(),
            SampleFormat::I8 => hear.start::<i8>(),
            SampleFormat::I16 => hear.start::<i16>(),
            SampleFormat::I32 => hear.start::<i32>(),
            SampleFormat::U8 => hear.start::<u8>(),
            SampleFormat::U16 => hear.start::<u16>(),
            SampleFormat::U32 => hear.start::<u32>(),
            other => Err(SoundError::new(
                SoundErrorCode::Failed,
                format!("the microphone gives {other} samples"),
            )),
        }?;
        let real = Real {
            _stream: stream,
            ring: output,
            resampler,
            fresh: Vec::new(),
            resampled: Vec::new(),
        };
        Ok(Self::new(Source::Real(Box::new(real)), label, id))
    }

    /// A made-up one, which hums like a voice with pauses.
    pub(crate) fn made_up(now: Instant) -> Self {
        let source = Source::MadeUp(MadeUp { due: now, block: 0 });
        Self::new(source, "Made-up microphone".into(), None)
    }

    fn new(source: Source, label: String, id: Option<String>) -> Self {
        Self {
            source,
            blocks: ToBlocks::default(),
            label,
            id,
        }
    }

    /// Gives every block that is complete.
    pub(crate) fn hear(&mut self, now: Instant, each: impl FnMut(&mut Block)) {
        match &mut self.source {
            Source::Real(real) => {
                real.fresh.clear();
                real.ring.drain(&mut real.fresh);
                real.resampled.clear();
                real.resampler.run(&real.fresh, &mut real.resampled);
                self.blocks.push(&real.resampled, each);
            }
            Source::MadeUp(made_up) => made_up.hear(now, each),
        }
    }

    /// When to ask again, where no device wakes us.
    pub(crate) fn due(&self) -> Option<Instant> {
        match &self.source {
            Source::Real(_) => None,
            Source::MadeUp(made_up) => Some(made_up.due),
        }
    }
}

/// Syllables at the pace of speech: a voice detector has to take it for one, and an ear would find its beat.
struct MadeUp {
    due: Instant,
    block: u32,
}

impl MadeUp {
    fn hear(&mut self, now: Instant, mut each: impl FnMut(&mut Block)) {
        if now.saturating_duration_since(self.due) > Duration::from_millis(200) {
            // After a machine's sleep.
            self.due = now;
        }
        while self.due <= now {
            let mut block = [0.0; BLOCK];
            for (index, sample) in (0_u32..).zip(block.iter_mut()) {
                *sample = voice(self.block.wrapping_mul(480).wrapping_add(index));
            }
            self.block = self.block.wrapping_add(1);
            self.due += Duration::from_millis(10);
            each(&mut block);
        }
    }
}

/// The sample at `at`: harmonics of 140 Hz that come and go four times a second, for three seconds of four.
fn voice(at: u32) -> f32 {
    // Exact: below 2^24.
    #[expect(clippy::cast_precision_loss, reason = "below 192,000")]
    let seconds = (at % 192_000) as f32 / 48_000.0;
    if seconds >= 3.0 {
        return 0.0;
    }
    let syllable = (std::f32::consts::PI * 4.0 * seconds).sin().abs();
    let tone: f32 = (1_u8..=12)
        .map(|harmonic| {
            let harmonic = f32::from(harmonic);
            (std::f32::consts::TAU * 140.0 * harmonic * seconds).sin() / harmonic
        })
        .sum();
    0.15 * syllable * tone
}

struct Hear {
    device: cpal::Device,
    config: cpal::StreamConfig,
    input: Input,
    failed: Box<dyn Fn(SoundError) + Send>,
}

impl Hear {
    fn start<T: SizedSample>(self) -> Result<cpal::Stream, SoundError>
    where
        f32: FromSample<T>,
    {
        let Self {
            device,
            config,
            mut input,
            failed,
        } = self;
        let channels = config.channels;
        let mut all = Vec::new();
        let mut mono = Vec::new();
        let take = move |data: &[T], _: &cpal::InputCallbackInfo| {
            all.clear();
            all.extend(data.iter().map(|sample| f32::from_sample(*sample)));
            mono.clear();
            mix_down(&all, channels, &mut mono);
            input.put_and_wake(mono.iter().copied());
        };
        let on_error = move |error: cpal::Error| crate::error::if_fatal(error, &failed);
        let stream = device.build_input_stream(config, take, on_error, None)?;
        stream.play()?;
        Ok(stream)
    }
}
