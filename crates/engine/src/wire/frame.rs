//! An encoded video frame with its header. The layout is documented in `ui/src/engine/native/wire.ts`.

use bytes::{BufMut, Bytes, BytesMut};

use crate::ids::StreamId;

const HEADER_BYTES: usize = 16;
/// Largest frame. `maru-peer` sends at most half of this.
const MAX_PAYLOAD_BYTES: usize = 2 << 20;
/// Largest message of the socket.
pub(crate) const MAX_MESSAGE_BYTES: usize = HEADER_BYTES + MAX_PAYLOAD_BYTES;
/// The only kind of frame: VP8.
const KIND_VIDEO: u8 = 1;
const FLAG_KEYFRAME: u8 = 1;

/// The header of a VP8 frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    pub(crate) stream: StreamId,
    pub(crate) keyframe: bool,
    /// To the worker: milliseconds from arrival until the frame is to be decoded, for lip sync.
    pub(crate) playout_delay: u16,
    /// Capture time on the 90 kHz RTP clock, wrapping (RFC 7741 §4.1).
    pub(crate) timestamp: u32,
}

impl FrameHeader {
    /// Header and payload of a message; `None` if it is no frame.
    pub(crate) fn decode(mut message: Bytes) -> Option<(Self, Bytes)> {
        if message.len() <= HEADER_BYTES
            || message.len() > MAX_MESSAGE_BYTES
            || message[0] != KIND_VIDEO
        {
            return None;
        }
        let payload = message.split_off(HEADER_BYTES);
        let read_u32 = |at: usize| {
            message
                .get(at..at + 4)
                .and_then(|bytes| bytes.try_into().ok())
                .map(u32::from_le_bytes)
        };
        let header = Self {
            keyframe: message[1] & FLAG_KEYFRAME != 0,
            playout_delay: u16::from_le_bytes([message[2], message[3]]),
            stream: read_u32(4)?,
            timestamp: read_u32(8)?,
        };
        Some((header, payload))
    }

    /// The message. Copies the payload, the only copy on its way to the worker: WebSocket messages are contiguous.
    pub(crate) fn encode(self, payload: &[u8]) -> Bytes {
        let mut message = BytesMut::with_capacity(HEADER_BYTES + payload.len());
        message.put_u8(KIND_VIDEO);
        message.put_u8(if self.keyframe { FLAG_KEYFRAME } else { 0 });
        message.put_u16_le(self.playout_delay);
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
        fn decoding_reverses_encoding(
            stream in any::<u32>(), keyframe in any::<bool>(), playout_delay in any::<u16>(), timestamp in any::<u32>(),
            payload in proptest::collection::vec(any::<u8>(), 1..2000),
        ) {
            let header = FrameHeader { stream, keyframe, playout_delay, timestamp };
            let (read, rest) = FrameHeader::decode(header.encode(&payload)).unwrap();
            prop_assert_eq!(read, header);
            prop_assert_eq!(&rest[..], &payload[..]);
        }

        #[test]
        fn any_message_is_decoded_or_refused(message in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Some((header, payload)) = FrameHeader::decode(Bytes::from(message.clone())) {
                prop_assert_eq!(payload.len() + HEADER_BYTES, message.len());
                prop_assert_eq!(header.keyframe, message[1] & 1 == 1);
            }
        }
    }
}
