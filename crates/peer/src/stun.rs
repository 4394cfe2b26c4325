//! As much of STUN (RFC 8489) and TURN (RFC 8656) as our sockets have to read. No I/O.

/// Bytes of a STUN header.
pub(crate) const HEADER: usize = 20;
/// Bytes of a ChannelData header (RFC 8656 §12.4).
pub(crate) const CHANNEL_DATA_HEADER: usize = 4;
/// In every STUN message (RFC 8489 §5).
pub(crate) const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// The indications that carry a relayed datagram (RFC 8656 §18), and their attributes (RFC 8656 §18).
const SEND_INDICATION: u16 = 0x0016;
const DATA_INDICATION: u16 = 0x0017;
const XOR_PEER_ADDRESS: u16 = 0x0012;
const DATA: u16 = 0x0013;

/// A STUN transaction ID (RFC 8489 §5).
pub(crate) type Transaction = [u8; 12];

/// A datagram relayed by a TURN server, as it is on the wire between us and the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Relayed<'a> {
    /// The datagram of the peer behind the server.
    pub(crate) content: &'a [u8],
    /// A number for that peer, never 0: its channel, or a hash of its address.
    pub(crate) peer: u64,
}

/// Reads ChannelData, a Send indication or a Data indication. `None` for everything else.
pub(crate) fn relayed(datagram: &[u8]) -> Option<Relayed<'_>> {
    match datagram.first()? {
        0 if matches!(u16_at(datagram, 0)?, SEND_INDICATION | DATA_INDICATION) => {
            let address = attribute(datagram, XOR_PEER_ADDRESS)?;
            // FNV-1a over 4 or 16 bytes of address; the highest bit keeps it apart from channel numbers and from 0.
            let hash = address.iter().fold(1_u64, |hash, byte| {
                hash.wrapping_mul(0x0100_0000_01b3) ^ u64::from(*byte)
            });
            Some(Relayed {
                content: attribute(datagram, DATA)?,
                peer: hash | 1 << 63,
            })
        }
        64..=79 => {
            let length = usize::from(u16_at(datagram, 2)?);
            Some(Relayed {
                content: datagram.get(CHANNEL_DATA_HEADER..CHANNEL_DATA_HEADER + length)?,
                peer: u64::from(u16_at(datagram, 0)?),
            })
        }
        _ => None,
    }
}

/// `content` as ChannelData (RFC 8656 §12.4), without the padding that streams need.
pub(crate) fn channel_data(channel: u16, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    [
        &channel.to_be_bytes()[..],
        &length.to_be_bytes()[..],
        content,
    ]
    .concat()
}

/// The value of the first attribute of this type in a STUN message (RFC 8489 §14).
pub(crate) fn attribute(message: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut attributes = message.get(HEADER..)?;
    loop {
        let (kind, length) = (u16_at(attributes, 0)?, usize::from(u16_at(attributes, 2)?));
        if kind == wanted {
            return attributes.get(4..4 + length);
        }
        attributes = attributes.get(4 + length.next_multiple_of(4)..)?;
    }
}

/// The big-endian number at this offset.
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at + 2)?;
    Some(u16::from_be_bytes([two[0], two[1]]))
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A STUN message of this type with these attributes.
    pub(crate) fn message(kind: u16, attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut message = kind.to_be_bytes().to_vec();
        message.extend([0, 0]);
        message.extend(MAGIC_COOKIE);
        message.extend([7; 12]);
        for (kind, value) in attributes {
            message.extend(kind.to_be_bytes());
            message.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
            message.extend(*value);
            message.resize(message.len().next_multiple_of(4), 0);
        }
        message
    }

    /// `content` to or from channel 0x4002.
    pub(crate) fn channel_data(content: &[u8]) -> Vec<u8> {
        super::channel_data(0x4002, content)
    }

    /// `content` in a Send indication to a peer whose address ends in `last`.
    pub(crate) fn send_indication(last: u8, content: &[u8]) -> Vec<u8> {
        indication(SEND_INDICATION, last, content)
    }

    /// `content` in a Data indication from a peer whose address ends in `last`.
    pub(crate) fn data_indication(last: u8, content: &[u8]) -> Vec<u8> {
        indication(DATA_INDICATION, last, content)
    }

    fn indication(kind: u16, last: u8, content: &[u8]) -> Vec<u8> {
        let address = [0, 1, 2, 3, 4, 5, 6, last];
        message(kind, &[(XOR_PEER_ADDRESS, &address), (DATA, content)])
    }

    #[test]
    fn a_relayed_datagram_is_found_in_all_three_encapsulations() {
        let peer = |datagram: &[u8]| {
            let relayed = relayed(datagram).unwrap();
            assert_eq!(relayed.content, b"content");
            relayed.peer
        };
        assert_eq!(peer(&channel_data(b"content")), 0x4002);
        let sent = peer(&send_indication(1, b"content"));
        assert_eq!(sent, peer(&data_indication(1, b"content")));
        assert_ne!(sent, peer(&send_indication(2, b"content")));
        assert!(relayed(&message(1, &[])).is_none());
        assert!(relayed(&[128, 0, 0, 0]).is_none());
    }

    proptest! {
        #[test]
        fn any_datagram_can_be_read(
            first in 0..90u8,
            rest in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let datagram: Vec<u8> = std::iter::once(first).chain(rest).collect();
            let _ = relayed(&datagram);
            let _ = attribute(&datagram, DATA);
        }
    }
}
