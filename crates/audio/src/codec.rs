//! Opus, both ways (RFC 6716, RFC 7587). Encoding costs 140–170 µs per 20 ms frame, decoding a third of it.

use opus::{Application, Bitrate, Channels, Signal};

use crate::{Ask, count::length, samples_usize};

/// Samples in one encoded frame: 20 ms.
pub const FRAME: usize = samples_usize(20);
/// Longest encoded frame, in bytes (RFC 6716 §3.2.1).
const LONGEST_FRAME: usize = 1275;
/// A packet this short carries no sound (RFC 6716 §2.1.9).
pub(crate) const NOTHING: usize = 2;
/// How often the beginning of a silence is announced. Once would be enough if nothing were ever lost; these
/// are packets of one byte.
const ANNOUNCEMENTS: u32 = 2;
/// libopus conceals in steps of 2.5 ms and at most 120 ms at once.
const CONCEAL_STEP: usize = samples_usize(5) / 2;
const CONCEAL_MOST: usize = samples_usize(120);

/// What went wrong in the codec.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The encoder takes exactly [`FRAME`] samples.
    #[error("a frame of {0} samples instead of 960")]
    FrameLength(usize),
    /// libopus refused.
    #[error("{function} failed: {description}")]
    Opus {
        /// The libopus function.
        function: &'static str,
        /// What libopus says about it.
        description: &'static str,
    },
}

impl From<opus::Error> for CodecError {
    fn from(error: opus::Error) -> Self {
        Self::Opus {
            function: error.function(),
            description: error.description(),
        }
    }
}

/// How the voice is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncoderSettings {
    /// Bits per second, 16,000 to 128,000. Below 24 kb/s FEC disappears or the voice becomes narrow.
    pub bitrate: u32,
    /// Work put into each frame, 0 to 10. Voice gains little above 5 and 9 costs twice the time.
    pub complexity: u8,
    /// Loss the far side reports, in percent. It decides how much of the bitrate goes into FEC; never taken
    /// below 5, or the first loss after a clean minute would find no FEC to repair it with.
    pub expected_loss: u8,
    /// Send nothing while there is nothing to hear (DTX).
    pub dtx: bool,
}

impl Default for EncoderSettings {
    fn default() -> Self {
        Self {
            bitrate: 32_000,
            complexity: 9,
            expected_loss: 5,
            dtx: true,
        }
    }
}

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoded {
    /// The payload shall be sent.
    Packet,
    /// Silence that has been announced already: nothing is sent, only the timestamp moves on.
    Nothing,
}

/// A voice encoder: 48 kHz mono, 20 ms, FEC and DTX.
#[derive(Debug)]
pub struct Encoder {
    opus: opus::Encoder,
    /// Packets without sound in a row.
    silent: u32,
}

impl Encoder {
    /// An encoder as `settings` say; values out of range are moved into it.
    ///
    /// # Errors
    ///
    /// When libopus cannot allocate.
    pub fn new(settings: EncoderSettings) -> Result<Self, CodecError> {
        let mut opus = opus::Encoder::new(48_000, Channels::Mono, Application::Voip)?;
        opus.set_signal(Signal::Voice)?;
        opus.set_inband_fec(true)?;
        let mut encoder = Self { opus, silent: 0 };
        encoder.configure(settings)?;
        Ok(encoder)
    }

    /// Changes the settings from the next frame on, without a gap.
    ///
    /// # Errors
    ///
    /// When libopus refuses; it does not for values in range.
    pub fn configure(&mut self, settings: EncoderSettings) -> Result<(), CodecError> {
        let bitrate = settings.bitrate.clamp(16_000, 128_000);
        self.opus
            .set_bitrate(Bitrate::Bits(i32::try_from(bitrate).unwrap_or(32_000)))?;
        self.opus
            .set_complexity(settings.complexity.min(10).into())?;
        // More than a quarter would leave too little for the voice itself.
        self.opus
            .set_packet_loss_perc(settings.expected_loss.clamp(5, 25).into())?;
        self.opus.set_dtx(settings.dtx)?;
        Ok(())
    }

    /// Encodes one [`FRAME`] of samples between −1 and 1 into `payload`, which is replaced.
    ///
    /// The first two packets of a silence are sent, so that the far side knows that what follows is not loss;
    /// then libopus sends one every 400 ms.
    ///
    /// # Errors
    ///
    /// On a frame of the wrong length.
    pub fn encode(&mut self, frame: &[f32], payload: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        if frame.len() != FRAME {
            return Err(CodecError::FrameLength(frame.len()));
        }
        payload.resize(LONGEST_FRAME, 0);
        let written = match self.opus.encode_float(frame, payload) {
            Ok(written) => written,
            Err(error) => {
                payload.clear();
                return Err(error.into());
            }
        };
        payload.truncate(written);
        self.silent = if written <= NOTHING {
            self.silent.saturating_add(1)
        } else {
            0
        };
        Ok(if self.silent > ANNOUNCEMENTS {
            Encoded::Nothing
        } else {
            Encoded::Packet
        })
    }
}

/// A decoder that answers a [`Playout`](crate::Playout)'s questions. Mono; stereo senders are mixed down by
/// libopus.
#[derive(Debug)]
pub struct Decoder {
    opus: opus::Decoder,
    refused: u64,
}

impl Decoder {
    /// A decoder that has heard nothing.
    ///
    /// # Errors
    ///
    /// When libopus cannot allocate.
    pub fn new() -> Result<Self, CodecError> {
        Ok(Self {
            opus: opus::Decoder::new(48_000, Channels::Mono)?,
            refused: 0,
        })
    }

    /// Appends what is asked for to `out`. What libopus refuses to decode is concealed and counted: the far
    /// side may send what it likes, and the sound must go on.
    pub fn answer(&mut self, ask: Ask<'_>, out: &mut Vec<f32>) {
        let before = out.len();
        let done = match ask {
            Ask::Decode(payload) => self.run(payload, CONCEAL_MOST, false, out),
            Ask::Recover { payload, samples } => self.run(payload, samples, true, out),
            Ask::Conceal { samples } => self.conceal(samples, out),
        };
        if done.is_ok() {
            return;
        }
        self.refused += 1;
        out.truncate(before);
        let samples = match ask {
            Ask::Decode(payload) => {
                crate::toc::Shape::parse(payload).map_or(0, |shape| length(shape.duration.into()))
            }
            Ask::Recover { samples, .. } | Ask::Conceal { samples } => samples,
        };
        if self.conceal(samples, out).is_err() {
            out.resize(before + samples, 0.0);
        }
    }

    /// Packets libopus refused since the start.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused
    }

    fn conceal(&mut self, samples: usize, out: &mut Vec<f32>) -> Result<(), CodecError> {
        let end = out.len() + samples;
        while out.len() < end {
            let piece = (end - out.len())
                .next_multiple_of(CONCEAL_STEP)
                .min(CONCEAL_MOST);
            self.run(&[], piece, false, out)?;
        }
        out.truncate(end);
        Ok(())
    }

    fn run(
        &mut self,
        payload: &[u8],
        samples: usize,
        fec: bool,
        out: &mut Vec<f32>,
    ) -> Result<(), CodecError> {
        let before = out.len();
        out.resize(before + samples, 0.0);
        let written = self.opus.decode_float(payload, &mut out[before..], fec)?;
        out.truncate(before + written);
        Ok(())
    }
}
