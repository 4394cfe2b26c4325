//! As much of STUN (RFC 8489 §5) as tells ICE's connectivity checks, and their answers, from everything else.

use super::limiter::Transaction;

const HEADER: usize = 20;
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const REQUEST: [u8; 2] = [0x00, 0x01];
const SUCCESS: [u8; 2] = [0x01, 0x01];
/// ICE's PRIORITY (RFC 8445 §7.1.1): what every check has, and no question to a STUN server.
const PRIORITY: u16 = 0x0024;
const SEND: [u8; 2] = [0x00, 0x16];
const DATA: [u8; 2] = [0x00, 0x17];
const PEER_ADDRESS: u16 = 0x0012;
const DATA_ATTRIBUTE: u16 = 0x0013;

/// A datagram of ICE, its transaction, and who it is for or from where a TURN server relays it; 0 where none does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ice {
    Check(Transaction, u64),
    Answer(Transaction, u64),
}

/// `None` for everything that is neither a check nor an answer.
pub(super) fn ice(datagram: &[u8]) -> Option<Ice> {
    match datagram.first()? {
        0 | 1 => {}
        // ChannelData (RFC 8656 §12.4).
        64..=79 => {
            let length = usize::from(number(datagram, 2)?);
            let channel = u64::from(number(datagram, 0)?);
            return plain(datagram.get(4..4 + length)?, channel);
        }
        _ => return None,
    }
    if matches!(datagram.get(..2)?.try_into().ok()?, SEND | DATA) {
        let peer = attribute(datagram, PEER_ADDRESS)?;
        // An address is 4 or 16 octets, and a number is all that is asked for. Never 0, which means none.
        let named = peer.iter().fold(1_u64, |sum, octet| {
            sum.wrapping_mul(0x0100_0000_01b3) ^ u64::from(*octet)
        });
        return plain(attribute(datagram, DATA_ATTRIBUTE)?, named | 1 << 63);
    }
    plain(datagram, 0)
}

fn plain(datagram: &[u8], relayed: u64) -> Option<Ice> {
    if datagram.get(4..8)? != COOKIE {
        return None;
    }
    let transaction = datagram.get(8..HEADER)?.try_into().ok()?;
    match datagram.get(..2)?.try_into().ok()? {
        REQUEST => attribute(datagram, PRIORITY).map(|_| Ice::Check(transaction, relayed)),
        SUCCESS => Some(Ice::Answer(transaction, relayed)),
        _ => None,
    }
}

fn attribute(datagram: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut attributes = datagram.get(HEADER..)?;
    loop {
        let (kind, length) = (number(attributes, 0)?, usize::from(number(attributes, 2)?));
        if kind == wanted {
            return attributes.get(4..4 + length);
        }
        attributes = attributes.get(4 + length.next_multiple_of(4)..)?;
    }
}

fn number(octets: &[u8], at: usize) -> Option<u16> {
    let two = octets.get(at..at + 2)?;
    Some(u16::from_be_bytes([two[0], two[1]]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stun(kind: [u8; 2], attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut message = kind.to_vec();
        message.extend([0, 0]);
        message.extend(COOKIE);
        message.extend([7; 12]);
        for (kind, value) in attributes {
            message.extend(kind.to_be_bytes());
            message.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
            message.extend(*value);
            message.resize(message.len().next_multiple_of(4), 0);
        }
        message
    }

    #[test]
    fn checks_and_answers_are_told_apart_relayed_or_not() {
        let check = stun(REQUEST, &[(0x0006, b"ab:cd"), (PRIORITY, &[0; 4])]);
        let answer = stun(SUCCESS, &[(0x0020, &[0; 8])]);
        assert_eq!(ice(&check), Some(Ice::Check([7; 12], 0)));
        assert_eq!(ice(&answer), Some(Ice::Answer([7; 12], 0)));
        let length = u16::try_from(check.len()).unwrap().to_be_bytes();
        let channel = [&[0x40, 2], &length[..], &check].concat();
        assert_eq!(ice(&channel), Some(Ice::Check([7; 12], 0x4002)));
        let to = |last: u8, inside: &[u8], kind| {
            stun(
                kind,
                &[
                    (PEER_ADDRESS, &[0, 1, 2, 3, 4, 5, 6, last]),
                    (DATA_ATTRIBUTE, inside),
                ],
            )
        };
        let (one, two) = (ice(&to(1, &check, SEND)), ice(&to(2, &check, SEND)));
        assert!(matches!(one, Some(Ice::Check(_, relayed)) if relayed != 0));
        assert_ne!(one, two);
        let Some(Ice::Check(transaction, relayed)) = one else {
            unreachable!()
        };
        assert_eq!(
            ice(&to(1, &answer, DATA)),
            Some(Ice::Answer(transaction, relayed))
        );
    }

    #[test]
    fn questions_to_servers_media_and_handshakes_are_none() {
        assert_eq!(ice(&stun(REQUEST, &[])), None);
        assert_eq!(ice(&stun([0, 3], &[(PRIORITY, &[0; 4])])), None);
        for first in [20, 22, 23, 80, 128, 255] {
            let mut datagram = stun(REQUEST, &[(PRIORITY, &[0; 4])]);
            datagram[0] = first;
            assert_eq!(ice(&datagram), None, "{first}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_arrives_is_too_odd(first in 0..90u8, rest in prop::collection::vec(any::<u8>(), 0..200)) {
            let datagram: Vec<u8> = std::iter::once(first).chain(rest).collect();
            let _ = ice(&datagram);
        }
    }
}
