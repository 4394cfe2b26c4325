//! Encoding and decoding of Opus (RFC 6716, RFC 7587). Encoding takes 140–170 µs per 20 ms frame, decoding a
//! third of that.

use opus::{Application, Bitrate, Channels, Signal};

use crate::{
    jitter_buffer::DecodeRequest,
    toc::{MAX_DTX_BYTES, MAX_FRAME_BYTES, PacketInfo},
    units::samples_usize,
};

/// Samples in one encoded frame: 20 ms.
pub const FRAME: usize = samples_usize(20);
/// DTX packets (of one byte) sent at the beginning of a silence: two, as one could be lost.
const DTX_PACKETS: u32 = 2;
/// libopus conceals in steps of 2.5 ms and at most 120 ms at once.
const CONCEAL_STEP: usize = samples_usize(5) / 2;
const MAX_CONCEAL: usize = samples_usize(120);

/// Why encoding or creating a codec failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The encoder takes exactly [`FRAME`] samples.
    #[error("a frame of {0} samples instead of 960")]
    FrameLength(usize),
    /// libopus returned an error.
    #[error("{function} failed: {description}")]
    Opus {
        /// The libopus function.
        function: &'static str,
        /// The description that libopus gives.
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

/// Settings of the encoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncoderSettings {
    /// Bits per second, 16,000 to 128,000. Below 24,000 libopus drops FEC or reduces the audio bandwidth.
    pub bitrate: u32,
    /// Computational complexity, 0 to 10. Speech gains little above 5, and 9 takes twice the time.
    pub complexity: u8,
    /// Packet loss reported by the receiver, in percent. It decides how much of the bitrate FEC takes. Clamped to 5
    /// to 25: below, the first loss after a clean minute would find no FEC; above, too little is left for the audio.
    pub expected_loss: u8,
    /// Discontinuous transmission: send nothing during silence.
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

/// Result of encoding a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoded {
    /// The payload is to be sent.
    Packet,
    /// Silence that has been announced already: nothing is to be sent, only the timestamp advances.
    Silence,
}

/// A speech encoder: 48 kHz mono, 20 ms, FEC and DTX.
#[derive(Debug)]
pub struct Encoder {
    opus: opus::Encoder,
    /// Consecutive DTX packets.
    dtx_packets: u32,
}

impl Encoder {
    /// An encoder with `settings`; values out of range are clamped.
    ///
    /// # Errors
    ///
    /// When libopus cannot allocate.
    pub fn new(settings: EncoderSettings) -> Result<Self, CodecError> {
        let mut opus = opus::Encoder::new(48_000, Channels::Mono, Application::Voip)?;
        opus.set_signal(Signal::Voice)?;
        opus.set_inband_fec(true)?;
        let mut encoder = Self {
            opus,
            dtx_packets: 0,
        };
        encoder.configure(settings)?;
        Ok(encoder)
    }

    /// Changes the settings from the next frame on, without a gap.
    ///
    /// # Errors
    ///
    /// When libopus returns an error, which it does not for values in range.
    pub fn configure(&mut self, settings: EncoderSettings) -> Result<(), CodecError> {
        let bitrate = settings.bitrate.clamp(16_000, 128_000);
        self.opus
            .set_bitrate(Bitrate::Bits(i32::try_from(bitrate).unwrap_or(32_000)))?;
        self.opus
            .set_complexity(settings.complexity.min(10).into())?;
        self.opus
            .set_packet_loss_perc(settings.expected_loss.clamp(5, 25).into())?;
        self.opus.set_dtx(settings.dtx)?;
        Ok(())
    }

    /// Encodes one [`FRAME`] of samples between −1 and 1 into `payload`, which is replaced.
    ///
    /// The first two packets of a silence are to be sent, so that the receiver can tell silence from loss; then one
    /// every 400 ms.
    ///
    /// # Errors
    ///
    /// On a frame of the wrong length.
    pub fn encode(&mut self, frame: &[f32], payload: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        if frame.len() != FRAME {
            return Err(CodecError::FrameLength(frame.len()));
        }
        payload.resize(MAX_FRAME_BYTES, 0);
        let written = match self.opus.encode_float(frame, payload) {
            Ok(written) => written,
            Err(error) => {
                payload.clear();
                return Err(error.into());
            }
        };
        payload.truncate(written);
        self.dtx_packets = if written <= MAX_DTX_BYTES {
            self.dtx_packets.saturating_add(1)
        } else {
            0
        };
        Ok(if self.dtx_packets > DTX_PACKETS {
            Encoded::Silence
        } else {
            Encoded::Packet
        })
    }
}

/// A decoder for the requests of a [`JitterBuffer`](crate::JitterBuffer). Mono: libopus mixes stereo down.
#[derive(Debug)]
pub struct Decoder {
    opus: opus::Decoder,
    errors: u64,
}

impl Decoder {
    /// A decoder in its initial state.
    ///
    /// # Errors
    ///
    /// When libopus cannot allocate.
    pub fn new() -> Result<Self, CodecError> {
        Ok(Self {
            opus: opus::Decoder::new(48_000, Channels::Mono)?,
            errors: 0,
        })
    }

    /// Appends the samples of `request` to `out`. A payload that libopus cannot decode is concealed and counted: it
    /// comes from the network and must not end playback.
    pub fn decode(&mut self, request: DecodeRequest<'_>, out: &mut Vec<f32>) {
        let before = out.len();
        let decoded = match request {
            DecodeRequest::Decode(payload) => self.run(payload, MAX_CONCEAL, false, out),
            DecodeRequest::DecodeFec { payload, samples } => self.run(payload, samples, true, out),
            DecodeRequest::Conceal { samples } => self.conceal(samples, out),
        };
        if decoded.is_ok() {
            return;
        }
        self.errors += 1;
        out.truncate(before);
        let samples = match request {
            DecodeRequest::Decode(payload) => {
                PacketInfo::parse(payload).map_or(0, |packet| packet.duration as usize)
            }
            DecodeRequest::DecodeFec { samples, .. } | DecodeRequest::Conceal { samples } => {
                samples
            }
        };
        if self.conceal(samples, out).is_err() {
            out.resize(before + samples, 0.0);
        }
    }

    /// Requests that libopus failed to decode since the start.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.errors
    }

    fn conceal(&mut self, samples: usize, out: &mut Vec<f32>) -> Result<(), CodecError> {
        let end = out.len() + samples;
        while out.len() < end {
            let piece = (end - out.len())
                .next_multiple_of(CONCEAL_STEP)
                .min(MAX_CONCEAL);
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
