//! The VP8 payload format (RFC 7741).

use bytes::{BufMut, Bytes, BytesMut};

/// Bytes of the payload descriptor we write: the mandatory byte, the extension bits, a 15-bit picture ID.
const DESCRIPTOR: usize = 4;

/// Why a received payload is not VP8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Malformed {
    /// Shorter than its descriptor.
    Truncated,
}

/// One received payload without its descriptor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Payload {
    /// First payload of its frame: S = 1 and partition index 0.
    pub(crate) starts_frame: bool,
    /// Only meaningful if `starts_frame`: the inverse P bit of the frame header (RFC 6386 §9.1).
    pub(crate) keyframe: bool,
    /// Part of the encoded frame.
    pub(crate) data: Bytes,
}

/// Splits one encoded frame into payloads of at most `max_payload` bytes, descriptor included.
///
/// All payloads of a frame have nearly the same size: a short last packet would arrive early and look like a falling
/// delay to a delay-based bandwidth estimate.
pub(crate) fn packetize(frame: &Bytes, picture_id: u16, max_payload: usize) -> Vec<Bytes> {
    let room = max_payload.saturating_sub(DESCRIPTOR).max(1);
    let count = frame.len().div_ceil(room).max(1);
    let (base, longer) = (frame.len() / count, frame.len() % count);
    let mut payloads = Vec::with_capacity(count);
    let mut at = 0;
    for index in 0..count {
        let size = base + usize::from(index < longer);
        let mut payload = BytesMut::with_capacity(DESCRIPTOR + size);
        // X = 1; S = 1 on the first. Partitions are not marked: a frame is delivered whole or not at all.
        payload.put_u8(if index == 0 { 0x90 } else { 0x80 });
        payload.put_u8(0x80); // I = 1: a picture ID follows.
        payload.put_u16(0x8000 | (picture_id & 0x7fff)); // M = 1: of 15 bits.
        payload.put_slice(&frame[at..at + size]);
        at += size;
        payloads.push(payload.freeze());
    }
    payloads
}

/// Parses a received payload.
pub(crate) fn parse(payload: &Bytes) -> Result<Payload, Malformed> {
    let byte = |index: usize| payload.get(index).copied().ok_or(Malformed::Truncated);
    let first = byte(0)?;
    let mut at = 1;
    if first & 0x80 != 0 {
        let extension = byte(at)?;
        at += 1;
        if extension & 0x80 != 0 {
            at += if byte(at)? & 0x80 != 0 { 2 } else { 1 };
        }
        if extension & 0x40 != 0 {
            at += 1;
        }
        if extension & 0x30 != 0 {
            at += 1;
        }
    }
    let starts_frame = first & 0x10 != 0 && first & 0x07 == 0;
    // A descriptor alone carries no part of a frame.
    let head = byte(at)?;
    Ok(Payload {
        starts_frame,
        keyframe: starts_frame && head & 1 == 0,
        data: payload.slice(at..),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn payloads_reassemble_to_the_frame(
            frame in prop::collection::vec(any::<u8>(), 1..5000),
            picture_id: u16,
            max in 5usize..1300,
        ) {
            let payloads = packetize(&Bytes::from(frame.clone()), picture_id, max);
            let mut whole = Vec::new();
            for (index, payload) in payloads.iter().enumerate() {
                prop_assert!(payload.len() <= max);
                let parsed = parse(payload).unwrap();
                prop_assert_eq!(parsed.starts_frame, index == 0);
                if index == 0 {
                    prop_assert_eq!(parsed.keyframe, frame[0] & 1 == 0);
                }
                whole.extend_from_slice(&parsed.data);
            }
            prop_assert_eq!(whole, frame);
        }

        #[test]
        fn payload_sizes_differ_by_at_most_one_byte(length in 1usize..20_000) {
            let sizes: Vec<usize> = packetize(&Bytes::from(vec![1; length]), 0, 1160).iter().map(Bytes::len).collect();
            prop_assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1);
        }

        #[test]
        fn junk_never_panics(junk in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = parse(&Bytes::from(junk));
        }
    }

    #[test]
    fn a_descriptor_with_every_extension_is_parsed() {
        let payload = Bytes::from_static(&[0x90, 0xf0, 0x81, 0x02, 0x11, 0x60, 0x9c, 7]);
        let parsed = parse(&payload).unwrap();
        assert!(parsed.starts_frame && parsed.keyframe);
        assert_eq!(&parsed.data[..], &[0x9c, 7]);
    }

    #[test]
    fn a_descriptor_alone_is_malformed() {
        assert_eq!(
            parse(&Bytes::from_static(&[0x10])),
            Err(Malformed::Truncated)
        );
        assert_eq!(parse(&Bytes::new()), Err(Malformed::Truncated));
    }
}
