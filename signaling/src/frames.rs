//! WebSocket frames as a server receives and sends them (RFC 6455 §5), parsed in place in the caller's buffer.
//!
//! tungstenite is used only for the handshake's accept key, and as the client in tests. Its connection type owns a
//! read and a write buffer of several kilobytes each; with one buffer per thread an idle client needs none.

use maru_protocol::limits::MAX_FRAME_BYTES;

/// Opcode of a continuation frame.
pub const CONTINUATION: u8 = 0;
/// Opcode of a text message.
pub const TEXT: u8 = 1;
/// Opcode of a binary message.
pub const BINARY: u8 = 2;
/// Opcode of a close frame.
pub const CLOSE: u8 = 8;
/// Opcode of a ping.
pub const PING: u8 = 9;
/// Opcode of a pong.
pub const PONG: u8 = 10;

/// Size of the largest frame header: 2 bytes, an extended length of 8, and a mask of 4.
pub const MAX_HEADER_BYTES: usize = 14;

/// One complete frame, unmasked in place.
#[derive(Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// Part of a message, or all of it.
    Data {
        /// [`CONTINUATION`], [`TEXT`] or [`BINARY`].
        opcode: u8,
        /// Whether this is the last frame of the message.
        fin: bool,
        /// Unmasked payload.
        payload: &'a [u8],
    },
    /// Close, with its unmasked payload.
    Close(&'a [u8]),
    /// Ping, to be answered with the same payload.
    Ping(&'a [u8]),
    /// Pong.
    Pong,
}

/// Why a connection has to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Breaks RFC 6455.
    #[error("protocol error")]
    Protocol,
    /// Larger than [`MAX_FRAME_BYTES`].
    #[error("frame too large")]
    TooLarge,
    /// Text that is not UTF-8.
    #[error("invalid UTF-8")]
    NotUtf8,
    /// A binary message.
    #[error("binary message")]
    Binary,
}

impl FrameError {
    /// The close code for the client (RFC 6455 §7.4.1).
    #[must_use]
    pub const fn close_code(self) -> u16 {
        match self {
            Self::Protocol => 1002,
            Self::Binary => 1003,
            Self::NotUtf8 => 1007,
            Self::TooLarge => 1009,
        }
    }
}

/// Parses the frame at the start of `buffer`. Returns it with its length in bytes, header included, or `None` while
/// it is incomplete.
///
/// # Errors
/// [`FrameError::Protocol`] for a set RSV bit, as extensions are never negotiated (§5.2), for a frame without a mask
/// (§5.1), and for a malformed header. [`FrameError::TooLarge`] as soon as the header has arrived.
pub fn parse(buffer: &mut [u8]) -> Result<Option<(Frame<'_>, usize)>, FrameError> {
    let [first, second, ..] = *buffer else {
        return Ok(None);
    };
    let (fin, opcode) = (first & 0x80 != 0, first & 0x0f);
    let is_known = matches!(opcode, CONTINUATION..=BINARY | CLOSE..=PONG);
    if first & 0x70 != 0 || second & 0x80 == 0 || !is_known {
        return Err(FrameError::Protocol);
    }
    let short = second & 0x7f;
    let is_control = opcode >= CLOSE;
    if is_control && (!fin || short > 125) {
        return Err(FrameError::Protocol);
    }
    let (length, header) = match short {
        126 => {
            let Some(bytes) = buffer.get(2..4) else {
                return Ok(None);
            };
            let length = u64::from(u16::from_be_bytes([bytes[0], bytes[1]]));
            if length < 126 {
                return Err(FrameError::Protocol);
            }
            (length, 4)
        }
        127 => {
            let Some(bytes) = buffer.get(2..10) else {
                return Ok(None);
            };
            let mut long = [0; 8];
            long.copy_from_slice(bytes);
            let length = u64::from_be_bytes(long);
            if length <= u64::from(u16::MAX) || length >> 63 != 0 {
                return Err(FrameError::Protocol);
            }
            (length, 10)
        }
        _ => (u64::from(short), 2),
    };
    let length = usize::try_from(length)
        .ok()
        .filter(|&l| l <= MAX_FRAME_BYTES)
        .ok_or(FrameError::TooLarge)?;
    let total = header + 4 + length;
    if buffer.len() < total {
        return Ok(None);
    }
    let mut mask = [0; 4];
    mask.copy_from_slice(&buffer[header..header + 4]);
    let payload = &mut buffer[header + 4..total];
    unmask(payload, mask);
    let payload = &*payload;
    let frame = match opcode {
        CLOSE => Frame::Close(payload),
        PING => Frame::Ping(payload),
        PONG => Frame::Pong,
        _ => Frame::Data {
            opcode,
            fin,
            payload,
        },
    };
    Ok(Some((frame, total)))
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let wide = u64::from_ne_bytes([
        mask[0], mask[1], mask[2], mask[3], mask[0], mask[1], mask[2], mask[3],
    ]);
    let mut chunks = payload.chunks_exact_mut(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        chunk.copy_from_slice(&(u64::from_ne_bytes(word) ^ wide).to_ne_bytes());
    }
    for (byte, key) in chunks.into_remainder().iter_mut().zip(mask.iter().cycle()) {
        *byte ^= key;
    }
}

/// Appends an unmasked, final frame.
pub fn write(opcode: u8, payload: &[u8], out: &mut Vec<u8>) {
    write_header(opcode, payload.len(), out);
    out.extend_from_slice(payload);
}

/// Appends the header of an unmasked, final frame of `length` bytes.
pub fn write_header(opcode: u8, length: usize, out: &mut Vec<u8>) {
    out.push(0x80 | opcode);
    match u16::try_from(length) {
        #[expect(clippy::cast_possible_truncation, reason = "at most 125")]
        Ok(short) if short < 126 => out.push(short as u8),
        Ok(medium) => {
            out.push(126);
            out.extend_from_slice(&medium.to_be_bytes());
        }
        Err(_) => {
            out.push(127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
}

/// Appends a close frame with `code` and `reason`, which is cut to 123 bytes (§5.5.1).
pub fn write_close(code: u16, reason: &str, out: &mut Vec<u8>) {
    let mut end = reason.len().min(123);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    write_header(CLOSE, 2 + end, out);
    out.extend_from_slice(&code.to_be_bytes());
    out.extend_from_slice(&reason.as_bytes()[..end]);
}
