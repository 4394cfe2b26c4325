//! As much of DTLS 1.2 (RFC 6347 §4), STUN and TURN as tells a repeated handshake message from a new one.

/// Bytes before a record's content, and before a handshake message's.
const RECORD: usize = 13;
const MESSAGE: usize = 12;
const CHANGE_CIPHER_SPEC: u8 = 20;
const HANDSHAKE: u8 = 22;
/// STUN's header, and the TURN indications and attribute that carry somebody's datagram (RFC 8656 §11).
const STUN: usize = 20;
const SEND: u16 = 0x0016;
const DATA: u16 = 0x0017;
const DATA_ATTRIBUTE: u16 = 0x0013;

/// A handshake message, or the fragment of one: its number, and where in it the fragment begins.
pub(super) type Fragment = (u16, u32);

/// What of a handshake a datagram carries in the clear; `None` where it is no part of one.
pub(super) fn handshake(datagram: &[u8]) -> Option<Vec<Fragment>> {
    let mut rest = unwrap(datagram)?;
    if !matches!(rest.first()?, &(HANDSHAKE | CHANGE_CIPHER_SPEC)) {
        return None;
    }
    let mut fragments = Vec::new();
    while let Some((header, after)) = rest.split_at_checked(RECORD) {
        let (content, next) = after.split_at_checked(number(header, 11)?.into())?;
        // Encrypted once the epoch is not 0.
        if header[0] == HANDSHAKE && number(header, 3)? == 0 {
            messages(content, &mut fragments)?;
        }
        rest = next;
    }
    Some(fragments)
}

fn messages(mut content: &[u8], fragments: &mut Vec<Fragment>) -> Option<()> {
    while !content.is_empty() {
        let (header, after) = content.split_at_checked(MESSAGE)?;
        fragments.push((number(header, 4)?, wide(header, 6)?));
        let length = usize::try_from(wide(header, 9)?).ok()?;
        content = after.get(length..)?;
    }
    Some(())
}

/// What travels inside where a TURN server relays it.
fn unwrap(datagram: &[u8]) -> Option<&[u8]> {
    match datagram.first()? {
        20..=63 => Some(datagram),
        // ChannelData (RFC 8656 §12.4).
        64..=79 => {
            let length = number(datagram, 2)?;
            datagram.get(4..4 + usize::from(length))
        }
        0 if matches!(number(datagram, 0)?, SEND | DATA) => {
            let mut attributes = datagram.get(STUN..)?;
            loop {
                let (kind, length) = (number(attributes, 0)?, number(attributes, 2)?);
                let length = usize::from(length);
                if kind == DATA_ATTRIBUTE {
                    return attributes.get(4..4 + length);
                }
                attributes = attributes.get(4 + length.next_multiple_of(4)..)?;
            }
        }
        _ => None,
    }
}

fn number(octets: &[u8], at: usize) -> Option<u16> {
    let two = octets.get(at..at + 2)?;
    Some(u16::from_be_bytes([two[0], two[1]]))
}

/// Of three octets.
fn wide(octets: &[u8], at: usize) -> Option<u32> {
    let three = octets.get(at..at + 3)?;
    Some(u32::from_be_bytes([0, three[0], three[1], three[2]]))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
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
    fn fragments_are_found_in_every_record_and_nothing_is_read_from_encrypted_ones() {
        let two = [message(3, 0), message(4, 20)].concat();
        let datagram = [
            record(HANDSHAKE, 0, &two),
            record(HANDSHAKE, 0, &message(5, 0)),
            record(CHANGE_CIPHER_SPEC, 0, &[1]),
            record(HANDSHAKE, 1, &[99; 40]),
        ]
        .concat();
        assert_eq!(handshake(&datagram), Some(vec![(3, 0), (4, 20), (5, 0)]));
        assert_eq!(handshake(&record(HANDSHAKE, 1, &[99; 40])), Some(vec![]));
    }

    #[test]
    fn media_checks_and_data_are_none() {
        for first in [0, 1, 128, 23, 21, 64, 79] {
            let mut datagram = record(HANDSHAKE, 0, &message(0, 0));
            datagram[0] = first;
            assert_eq!(handshake(&datagram), None, "{first}");
        }
        assert_eq!(handshake(&[]), None);
    }

    #[test]
    fn what_a_relay_carries_is_seen() {
        let inside = record(HANDSHAKE, 0, &message(2, 0));
        let length = u16::try_from(inside.len()).unwrap().to_be_bytes();
        let channel = [&[0x40, 1], &length[..], &inside].concat();
        assert_eq!(handshake(&channel), Some(vec![(2, 0)]));
        let peer = [0, 0x12, 0, 8, 0, 1, 2, 3, 4, 5, 6, 7];
        let data = [&[0, 0x13], &length[..], &inside].concat();
        let indication = [&[0, 0x17][..], &[0; 18], &peer, &data].concat();
        assert_eq!(handshake(&indication), Some(vec![(2, 0)]));
    }

    proptest! {
        #[test]
        fn nothing_that_arrives_is_too_odd(first in 0..90u8, rest in prop::collection::vec(any::<u8>(), 0..200)) {
            let datagram: Vec<u8> = std::iter::once(first).chain(rest).collect();
            let _ = handshake(&datagram);
        }
    }
}
