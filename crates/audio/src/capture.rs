//! From blocks of the microphone to encoded frames: processing, noise gate, encoder.

use std::time::Duration;

use crate::{
    blocks::{BLOCK, Block},
    codec::{CodecError, Encoded, Encoder, EncoderSettings, FRAME},
    level::{AudioLevel, LevelMeter},
    noise_gate::{GateState, NoiseGate},
    processing::{Processing, ProcessingError, ProcessingSettings},
    toc::MAX_DTX_BYTES,
    units::samples_u32,
};

/// Why a block could not be processed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaptureError {
    /// The audio processing failed.
    #[error(transparent)]
    Processing(#[from] ProcessingError),
    /// The encoder failed.
    #[error(transparent)]
    Codec(#[from] CodecError),
}

/// A frame of 20 ms to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncodedFrame<'a> {
    /// RTP timestamp, counted from 0. The sender adds the stream's random offset (RFC 3550 §5.1).
    pub timestamp: u32,
    /// The first frame after a silence: RTP's marker bit (RFC 7587 §4.2).
    pub after_silence: bool,
    /// Level of the audio in the frame, after gate and mute.
    pub level: AudioLevel,
    /// The Opus payload.
    pub payload: &'a [u8],
}

/// The capture path of one microphone.
#[derive(Debug)]
pub struct CapturePipeline {
    processing: Processing,
    gate: NoiseGate,
    encoder: Encoder,
    meter: LevelMeter,
    muted: bool,
    /// The gate was open for a part of the frame.
    speech: bool,
    frame: Vec<f32>,
    payload: Vec<u8>,
    timestamp: u32,
    /// The last frame was not sent.
    silent: bool,
}

impl CapturePipeline {
    /// A pipeline in its initial state, unmuted.
    ///
    /// # Errors
    ///
    /// When the encoder cannot be created.
    pub fn new(
        processing: ProcessingSettings,
        encoder: EncoderSettings,
    ) -> Result<Self, CaptureError> {
        Ok(Self {
            processing: Processing::new(processing),
            gate: NoiseGate::default(),
            encoder: Encoder::new(encoder)?,
            meter: LevelMeter::default(),
            muted: false,
            speech: false,
            frame: Vec::with_capacity(FRAME),
            payload: Vec::new(),
            timestamp: 0,
            silent: true,
        })
    }

    /// Switches parts of the processing on and off.
    pub fn configure_processing(&mut self, settings: ProcessingSettings) {
        self.processing.configure(settings);
    }

    /// Sends silence while `muted`. Meter and echo canceller continue to run, so that both are right at once when
    /// it is unmuted. (The microphone's light goes off only when the device is closed.)
    pub fn set_muted(&mut self, muted: bool) {
        self.muted = muted;
    }

    /// Changes how frames are encoded.
    ///
    /// # Errors
    ///
    /// When the encoder refuses.
    pub fn configure_encoder(&mut self, settings: EncoderSettings) -> Result<(), CaptureError> {
        Ok(self.encoder.configure(settings)?)
    }

    /// The level after processing, muted or not.
    #[must_use]
    pub fn meter(&self) -> LevelMeter {
        self.meter
    }

    /// The block that the loudspeaker plays in the period of the next [`Self::process_capture`].
    pub fn analyze_render(&mut self, block: &Block) {
        self.processing.analyze_render(block);
    }

    /// Processes a captured block. Every second block completes a frame, which is returned unless it is silence.
    /// See [`Processing::process_capture`] for `delay`.
    ///
    /// # Errors
    ///
    /// When processing or encoding fails. The block or frame is then lost; the next call works as usual.
    pub fn process_capture(
        &mut self,
        block: &mut Block,
        delay: Duration,
    ) -> Result<Option<EncodedFrame<'_>>, CaptureError> {
        self.processing.process_capture(block, delay)?;
        self.meter.add(block);
        if self.muted {
            block.fill(0.0);
        }
        self.speech |= self.gate.process(block) == GateState::Open;
        self.frame.extend_from_slice(block);
        if self.frame.len() < FRAME {
            return Ok(None);
        }
        let timestamp = self.timestamp;
        self.timestamp = timestamp.wrapping_add(samples_u32(20));
        let encoded = self.encoder.encode(&self.frame, &mut self.payload);
        let level = AudioLevel::of(&self.frame, std::mem::take(&mut self.speech));
        self.frame.clear();
        if encoded? == Encoded::Silence {
            self.silent = true;
            return Ok(None);
        }
        let after_silence = std::mem::replace(&mut self.silent, false);
        // With DTX the encoder treats faint noise as silence and does not encode it.
        let level = if self.payload.len() <= MAX_DTX_BYTES {
            AudioLevel::SILENCE
        } else {
            level
        };
        Ok(Some(EncodedFrame {
            timestamp,
            after_silence,
            level,
            payload: &self.payload,
        }))
    }
}

const _: () = assert!(FRAME == 2 * BLOCK);

#[cfg(test)]
mod tests {
    use super::*;

    /// Captures a tone for so many frames of 20 ms. Returns the levels of the frames that are sent.
    fn capture(pipeline: &mut CapturePipeline, peak: f32, frames: usize) -> Vec<AudioLevel> {
        let mut levels = Vec::new();
        for _ in 0..2 * frames {
            let mut block: Block = std::array::from_fn(|index| {
                peak * (std::f32::consts::TAU * index as f32 / 120.0).sin()
            });
            let sent = pipeline.process_capture(&mut block, Duration::ZERO);
            levels.extend(sent.expect("a block").map(|sent| sent.level));
        }
        levels
    }

    #[test]
    fn the_level_is_that_of_the_audio_sent() {
        let settings = ProcessingSettings {
            echo_cancellation: false,
            noise_suppression: false,
            gain_control: false,
        };
        let mut pipeline =
            CapturePipeline::new(settings, EncoderSettings::default()).expect("an encoder");
        let loud = capture(&mut pipeline, 0.5, 25);
        assert!(
            loud[5..]
                .iter()
                .all(|level| level.voice && (8..=10).contains(&level.minus_dbov)),
            "{loud:?}"
        );
        let soft = capture(&mut pipeline, 0.05, 25);
        assert!(
            soft[5..]
                .iter()
                .all(|level| (28..=30).contains(&level.minus_dbov)),
            "{soft:?}"
        );
        pipeline.set_muted(true);
        // Silence is sent at first, then nothing.
        let muted = capture(&mut pipeline, 0.5, 100);
        assert!(muted.len() < 60, "{}", muted.len());
        assert!(
            muted[2..].iter().all(|level| *level == AudioLevel::SILENCE),
            "{muted:?}"
        );
        pipeline.set_muted(false);
        let again = capture(&mut pipeline, 0.5, 25);
        assert!(again.last().is_some_and(|level| level.minus_dbov < 11));
    }

    #[test]
    fn a_closed_gate_reports_silence() {
        let mut pipeline =
            CapturePipeline::new(ProcessingSettings::default(), EncoderSettings::default())
                .expect("an encoder");
        let hiss = capture(&mut pipeline, 1e-4, 200);
        assert_eq!(hiss.last(), Some(&AudioLevel::SILENCE), "{hiss:?}");
    }
}
