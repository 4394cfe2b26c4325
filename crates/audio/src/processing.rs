//! Echo cancellation, noise suppression and gain control, built from the parts of `sonora`, a port of WebRTC's
//! audio processing, with settings for reverberant rooms.
//!
//! The render signal (played by the loudspeaker) must be passed *before* the captured block of the same period.
//! Early is harmless, 20 ms late costs 15 dB of echo suppression (`docs/decisions/0031-sonora.md`).

mod bands;
mod echo_canceller;
mod noise_suppressor;

use std::time::Duration;

use sonora::{
    AudioProcessing, Config, StreamConfig,
    config::{AdaptiveDigital, GainController2, MaxProcessingRate, Pipeline},
    high_pass_filter::HighPassFilter,
};

use crate::blocks::{BLOCK, Block};
use bands::{BAND, BANDS, BandSplitter};
use echo_canceller::{EchoCanceller, is_clipped};
use noise_suppressor::NoiseSuppressor;

/// Which processing is applied to captured audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessingSettings {
    /// Remove the loudspeaker's signal. Not needed with a headset, where it can only attenuate the near end during
    /// double talk.
    pub echo_cancellation: bool,
    /// Remove steady noise.
    pub noise_suppression: bool,
    /// Bring speech to an even level.
    pub gain_control: bool,
}

impl Default for ProcessingSettings {
    fn default() -> Self {
        Self {
            echo_cancellation: true,
            noise_suppression: true,
            gain_control: true,
        }
    }
}

/// The audio processing refused a block.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("audio processing failed: {0}")]
pub struct ProcessingError(String);

/// Processes the signal of one microphone against that of one loudspeaker.
#[derive(Debug)]
pub struct Processing {
    high_pass: HighPassFilter,
    splitter: BandSplitter,
    echo_canceller: Option<EchoCanceller>,
    noise_suppressor: Option<NoiseSuppressor>,
    gain_controller: Option<AudioProcessing>,
    /// The high-pass filter takes a `Vec` for each channel.
    filtered: [Vec<f32>; 1],
}

impl Processing {
    /// Processing in its initial state.
    #[must_use]
    pub fn new(settings: ProcessingSettings) -> Self {
        let mut processing = Self {
            high_pass: HighPassFilter::new(48_000, 1),
            splitter: BandSplitter::new(),
            echo_canceller: None,
            noise_suppressor: None,
            gain_controller: None,
            filtered: [vec![0.0; BLOCK]],
        };
        processing.configure(settings);
        processing
    }

    /// Switches parts on and off; parts that stay on keep their adapted state.
    pub fn configure(&mut self, settings: ProcessingSettings) {
        let ProcessingSettings {
            echo_cancellation,
            noise_suppression,
            gain_control,
        } = settings;
        set_enabled(
            &mut self.echo_canceller,
            echo_cancellation,
            EchoCanceller::new,
        );
        set_enabled(
            &mut self.noise_suppressor,
            noise_suppression,
            NoiseSuppressor::new,
        );
        set_enabled(&mut self.gain_controller, gain_control, gain_controller);
    }

    /// The block that the loudspeaker plays next. Must be called before [`Self::process_capture`] of the same
    /// period.
    pub fn analyze_render(&mut self, block: &Block) {
        if let Some(echo_canceller) = &mut self.echo_canceller {
            let mut finite = *block;
            make_finite(&mut finite);
            echo_canceller.analyze_render(&finite);
        }
    }

    /// Processes a captured block in place. `delay` is the time from [`Self::analyze_render`] to the loudspeaker
    /// plus the time from the microphone to this call, as reported by the devices; an error of up to 400 ms is
    /// detected and corrected.
    ///
    /// # Errors
    ///
    /// When the processing refuses the block, which it does not for valid blocks.
    pub fn process_capture(
        &mut self,
        block: &mut Block,
        delay: Duration,
    ) -> Result<(), ProcessingError> {
        make_finite(block);
        let clipped = is_clipped(block);
        self.filtered[0].copy_from_slice(block);
        self.high_pass.process_channels(&mut self.filtered);
        block.copy_from_slice(&self.filtered[0]);

        if self.echo_canceller.is_some() || self.noise_suppressor.is_some() {
            let mut bands = [[0.0; BAND]; BANDS];
            self.splitter.split(block, &mut bands);
            if let Some(noise_suppressor) = &mut self.noise_suppressor {
                noise_suppressor.analyze(&bands);
            }
            if let Some(echo_canceller) = &mut self.echo_canceller {
                echo_canceller.process_capture(&mut bands, delay, clipped);
            }
            if let Some(noise_suppressor) = &mut self.noise_suppressor {
                noise_suppressor.process(&mut bands);
            }
            self.splitter.merge(&bands, block);
        }
        if let Some(gain_controller) = &mut self.gain_controller {
            let input = *block;
            gain_controller
                .process_capture_f32(&[&input], &mut [block])
                .map_err(|error| ProcessingError(error.to_string()))?;
        }
        Ok(())
    }
}

fn set_enabled<Part>(part: &mut Option<Part>, enabled: bool, new: impl FnOnce() -> Part) {
    if !enabled {
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

fn gain_controller() -> AudioProcessing {
    let mono = StreamConfig::new(48_000, 1);
    AudioProcessing::builder()
        .config(Config {
            // The default of 32 kHz would remove the highest octave.
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
