//! Tells ICE's connectivity checks and their responses (RFC 8445 §7) from everything else.

use crate::stun::{HEADER, MAGIC_COOKIE, Transaction, attribute, relayed, u16_at};

const BINDING_REQUEST: u16 = 0x0001;
const BINDING_SUCCESS: u16 = 0x0101;
/// RFC 8445 §7.1.1: in every connectivity check, and in no request to a STUN server.
const PRIORITY: u16 = 0x0024;

/// A connectivity check or its response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Check {
    pub(super) kind: CheckKind,
    pub(super) transaction: Transaction,
    /// The peer behind the TURN server that relays it; 0 where it is not relayed.
    pub(super) relayed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CheckKind {
    Request,
    Response,
}

/// `None` for everything that is neither a check nor a response.
pub(super) fn parse(datagram: &[u8]) -> Option<Check> {
    match relayed(datagram) {
        Some(relayed) => parse_stun(relayed.content, relayed.peer),
        None => parse_stun(datagram, 0),
    }
}

fn parse_stun(datagram: &[u8], relayed: u64) -> Option<Check> {
    if datagram.get(4..8)? != MAGIC_COOKIE {
        return None;
    }
    let kind = match u16_at(datagram, 0)? {
        BINDING_REQUEST => attribute(datagram, PRIORITY).map(|_| CheckKind::Request)?,
        BINDING_SUCCESS => CheckKind::Response,
        _ => return None,
    };
    Some(Check {
        kind,
        transaction: datagram.get(8..HEADER)?.try_into().ok()?,
        relayed,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stun::tests::{channel_data, data_indication, message, send_indication};

    fn check(kind: CheckKind, relayed: u64) -> Option<Check> {
        Some(Check {
            kind,
            transaction: [7; 12],
            relayed,
        })
    }

    #[test]
    fn requests_and_responses_are_recognised_relayed_or_not() {
        let request = message(BINDING_REQUEST, &[(0x0006, b"ab:cd"), (PRIORITY, &[0; 4])]);
        let response = message(BINDING_SUCCESS, &[(0x0020, &[0; 8])]);
        assert_eq!(parse(&request), check(CheckKind::Request, 0));
        assert_eq!(parse(&response), check(CheckKind::Response, 0));
        assert_eq!(
            parse(&channel_data(&request)),
            check(CheckKind::Request, 0x4002)
        );
        let sent = parse(&send_indication(1, &request)).unwrap();
        assert_ne!(sent.relayed, 0);
        assert_ne!(
            Some(sent.relayed),
            parse(&send_indication(2, &request)).map(|check| check.relayed)
        );
        assert_eq!(
            parse(&data_indication(1, &response)),
            check(CheckKind::Response, sent.relayed)
        );
    }

    #[test]
    fn requests_to_servers_media_and_dtls_are_not_checks() {
        assert_eq!(parse(&message(BINDING_REQUEST, &[])), None);
        assert_eq!(parse(&message(3, &[(PRIORITY, &[0; 4])])), None);
        for first in [20, 22, 23, 80, 128, 255] {
            let mut datagram = message(BINDING_REQUEST, &[(PRIORITY, &[0; 4])]);
            datagram[0] = first;
            assert_eq!(parse(&datagram), None, "{first}");
        }
    }

    proptest! {
        #[test]
        fn any_datagram_can_be_read(first in 0..90u8, rest in prop::collection::vec(any::<u8>(), 0..200)) {
            let datagram: Vec<u8> = std::iter::once(first).chain(rest).collect();
            let _ = parse(&datagram);
        }
    }
}
