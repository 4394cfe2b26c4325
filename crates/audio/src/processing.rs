//! Echo cancellation, noise suppression and gain control: `sonora`, the port of WebRTC's audio processing.
//!
//! What it needs to be told (measured; `docs/decisions/0031-sonora.md`): the reference, that is what the
//! loudspeaker plays, must be given *before* the microphone's block of the same period. Early is harmless, but
//! 20 ms late costs 15 dB.

use std::time::Duration;

use sonora::{
    AudioProcessing, Config, StreamConfig,
    config::{
        AdaptiveDigital, EchoCanceller, GainController2, HighPassFilter, MaxProcessingRate,
        NoiseSuppression, NoiseSuppressionLevel, Pipeline,
    },
};

use crate::blocks::Block;

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
    sonora: AudioProcessing,
    switches: Switches,
    scratch: Block,
}

impl Processing {
    /// Processing that has heard nothing.
    #[must_use]
    pub fn new(switches: Switches) -> Self {
        let mono = StreamConfig::new(48_000, 1);
        let sonora = AudioProcessing::builder()
            .config(configuration(switches))
            .capture_config(mono)
            .render_config(mono)
            .build();
        Self {
            sonora,
            switches,
            scratch: [0.0; crate::blocks::BLOCK],
        }
    }

    /// Switches parts on and off; the others keep what they have learnt.
    pub fn switch(&mut self, switches: Switches) {
        if switches != self.switches {
            self.switches = switches;
            self.sonora.apply_config(configuration(switches));
        }
    }

    /// What is switched on.
    #[must_use]
    pub fn switches(&self) -> Switches {
        self.switches
    }

    /// What the loudspeaker plays next: the very block that is handed to the sound card. Call it before
    /// [`Self::capture`] of the same period.
    ///
    /// # Errors
    ///
    /// When the processing refuses the block, which it does not for blocks of the right kind.
    pub fn render(&mut self, block: &Block) -> Result<(), ProcessingError> {
        let mut clean = *block;
        make_finite(&mut clean);
        self.sonora
            .process_render_f32(&[&clean], &mut [&mut self.scratch])
            .map_err(|error| ProcessingError(error.to_string()))
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
        if self.switches.echo_cancellation {
            let delay = i32::try_from(delay.as_millis()).unwrap_or(i32::MAX);
            // A delay beyond 500 ms is taken as 500 and said to be so: nothing that could be done better here.
            let _clamped = self.sonora.set_stream_delay_ms(delay.min(500));
        }
        self.sonora
            .process_capture_f32(&[&*block], &mut [&mut self.scratch])
            .map_err(|error| ProcessingError(error.to_string()))?;
        block.copy_from_slice(&self.scratch);
        Ok(())
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

fn configuration(switches: Switches) -> Config {
    Config {
        // 32 kHz is the default and would throw the highest octave away before Opus sees it.
        pipeline: Pipeline {
            maximum_internal_processing_rate: MaxProcessingRate::Rate48kHz,
            ..Pipeline::default()
        },
        high_pass_filter: Some(HighPassFilter::default()),
        echo_canceller: switches.echo_cancellation.then(EchoCanceller::default),
        noise_suppression: switches.noise_suppression.then(|| NoiseSuppression {
            level: NoiseSuppressionLevel::High,
            ..NoiseSuppression::default()
        }),
        gain_controller2: switches.gain_control.then(|| GainController2 {
            adaptive_digital: Some(AdaptiveDigital::default()),
            ..GainController2::default()
        }),
        ..Config::default()
    }
}
