//! RFC 6455 framing: what tungstenite's client writes is read, what we write its client reads, and nothing
//! that breaks the rules passes.

use maru_signaling::frames::{self, Frame, Violation};
use proptest::prelude::*;
use tokio_tungstenite::tungstenite::protocol::frame::{
    Frame as Theirs, FrameHeader,
    coding::{Data, OpCode},
};

fn masked(payload: &[u8], last: bool, mask: [u8; 4]) -> Vec<u8> {
    let mut frame = Theirs::message(payload.to_vec(), OpCode::Data(Data::Text), last);
    frame.header_mut().mask = Some(mask);
    let mut bytes = Vec::new();
    frame.format(&mut bytes).expect("writes to memory");
    bytes
}

/// Lengths around every change of the header's form, and around the limit.
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
    fn any_frame_of_a_client_is_read_whole_however_it_is_cut(
        payload in payload(),
        mask in any::<[u8; 4]>(),
        last in any::<bool>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let bytes = masked(&payload, last, mask);
        let too_large = payload.len() > 65_536;
        let mut part = bytes[..cut.index(bytes.len())].to_vec();
        match frames::parse(&mut part) {
            Ok(frame) => prop_assert!(frame.is_none()),
            Err(violation) => prop_assert!(too_large && violation == Violation::TooLarge),
        }
        let mut whole = bytes.clone();
        whole.extend_from_slice(b"next");
        match frames::parse(&mut whole) {
            Ok(Some((frame, length))) => {
                prop_assert_eq!(length, bytes.len());
                prop_assert_eq!(frame, Frame::Data { opcode: 1, last, payload: &payload });
            }
            other => prop_assert!(too_large && matches!(other, Err(Violation::TooLarge))),
        }
    }

    #[test]
    fn what_we_write_a_client_reads(payload in payload()) {
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
    fn nothing_panics(mut bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = frames::parse(&mut bytes);
    }
}

#[test]
fn what_breaks_the_rules_is_refused() {
    let cases: [(&str, &[u8], Violation); 9] = [
        ("not masked", &[0x81, 0x01, b'a'], Violation::Protocol),
        (
            "reserved bit 1",
            &[0xc1, 0x80, 0, 0, 0, 0],
            Violation::Protocol,
        ),
        (
            "reserved bit 3",
            &[0x91, 0x80, 0, 0, 0, 0],
            Violation::Protocol,
        ),
        (
            "reserved data opcode",
            &[0x83, 0x80, 0, 0, 0, 0],
            Violation::Protocol,
        ),
        (
            "reserved control opcode",
            &[0x8b, 0x80, 0, 0, 0, 0],
            Violation::Protocol,
        ),
        (
            "fragmented ping",
            &[0x09, 0x80, 0, 0, 0, 0],
            Violation::Protocol,
        ),
        ("long ping", &[0x89, 0xfe, 0, 200], Violation::Protocol),
        (
            "length not minimal",
            &[0x81, 0xfe, 0, 5],
            Violation::Protocol,
        ),
        (
            "announces a gigabyte",
            &[0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0],
            Violation::TooLarge,
        ),
    ];
    for (what, bytes, violation) in cases {
        assert_eq!(frames::parse(&mut bytes.to_vec()), Err(violation), "{what}");
    }
}

#[test]
fn a_close_reason_is_cut_between_characters() {
    let mut bytes = Vec::new();
    frames::write_close(4401, &"방".repeat(60), &mut bytes);
    assert_eq!(usize::from(bytes[1]), bytes.len() - 2);
    assert!(bytes[1] <= 125 && std::str::from_utf8(&bytes[4..]).is_ok());
}
