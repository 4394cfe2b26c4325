//! What an Opus packet is, without decoding it (RFC 6716 §3).
//!
//! The jitter buffer must know how long a packet plays, whether it can stand in for the one before it, and
//! whether it announces silence. libopus answers only the first, and only for packets it was given to trust;
//! packets here come from the network, so all rules of §3.4 are checked before anything is queued.

use crate::samples_u32;

/// Longest a packet may play (RFC 6716 §3.4, R5), in samples.
pub const LONGEST_PACKET: u32 = samples_u32(120);
/// Longest compressed frame (RFC 6716 §3.4, R2), in bytes.
const LONGEST_FRAME: usize = 1275;
/// A packet of a table-of-contents byte and at most one more carries no sound: that is how DTX looks on the
/// wire (RFC 6716 §2.1.9; libopus returns such packets while it is silent).
const ANNOUNCEMENT: usize = 2;

/// Why bytes are not an Opus packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPacket {
    /// Not even a table-of-contents byte (R1).
    #[error("the packet is empty")]
    Empty,
    /// A frame is longer than 1275 bytes (R2).
    #[error("a frame of {0} bytes is too long")]
    FrameTooLong(usize),
    /// The frames do not divide what there is (R3, R6).
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

/// The outside of an Opus packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Samples per channel at 48 kHz; at most [`LONGEST_PACKET`].
    pub duration: u32,
    /// Frames in the packet, 1 to 48.
    pub frames: u8,
    /// Coded in stereo.
    pub stereo: bool,
    /// Carries a low-bit-rate copy of the packet before it: in-band forward error correction (FEC, §2.1.7).
    pub fec: bool,
    /// Carries no sound: the sender says that it will be silent (DTX, §2.1.9).
    pub silent: bool,
}

impl Shape {
    /// Reads a packet's shape.
    ///
    /// # Errors
    ///
    /// When the packet breaks a rule of RFC 6716 §3.4; no decoder would accept it.
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
            silent: packet.len() <= ANNOUNCEMENT,
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

/// SILK begins with one voice-activity flag per 20 ms and then the flag of the low-bit-rate redundancy
/// (§4.2.3), first for the middle, then for the side channel. Each is coded with a probability of one half as
/// the first thing in the range coder, so each is simply a bit (§4.1.3.1). CELT has no such redundancy.
fn has_fec(configuration: u8, stereo: bool, first_frame: &[u8]) -> bool {
    let Some(&flags) = first_frame.first() else {
        return false;
    };
    let voice_flags = match configuration {
        0..12 => [1, 1, 2, 3][usize::from(configuration & 3)],
        12..16 => 1,
        _ => return false,
    };
    let bit = |index: u32| flags & (0x80 >> index) != 0;
    bit(voice_flags) || (stereo && bit(2 * voice_flags + 1))
}

fn frame_of(body: &[u8], length: usize) -> Result<&[u8], InvalidPacket> {
    if length > LONGEST_FRAME {
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
    if frames == 0 || frame * u32::from(frames) > LONGEST_PACKET {
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
    // Variable lengths: all but the last are written down, one after the other, before the first frame.
    let mut rest = body;
    let mut first = None;
    let mut sum = 0;
    for _ in 1..frames {
        let (length, after) = frame_length(rest)?;
        if length > LONGEST_FRAME {
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
    if last > LONGEST_FRAME {
        return Err(InvalidPacket::FrameTooLong(last));
    }
    Ok((frames, frame_of(rest, first.unwrap_or(last))?))
}

/// The bytes between the padding's length and the padding (§3.2.5): 255 stands for 254 and another length.
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

/// A frame's length in one or two bytes (§3.2.1), and what follows it.
fn frame_length(body: &[u8]) -> Result<(usize, &[u8]), InvalidPacket> {
    match *body {
        [short @ 0..252, ref after @ ..] => Ok((usize::from(short), after)),
        [long, more, ref after @ ..] => Ok((usize::from(more) * 4 + usize::from(long), after)),
        _ => Err(InvalidPacket::Truncated),
    }
}
