//! WebSocket framing (RFC 6455 §5.2), the client's side.

/// Opcodes of RFC 6455 §11.8.
pub const TEXT: u8 = 1;
/// Close, §5.5.1.
pub const CLOSE: u8 = 8;
/// Ping, §5.5.2.
pub const PING: u8 = 9;
/// Pong, §5.5.3.
pub const PONG: u8 = 10;

/// A fixed masking key, so that a frame is encoded once and sent many times. A random key protects against an attack that
/// cannot happen here. Not zero, so that the server has to unmask.
const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// Appends one masked frame to `out`.
pub fn encode(opcode: u8, payload: &[u8], out: &mut Vec<u8>) {
    out.push(0x80 | opcode);
    match payload.len() {
        length @ 0..126 => out.push(0x80 | length as u8),
        length => match u16::try_from(length) {
            Ok(length) => {
                out.push(0x80 | 126);
                out.extend_from_slice(&length.to_be_bytes());
            }
            Err(_) => {
                out.push(0x80 | 127);
                out.extend_from_slice(&(length as u64).to_be_bytes());
            }
        },
    }
    out.extend_from_slice(&KEY);
    out.extend(
        payload
            .iter()
            .zip(KEY.iter().cycle())
            .map(|(byte, key)| byte ^ key),
    );
}

/// One text frame.
#[must_use]
pub fn text(payload: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len() + 8);
    encode(TEXT, payload.as_bytes(), &mut out);
    out
}

/// Removes the first complete frame from `bytes` and returns its opcode and payload. `None` when it is incomplete.
pub fn decode<'a>(bytes: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (head, short) = (*bytes.first()?, *bytes.get(1)? & 0x7f);
    let (length, start): (usize, usize) = match short {
        126 => (
            usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?)),
            4,
        ),
        127 => (
            usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?,
            10,
        ),
        short => (usize::from(short), 2),
    };
    let payload = bytes.get(start..start.checked_add(length)?)?;
    *bytes = &bytes[start + length..];
    Some((head & 0x0f, payload))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_complete_frames_only() {
        for length in [0_usize, 125, 126, 65_535, 65_536] {
            // Without a mask, as a server sends it.
            let mut bytes = vec![0x81];
            match length {
                0..126 => bytes.push(length as u8),
                126..65_536 => bytes.extend([126, (length >> 8) as u8, length as u8]),
                _ => {
                    bytes.push(127);
                    bytes.extend((length as u64).to_be_bytes());
                }
            }
            bytes.extend(std::iter::repeat_n(b'a', length));
            assert!(decode(&mut &bytes[..bytes.len() - 1]).is_none());
            bytes.push(0x8a);
            let mut rest = &bytes[..];
            let (opcode, payload) = decode(&mut rest).unwrap();
            assert_eq!((opcode, payload.len(), rest), (TEXT, length, &[0x8a][..]));
        }
    }

    #[test]
    fn masks_sent_frames() {
        let bytes = text("hello");
        assert_eq!(bytes[..2], [0x81, 0x85]);
        let unmasked: Vec<u8> = bytes[6..]
            .iter()
            .zip(bytes[2..6].iter().cycle())
            .map(|(a, b)| a ^ b)
            .collect();
        assert_eq!(unmasked, b"hello");
    }
}
