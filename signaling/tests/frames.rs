//! RFC 6455 framing, checked against tungstenite.

use maru_signaling::frames::{self, Frame, FrameError};
use proptest::prelude::*;
use tokio_tungstenite::tungstenite::protocol::frame::{
    Frame as TungsteniteFrame, FrameHeader,
    coding::{Data, OpCode},
};

fn masked(payload: &[u8], fin: bool, mask: [u8; 4]) -> Vec<u8> {
    let mut frame = TungsteniteFrame::message(payload.to_vec(), OpCode::Data(Data::Text), fin);
    frame.header_mut().mask = Some(mask);
    let mut bytes = Vec::new();
    frame.format(&mut bytes).expect("writes to memory");
    bytes
}

/// Payloads of lengths around each change of the header's length, and around the limit.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![
        0..130usize,
        120..300usize,
        Just(65_535),
        Just(65_536),
        Just(65_537)
    ];
    (length, any::<u8>()).prop_map(|(length, seed)| {
        (0..length)
            .map(|index| index.wrapping_mul(31).to_le_bytes()[0] ^ seed)
            .collect()
    })
}

proptest! {
    #[test]
    fn a_client_frame_is_parsed_once_it_is_complete(
        payload in payload(),
        mask in any::<[u8; 4]>(),
        fin in any::<bool>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let bytes = masked(&payload, fin, mask);
        let too_large = payload.len() > 65_536;
        let mut part = bytes[..cut.index(bytes.len())].to_vec();
        match frames::parse(&mut part) {
            Ok(frame) => prop_assert!(frame.is_none()),
            Err(error) => prop_assert!(too_large && error == FrameError::TooLarge),
        }
        let mut whole = bytes.clone();
        whole.extend_from_slice(b"next");
        match frames::parse(&mut whole) {
            Ok(Some((frame, length))) => {
                prop_assert_eq!(length, bytes.len());
                prop_assert_eq!(frame, Frame::Data { opcode: frames::TEXT, fin, payload: &payload });
            }
            other => prop_assert!(too_large && matches!(other, Err(FrameError::TooLarge))),
        }
    }

    #[test]
    fn a_written_frame_is_read_by_tungstenite(payload in payload()) {
        let mut bytes = Vec::new();
        frames::write(frames::TEXT, &payload, &mut bytes);
        let mut cursor = std::io::Cursor::new(&bytes);
        let (header, length) = FrameHeader::parse(&mut cursor).expect("valid").expect("whole");
        prop_assert!(header.is_final && header.mask.is_none());
        prop_assert_eq!(header.opcode, OpCode::Data(Data::Text));
        prop_assert_eq!(usize::try_from(length).expect("fits"), payload.len());
        let start = usize::try_from(cursor.position()).expect("fits");
        prop_assert_eq!(&bytes[start..], &payload[..]);
    }

    #[test]
    fn random_bytes_do_not_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = frames::parse(&mut bytes);
    }
}

#[test]
fn invalid_frames_are_refused() {
    let cases: [(&str, &[u8]); 8] = [
        ("not masked", &[0x81, 0x01, b'a']),
        ("reserved bit 1", &[0xc1, 0x80, 0, 0, 0, 0]),
        ("reserved bit 3", &[0x91, 0x80, 0, 0, 0, 0]),
        ("reserved data opcode", &[0x83, 0x80, 0, 0, 0, 0]),
        ("reserved control opcode", &[0x8b, 0x80, 0, 0, 0, 0]),
        ("fragmented ping", &[0x09, 0x80, 0, 0, 0, 0]),
        ("long ping", &[0x89, 0xfe, 0, 200]),
        ("length not minimal", &[0x81, 0xfe, 0, 5]),
    ];
    for (what, bytes) in cases {
        let result = frames::parse(&mut bytes.to_vec()).map(|_| ());
        assert_eq!(result, Err(FrameError::Protocol), "{what}");
    }
    let mut gigabyte = [0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0];
    assert_eq!(frames::parse(&mut gigabyte), Err(FrameError::TooLarge));
}

#[test]
fn a_close_reason_is_cut_between_characters() {
    let mut bytes = Vec::new();
    frames::write_close(4401, &"방".repeat(60), &mut bytes);
    assert_eq!(usize::from(bytes[1]), bytes.len() - 2);
    assert!(bytes[1] <= 125 && std::str::from_utf8(&bytes[4..]).is_ok());
}
