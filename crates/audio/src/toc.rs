//! Reads an Opus packet's table-of-contents (TOC) byte and frame lengths without decoding it (RFC 6716 §3).
//!
//! The jitter buffer needs a packet's duration, and whether it carries FEC or announces silence. libopus has a
//! function for the duration only, and does not validate there. Packets come from the network, so all rules of
//! §3.4 are checked before a packet is buffered.

use crate::units::samples_u32;

/// Maximum duration of a packet (RFC 6716 §3.4, R5), in samples.
pub const MAX_PACKET_SAMPLES: u32 = samples_u32(120);
/// Maximum size of a compressed frame (RFC 6716 §3.4, R2), in bytes.
pub const MAX_FRAME_BYTES: usize = 1275;
/// A packet up to this size carries no audio: the encoder sends it during DTX (RFC 6716 §2.1.9). In bytes.
pub const MAX_DTX_BYTES: usize = 2;

/// Why bytes are not an Opus packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPacket {
    /// Not even a table-of-contents byte (R1).
    #[error("the packet is empty")]
    Empty,
    /// A frame is longer than 1275 bytes (R2).
    #[error("a frame of {0} bytes is too long")]
    FrameTooLong(usize),
    /// The bytes do not divide evenly into frames (R3, R6).
    #[error("{bytes} bytes do not divide into {frames} equal frames")]
    Uneven {
        /// Bytes left for the frames.
        bytes: usize,
        /// Frames that share them.
        frames: usize,
    },
    /// A length points past the end (R4, R6, R7).
    #[error("the packet ends before its frames do")]
    Truncated,
    /// No frame, or more than 120 ms of them (R5).
    #[error("{0} frames of this length are not allowed")]
    FrameCount(u8),
}

/// Properties of an Opus packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacketInfo {
    /// Samples per channel at 48 kHz; at most [`MAX_PACKET_SAMPLES`].
    pub duration: u32,
    /// Frames in the packet, 1 to 48.
    pub frames: u8,
    /// Coded in stereo.
    pub stereo: bool,
    /// Carries a low-bitrate copy of the packet before it: in-band forward error correction (FEC, §2.1.7).
    pub fec: bool,
    /// Carries no audio: the sender announces silence (DTX, §2.1.9).
    pub dtx: bool,
}

impl PacketInfo {
    /// Validates and reads a packet.
    ///
    /// # Errors
    ///
    /// When the packet violates RFC 6716 §3.4.
    pub fn parse(packet: &[u8]) -> Result<Self, InvalidPacket> {
        let (&toc, body) = packet.split_first().ok_or(InvalidPacket::Empty)?;
        let configuration = toc >> 3;
        let stereo = toc & 0b100 != 0;
        let frame = frame_duration(configuration);
        let (frames, first) = match toc & 0b11 {
            0 => (1, frame_of(body, body.len())?),
            1 => (2, first_of_equal(body, 2)?),
            2 => (2, first_of_two(body)?),
            _ => first_of_many(body, frame)?,
        };
        Ok(Self {
            duration: frame * u32::from(frames),
            frames,
            stereo,
            fec: has_fec(configuration, stereo, first),
            dtx: packet.len() <= MAX_DTX_BYTES,
        })
    }
}

/// Samples of one frame (RFC 6716 table 2).
fn frame_duration(configuration: u8) -> u32 {
    match configuration {
        // SILK
        0..12 => [480, 960, 1920, 2880][usize::from(configuration & 3)],
        // Hybrid
        12..16 => [480, 960][usize::from(configuration & 1)],
        // CELT
        _ => [120, 240, 480, 960][usize::from(configuration & 3)],
    }
}

/// A SILK frame begins with one voice-activity flag per 20 ms and then the LBRR (low-bitrate redundancy) flag
/// (§4.2.3), first for the mid, then for the side channel. Each is the range coder's first symbol with a
/// probability of one half, hence a plain bit (§4.1.3.1). CELT has no such redundancy.
fn has_fec(configuration: u8, stereo: bool, first_frame: &[u8]) -> bool {
    let Some(&flags) = first_frame.first() else {
        return false;
    };
    let vad_flags = match configuration {
        0..12 => [1, 1, 2, 3][usize::from(configuration & 3)],
        12..16 => 1,
        _ => return false,
    };
    let bit = |index: u32| flags & (0x80 >> index) != 0;
    bit(vad_flags) || (stereo && bit(2 * vad_flags + 1))
}

fn frame_of(body: &[u8], length: usize) -> Result<&[u8], InvalidPacket> {
    if length > MAX_FRAME_BYTES {
        return Err(InvalidPacket::FrameTooLong(length));
    }
    body.get(..length).ok_or(InvalidPacket::Truncated)
}

fn first_of_equal(body: &[u8], frames: usize) -> Result<&[u8], InvalidPacket> {
    if !body.len().is_multiple_of(frames) {
        return Err(InvalidPacket::Uneven {
            bytes: body.len(),
            frames,
        });
    }
    frame_of(body, body.len() / frames)
}

fn first_of_two(body: &[u8]) -> Result<&[u8], InvalidPacket> {
    let (length, body) = frame_length(body)?;
    let first = frame_of(body, length)?;
    frame_of(&body[length..], body.len() - length)?;
    Ok(first)
}

fn first_of_many(body: &[u8], frame: u32) -> Result<(u8, &[u8]), InvalidPacket> {
    let (&count, body) = body.split_first().ok_or(InvalidPacket::Truncated)?;
    let frames = count & 0x3f;
    if frames == 0 || frame * u32::from(frames) > MAX_PACKET_SAMPLES {
        return Err(InvalidPacket::FrameCount(frames));
    }
    let body = if count & 0x40 == 0 {
        body
    } else {
        without_padding(body)?
    };
    if count & 0x80 == 0 {
        return Ok((frames, first_of_equal(body, usize::from(frames))?));
    }
    // VBR: the lengths of all frames but the last come before the first frame.
    let mut rest = body;
    let mut first = None;
    let mut sum = 0;
    for _ in 1..frames {
        let (length, after) = frame_length(rest)?;
        if length > MAX_FRAME_BYTES {
            return Err(InvalidPacket::FrameTooLong(length));
        }
        first.get_or_insert(length);
        sum += length;
        rest = after;
    }
    let last = rest
        .len()
        .checked_sub(sum)
        .ok_or(InvalidPacket::Truncated)?;
    if last > MAX_FRAME_BYTES {
        return Err(InvalidPacket::FrameTooLong(last));
    }
    Ok((frames, frame_of(rest, first.unwrap_or(last))?))
}

/// The bytes between the padding's length and the padding (§3.2.5). A length byte of 255 means 254, and that
/// another length byte follows.
fn without_padding(mut body: &[u8]) -> Result<&[u8], InvalidPacket> {
    let mut padding = 0;
    loop {
        let (&length, after) = body.split_first().ok_or(InvalidPacket::Truncated)?;
        body = after;
        if length == 255 {
            padding += 254;
        } else {
            padding += usize::from(length);
            break;
        }
    }
    let end = body
        .len()
        .checked_sub(padding)
        .ok_or(InvalidPacket::Truncated)?;
    Ok(&body[..end])
}

/// Reads a frame's length from one or two bytes (§3.2.1). Returns it and the bytes after it.
fn frame_length(body: &[u8]) -> Result<(usize, &[u8]), InvalidPacket> {
    match *body {
        [short @ 0..252, ref after @ ..] => Ok((usize::from(short), after)),
        [long, more, ref after @ ..] => Ok((usize::from(more) * 4 + usize::from(long), after)),
        _ => Err(InvalidPacket::Truncated),
    }
}
