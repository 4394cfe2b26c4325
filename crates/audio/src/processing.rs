//! Echo cancellation, noise suppression and gain control: the parts of `sonora`, the port of WebRTC's audio
//! processing, put together for rooms that ring.
//!
//! What it needs to be told (measured; `docs/decisions/0031-sonora.md`): the reference, that is what the
//! loudspeaker plays, must be given *before* the microphone's block of the same period. Early is harmless, but
//! 20 ms late costs 15 dB.

mod bands;
mod echo;
mod noise;

use std::time::Duration;

use sonora::{
    AudioProcessing, Config, StreamConfig,
    config::{AdaptiveDigital, GainController2, MaxProcessingRate, Pipeline},
    high_pass_filter::HighPassFilter,
};

use crate::blocks::{BLOCK, Block};
use bands::{BAND, BANDS, Splitter};
use echo::{Echo, clips};
use noise::Noise;

/// What is done to the microphone's sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switches {
    /// Remove what the loudspeaker plays. Needless with a headset, where it can only do harm: in double talk
    /// it dampens the near voice.
    pub echo_cancellation: bool,
    /// Remove steady noise.
    pub noise_suppression: bool,
    /// Bring the voice to an even level.
    pub gain_control: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            echo_cancellation: true,
            noise_suppression: true,
            gain_control: true,
        }
    }
}

impl Switches {
    /// For somebody who wears a headset.
    #[must_use]
    pub fn headset(self) -> Self {
        Self {
            echo_cancellation: false,
            ..self
        }
    }
}

/// The audio processing refused a block.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("audio processing failed: {0}")]
pub struct ProcessingError(String);

/// Processes one microphone against one loudspeaker.
#[derive(Debug)]
pub struct Processing {
    switches: Switches,
    rumble: HighPassFilter,
    splitter: Splitter,
    echo: Option<Echo>,
    noise: Option<Noise>,
    gain: Option<AudioProcessing>,
    /// The high-pass filter takes a `Vec` for each channel.
    filtered: [Vec<f32>; 1],
}

impl Processing {
    /// Processing that has heard nothing.
    #[must_use]
    pub fn new(switches: Switches) -> Self {
        Self {
            switches,
            rumble: HighPassFilter::new(48_000, 1),
            splitter: Splitter::new(),
            echo: switches.echo_cancellation.then(Echo::new),
            noise: switches.noise_suppression.then(Noise::new),
            gain: switches.gain_control.then(gain_control),
            filtered: [vec![0.0; BLOCK]],
        }
    }

    /// Switches parts on and off; the others keep what they have learnt.
    pub fn switch(&mut self, switches: Switches) {
        self.switches = switches;
        keep_if(&mut self.echo, switches.echo_cancellation, Echo::new);
        keep_if(&mut self.noise, switches.noise_suppression, Noise::new);
        keep_if(&mut self.gain, switches.gain_control, gain_control);
    }

    /// What is switched on.
    #[must_use]
    pub fn switches(&self) -> Switches {
        self.switches
    }

    /// What the loudspeaker plays next: the very block that is handed to the sound card. Call it before
    /// [`Self::capture`] of the same period.
    pub fn render(&mut self, block: &Block) {
        if let Some(echo) = &mut self.echo {
            let mut clean = *block;
            make_finite(&mut clean);
            echo.render(&clean);
        }
    }

    /// Processes what the microphone heard, in place. `delay` is the time from [`Self::render`] to the
    /// loudspeaker plus the time from the microphone to here, as far as the devices tell; an error of 400 ms is
    /// found out and corrected.
    ///
    /// # Errors
    ///
    /// When the processing refuses the block, which it does not for blocks of the right kind.
    pub fn capture(&mut self, block: &mut Block, delay: Duration) -> Result<(), ProcessingError> {
        make_finite(block);
        let clipped = clips(block);
        self.filtered[0].copy_from_slice(block);
        self.rumble.process_channels(&mut self.filtered);
        block.copy_from_slice(&self.filtered[0]);

        if self.echo.is_some() || self.noise.is_some() {
            let mut bands = [[0.0; BAND]; BANDS];
            self.splitter.split(block, &mut bands);
            if let Some(noise) = &mut self.noise {
                noise.learn(&bands);
            }
            if let Some(echo) = &mut self.echo {
                echo.capture(&mut bands, delay, clipped);
            }
            if let Some(noise) = &mut self.noise {
                noise.remove(&mut bands);
            }
            self.splitter.merge(&bands, block);
        }
        if let Some(gain) = &mut self.gain {
            let quiet = *block;
            gain.process_capture_f32(&[&quiet], &mut [block])
                .map_err(|error| ProcessingError(error.to_string()))?;
        }
        Ok(())
    }
}

fn keep_if<Part>(part: &mut Option<Part>, wanted: bool, new: impl FnOnce() -> Part) {
    if !wanted {
        *part = None;
    } else if part.is_none() {
        *part = Some(new());
    }
}

/// A single infinite sample from a driver would stay in adaptive filters for the rest of the call.
fn make_finite(block: &mut Block) {
    for sample in block {
        if !sample.is_finite() {
            *sample = 0.0;
        }
    }
}

fn gain_control() -> AudioProcessing {
    let mono = StreamConfig::new(48_000, 1);
    AudioProcessing::builder()
        .config(Config {
            // 32 kHz is the default and would throw the highest octave away before Opus sees it.
            pipeline: Pipeline {
                maximum_internal_processing_rate: MaxProcessingRate::Rate48kHz,
                ..Pipeline::default()
            },
            gain_controller2: Some(GainController2 {
                adaptive_digital: Some(AdaptiveDigital::default()),
                ..GainController2::default()
            }),
            ..Config::default()
        })
        .capture_config(mono)
        .render_config(mono)
        .build()
}
