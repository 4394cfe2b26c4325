//! As much of DTLS 1.2 (RFC 6347 §4) as tells a retransmitted handshake message from a new one.

use crate::stun::{relayed, u16_at};

/// Bytes of a record header, and of a handshake message header.
const RECORD_HEADER: usize = 13;
const MESSAGE_HEADER: usize = 12;
/// Record types.
const CHANGE_CIPHER_SPEC: u8 = 20;
const HANDSHAKE: u8 = 22;

/// A handshake message or a fragment of one: `message_seq` and `fragment_offset`.
pub(super) type Fragment = (u16, u32);

/// The unencrypted handshake fragments in a datagram, relayed or not; `None` if it is not part of a handshake.
pub(super) fn handshake_fragments(datagram: &[u8]) -> Option<Vec<Fragment>> {
    let mut rest = relayed(datagram).map_or(datagram, |relayed| relayed.content);
    if !matches!(rest.first()?, &(HANDSHAKE | CHANGE_CIPHER_SPEC)) {
        return None;
    }
    let mut fragments = Vec::new();
    while let Some((header, after)) = rest.split_at_checked(RECORD_HEADER) {
        let (content, next) = after.split_at_checked(u16_at(header, 11)?.into())?;
        // Records of later epochs are encrypted.
        if header[0] == HANDSHAKE && u16_at(header, 3)? == 0 {
            read_messages(content, &mut fragments)?;
        }
        rest = next;
    }
    Some(fragments)
}

fn read_messages(mut content: &[u8], fragments: &mut Vec<Fragment>) -> Option<()> {
    while !content.is_empty() {
        let (header, after) = content.split_at_checked(MESSAGE_HEADER)?;
        fragments.push((u16_at(header, 4)?, u24_at(header, 6)?));
        let length = usize::try_from(u24_at(header, 9)?).ok()?;
        content = after.get(length..)?;
    }
    Some(())
}

fn u24_at(bytes: &[u8], at: usize) -> Option<u32> {
    let three = bytes.get(at..at + 3)?;
    Some(u32::from_be_bytes([0, three[0], three[1], three[2]]))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::stun::tests::{channel_data, data_indication};
    use proptest::prelude::*;

    pub(in super::super) fn record(kind: u8, epoch: u16, content: &[u8]) -> Vec<u8> {
        let mut record = vec![kind, 254, 253];
        record.extend(epoch.to_be_bytes());
        record.extend([0; 6]);
        record.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
        record.extend(content);
        record
    }

    pub(in super::super) fn message(sequence: u16, offset: u8) -> Vec<u8> {
        let mut message = vec![1, 0, 0, 40];
        message.extend(sequence.to_be_bytes());
        message.extend([0, 0, offset, 0, 0, 20]);
        message.extend([7; 20]);
        message
    }

    #[test]
    fn fragments_are_found_in_every_record_except_encrypted_ones() {
        let two = [message(3, 0), message(4, 20)].concat();
        let datagram = [
            record(HANDSHAKE, 0, &two),
            record(HANDSHAKE, 0, &message(5, 0)),
            record(CHANGE_CIPHER_SPEC, 0, &[1]),
            record(HANDSHAKE, 1, &[99; 40]),
        ]
        .concat();
        assert_eq!(
            handshake_fragments(&datagram),
            Some(vec![(3, 0), (4, 20), (5, 0)])
        );
        let encrypted = record(HANDSHAKE, 1, &[99; 40]);
        assert_eq!(handshake_fragments(&encrypted), Some(vec![]));
    }

    #[test]
    fn media_checks_and_data_are_not_handshakes() {
        for first in [0, 1, 128, 23, 21, 64, 79] {
            let mut datagram = record(HANDSHAKE, 0, &message(0, 0));
            datagram[0] = first;
            assert_eq!(handshake_fragments(&datagram), None, "{first}");
        }
        assert_eq!(handshake_fragments(&[]), None);
    }

    #[test]
    fn relayed_handshakes_are_recognised() {
        let inner = record(HANDSHAKE, 0, &message(2, 0));
        for datagram in [channel_data(&inner), data_indication(1, &inner)] {
            assert_eq!(handshake_fragments(&datagram), Some(vec![(2, 0)]));
        }
    }

    proptest! {
        #[test]
        fn any_datagram_can_be_read(first in 0..90u8, rest in prop::collection::vec(any::<u8>(), 0..200)) {
            let datagram: Vec<u8> = std::iter::once(first).chain(rest).collect();
            let _ = handshake_fragments(&datagram);
        }
    }
}
