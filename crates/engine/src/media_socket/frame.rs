//! The header of a frame: see `ui/src/engine/native/wire.ts`, which is the same in TypeScript.

use bytes::{BufMut, Bytes, BytesMut};

use crate::StreamId;

/// Octets before the payload.
pub(crate) const HEADER: usize = 16;
/// Largest frame in bytes. `maru-peer` sends at most half of this.
pub(crate) const MAX_PAYLOAD: usize = 2 << 20;
/// Largest message of the socket.
pub(crate) const MAX_MESSAGE: usize = HEADER + MAX_PAYLOAD;
const VIDEO: u8 = 1;
const KEYFRAME: u8 = 1;

/// What is told about a VP8 frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// Which stream.
    pub(crate) stream: StreamId,
    /// It needs no other.
    pub(crate) keyframe: bool,
    /// To the page: show it so many milliseconds after it arrived, to stay with the voice.
    pub(crate) hold: u16,
    /// When it was captured, 90,000 a second, wrapping.
    pub(crate) timestamp: u32,
}

impl Header {
    /// Reads a message; `None` for what is not a frame.
    pub(crate) fn split(mut message: Bytes) -> Option<(Self, Bytes)> {
        if message.len() <= HEADER || message.len() > MAX_MESSAGE || message[0] != VIDEO {
            return None;
        }
        let payload = message.split_off(HEADER);
        let number = |at: usize| {
            message
                .get(at..at + 4)
                .and_then(|octets| octets.try_into().ok())
                .map(u32::from_le_bytes)
        };
        let header = Self {
            keyframe: message[1] & KEYFRAME != 0,
            hold: u16::from_le_bytes([message[2], message[3]]),
            stream: number(4)?,
            timestamp: number(8)?,
        };
        Some((header, payload))
    }

    /// A message. The one copy of a frame on its way to the page: the header cannot be sent by itself.
    pub(crate) fn join(self, payload: &[u8]) -> Bytes {
        let mut message = BytesMut::with_capacity(HEADER + payload.len());
        message.put_u8(VIDEO);
        message.put_u8(if self.keyframe { KEYFRAME } else { 0 });
        message.put_u16_le(self.hold);
        message.put_u32_le(self.stream);
        message.put_u32_le(self.timestamp);
        message.put_u32_le(0);
        message.put_slice(payload);
        message.freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_joined_splits_into_the_same(
            stream in any::<u32>(), keyframe in any::<bool>(), hold in any::<u16>(), timestamp in any::<u32>(),
            payload in proptest::collection::vec(any::<u8>(), 1..2000),
        ) {
            let header = Header { stream, keyframe, hold, timestamp };
            let (read, rest) = Header::split(header.join(&payload)).unwrap();
            prop_assert_eq!(read, header);
            prop_assert_eq!(&rest[..], &payload[..]);
        }

        #[test]
        fn anything_else_is_refused_without_a_panic(message in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Some((header, payload)) = Header::split(Bytes::from(message.clone())) {
                prop_assert_eq!(payload.len() + HEADER, message.len());
                prop_assert_eq!(header.keyframe, message[1] & 1 == 1);
            }
        }
    }
}
