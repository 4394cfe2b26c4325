//! From the microphone's blocks to what is sent: processing, gate, encoder.

use std::time::Duration;

use crate::{
    blocks::{BLOCK, Block},
    codec::{CodecError, Encoded, Encoder, EncoderSettings, FRAME, NOTHING},
    gate::{Gate, VoiceGate},
    level::{Level, PacketLevel},
    processing::{Processing, ProcessingError, Switches},
};

/// Why a block of the microphone could not be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VoiceError {
    /// The audio processing failed.
    #[error(transparent)]
    Processing(#[from] ProcessingError),
    /// The encoder failed.
    #[error(transparent)]
    Codec(#[from] CodecError),
}

/// A payload to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outgoing<'a> {
    /// RTP timestamp, counted from 0; add the stream's own random start (RFC 3550 §5.1).
    pub timestamp: u32,
    /// The first after a silence: RTP's marker bit (RFC 7587 §4.2).
    pub begins: bool,
    /// How loud what it carries is: after the gate and while muted, not what the microphone hears.
    pub level: PacketLevel,
    /// The Opus payload.
    pub payload: &'a [u8],
}

/// One participant's own voice.
#[derive(Debug)]
pub struct Voice {
    processing: Processing,
    gate: VoiceGate,
    encoder: Encoder,
    level: Level,
    muted: bool,
    /// The gate was open for a part of the frame.
    speaks: bool,
    frame: Vec<f32>,
    payload: Vec<u8>,
    timestamp: u32,
    paused: bool,
}

impl Voice {
    /// A voice that has said nothing.
    ///
    /// # Errors
    ///
    /// When the encoder cannot be made.
    pub fn new(switches: Switches, settings: EncoderSettings) -> Result<Self, VoiceError> {
        Ok(Self {
            processing: Processing::new(switches),
            gate: VoiceGate::default(),
            encoder: Encoder::new(settings)?,
            level: Level::default(),
            muted: false,
            speaks: false,
            frame: Vec::with_capacity(FRAME),
            payload: Vec::new(),
            timestamp: 0,
            paused: true,
        })
    }

    /// Switches parts of the processing on and off.
    pub fn switch(&mut self, switches: Switches) {
        self.processing.switch(switches);
    }

    /// Sends silence while `muted`; the meter and the echo canceller go on listening, so that both are right
    /// when the voice comes back. (Whoever wants the microphone's light out closes the device instead.)
    pub fn mute(&mut self, muted: bool) {
        self.muted = muted;
    }

    /// Changes how it is encoded.
    ///
    /// # Errors
    ///
    /// When the encoder refuses.
    pub fn configure(&mut self, settings: EncoderSettings) -> Result<(), VoiceError> {
        Ok(self.encoder.configure(settings)?)
    }

    /// How loud the voice is after processing.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// What the loudspeaker plays in the period of the next [`Self::capture`].
    pub fn render(&mut self, block: &Block) {
        self.processing.render(block);
    }

    /// What the microphone heard. Every second block completes a frame, which is to be sent unless it is
    /// silence. See [`Processing::capture`] for `delay`.
    ///
    /// # Errors
    ///
    /// When the processing or the encoder fails; the frame is left out and the next call goes on.
    pub fn capture(
        &mut self,
        block: &mut Block,
        delay: Duration,
    ) -> Result<Option<Outgoing<'_>>, VoiceError> {
        self.processing.capture(block, delay)?;
        self.level.note(block);
        if self.muted {
            block.fill(0.0);
        }
        self.speaks |= self.gate.run(block) == Gate::Open;
        self.frame.extend_from_slice(block);
        if self.frame.len() < FRAME {
            return Ok(None);
        }
        let timestamp = self.timestamp;
        self.timestamp = timestamp.wrapping_add(crate::samples_u32(20));
        let encoded = self.encoder.encode(&self.frame, &mut self.payload);
        let level = PacketLevel::of(&self.frame, std::mem::take(&mut self.speaks));
        self.frame.clear();
        if encoded? == Encoded::Nothing {
            self.paused = true;
            return Ok(None);
        }
        let begins = std::mem::replace(&mut self.paused, false);
        // With DTX the encoder takes faint noise for silence and leaves it out.
        let level = if self.payload.len() <= NOTHING {
            PacketLevel::SILENCE
        } else {
            level
        };
        Ok(Some(Outgoing {
            timestamp,
            begins,
            level,
            payload: &self.payload,
        }))
    }
}

const _: () = assert!(FRAME == 2 * BLOCK);

#[cfg(test)]
mod tests {
    use super::*;

    /// Speaks for so many frames of 20 ms; the levels of those that are sent.
    fn speak(voice: &mut Voice, peak: f32, frames: usize) -> Vec<PacketLevel> {
        let mut levels = Vec::new();
        for _ in 0..2 * frames {
            let mut block: Block = std::array::from_fn(|index| {
                let index = u16::try_from(index).unwrap_or(0);
                peak * (std::f32::consts::TAU * f32::from(index) / 120.0).sin()
            });
            let sent = voice.capture(&mut block, Duration::ZERO);
            levels.extend(sent.expect("a block").map(|sent| sent.level));
        }
        levels
    }

    #[test]
    fn the_level_is_that_of_what_is_sent() {
        let switches = Switches {
            echo_cancellation: false,
            noise_suppression: false,
            gain_control: false,
        };
        let mut voice = Voice::new(switches, EncoderSettings::default()).expect("an encoder");
        let loud = speak(&mut voice, 0.5, 25);
        assert!(
            loud[5..]
                .iter()
                .all(|level| level.voice && (8..=10).contains(&level.minus_dbov)),
            "{loud:?}"
        );
        let soft = speak(&mut voice, 0.05, 25);
        assert!(
            soft[5..]
                .iter()
                .all(|level| (28..=30).contains(&level.minus_dbov)),
            "{soft:?}"
        );
        voice.mute(true);
        // The microphone hears as much as before; what is sent of it is nothing, and then it is not sent.
        let muted = speak(&mut voice, 0.5, 100);
        assert!(muted.len() < 60, "{}", muted.len());
        assert!(
            muted[2..]
                .iter()
                .all(|level| *level == PacketLevel::SILENCE),
            "{muted:?}"
        );
        voice.mute(false);
        let again = speak(&mut voice, 0.5, 25);
        assert!(again.last().is_some_and(|level| level.minus_dbov < 11));
    }

    #[test]
    fn what_the_gate_holds_back_is_silence() {
        let mut voice = Voice::new(Switches::default(), EncoderSettings::default()).expect("one");
        let hiss = speak(&mut voice, 1e-4, 200);
        assert_eq!(hiss.last(), Some(&PacketLevel::SILENCE), "{hiss:?}");
    }
}
