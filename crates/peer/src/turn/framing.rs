//! STUN messages and ChannelData on a stream (RFC 8656 §12.5, RFC 8489 §6.2.2). No I/O.

use bytes::{Buf, Bytes, BytesMut};

/// Largest message taken, in octets: what the stack reads a datagram into. A TURN server relays datagrams, so
/// more than this is one that was put together from fragments, and WebRTC sends none.
pub(super) const MAX_MESSAGE: usize = 2000;
/// Asked of the stream at a time, in octets.
const READ: usize = 16 << 10;

const STUN_HEADER: usize = 20;
const CHANNEL_HEADER: usize = 4;
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];

/// What came is neither STUN nor ChannelData. Where the next message begins is then unknown for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotTurn;

/// Where the message at the start of some octets ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Extent {
    /// Header and content.
    message: usize,
    /// The same with the padding a stream has.
    on_stream: usize,
}

/// `None` where more octets are needed to tell.
fn extent(octets: &[u8]) -> Result<Option<Extent>, NotTurn> {
    let Some(&[first, _, high, low]) = octets.first_chunk() else {
        return Ok(None);
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    match first >> 6 {
        0 => {
            // Any part of the cookie that differs will do, so that rubbish is not waited out.
            let cookie = &octets[4..octets.len().min(8)];
            if !length.is_multiple_of(4) || !MAGIC_COOKIE.starts_with(cookie) {
                return Err(NotTurn);
            }
            let message = STUN_HEADER + length;
            Ok((cookie.len() == MAGIC_COOKIE.len()).then_some(Extent {
                message,
                on_stream: message,
            }))
        }
        // 0x4000 to 0x7FFF, as the stack chooses them; RFC 8656 has the lower quarter of it.
        1 => {
            let message = CHANNEL_HEADER + length;
            Ok(Some(Extent {
                message,
                on_stream: message.next_multiple_of(4),
            }))
        }
        _ => Err(NotTurn),
    }
}

/// A datagram as it goes on a stream. `None` where it is not exactly one message, or too large: it would
/// garble everything after it.
pub(super) fn to_stream(datagram: &[u8]) -> Option<Bytes> {
    let extent = extent(datagram).ok().flatten()?;
    let whole = datagram.len() == extent.message || datagram.len() == extent.on_stream;
    if !whole || extent.message > MAX_MESSAGE {
        return None;
    }
    let mut framed = BytesMut::with_capacity(extent.on_stream);
    framed.extend_from_slice(&datagram[..extent.message]);
    framed.resize(extent.on_stream, 0);
    Some(framed.freeze())
}

/// The transaction of a STUN request. Indications and ChannelData have none that is answered.
pub(super) fn request(message: &[u8]) -> Option<[u8; 12]> {
    // Class 00, whose bits lie within the method's (RFC 8489 §5).
    let is_request = message.first()? >> 6 == 0 && message[0] & 1 == 0 && message.get(1)? & 16 == 0;
    let id = message.get(8..STUN_HEADER)?.try_into().ok()?;
    is_request.then_some(id)
}

/// Cuts what a stream brings into messages. Holds [`READ`] octets and one message at most.
#[derive(Debug, Default)]
pub(super) struct Deframer {
    octets: BytesMut,
    /// Of a message that is too large, still to come.
    skip: usize,
    greeted: bool,
}

impl Deframer {
    /// Where to put what the stream brings next.
    pub(super) fn space(&mut self) -> &mut BytesMut {
        if self.octets.capacity() == self.octets.len() {
            self.octets.reserve(READ);
        }
        &mut self.octets
    }

    /// The next whole message, without padding. Larger ones are left out, as a socket of datagrams would: the
    /// far end of a relay must not be able to end the connection to it.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>, NotTurn> {
        loop {
            let skipped = self.skip.min(self.octets.len());
            self.octets.advance(skipped);
            self.skip -= skipped;
            if self.skip > 0 {
                return Ok(None);
            }
            let Some(extent) = extent(&self.octets)? else {
                return Ok(None);
            };
            // No channel is bound before the server answered in STUN, and the letters of a web server's answer
            // would pass for ChannelData.
            self.greeted |= self.octets[0] >> 6 == 0;
            if !self.greeted {
                return Err(NotTurn);
            }
            if extent.message > MAX_MESSAGE {
                self.skip = extent.on_stream;
                continue;
            }
            if self.octets.len() < extent.on_stream {
                return Ok(None);
            }
            let mut message = self.octets.split_to(extent.on_stream).freeze();
            message.truncate(extent.message);
            return Ok(Some(message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stun(kind: u16, content: &[u8]) -> Vec<u8> {
        let mut message = kind.to_be_bytes().to_vec();
        message.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
        message.extend(MAGIC_COOKIE);
        message.extend([7; 12]);
        message.extend(content);
        message
    }

    fn channel_data(content: &[u8]) -> Vec<u8> {
        let mut message = vec![0x40, 0x01];
        message.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
        message.extend(content);
        message
    }

    fn messages() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let octets = |most| proptest::collection::vec(any::<u8>(), 0..most);
        let one = prop_oneof![
            8 => octets(1400).prop_map(|content| channel_data(&content)),
            4 => octets(300).prop_map(|content| stun(0x0017, &content[..content.len() / 4 * 4])),
            1 => (1997_usize..9000).prop_map(|length| channel_data(&vec![9; length])),
        ];
        proptest::collection::vec(one, 0..12)
    }

    fn on_stream(message: &[u8]) -> Vec<u8> {
        let mut framed = message.to_vec();
        framed.resize(message.len().next_multiple_of(4), 0);
        framed
    }

    /// As a server speaks: STUN first.
    fn greeted(messages: Vec<Vec<u8>>) -> impl Iterator<Item = Vec<u8>> {
        std::iter::once(stun(0x0113, &[])).chain(messages)
    }

    /// Everything that comes out when the stream arrives in pieces of these sizes.
    fn cut(stream: &[u8], sizes: &[usize]) -> Result<Vec<Vec<u8>>, NotTurn> {
        let (mut deframer, mut found) = (Deframer::default(), Vec::new());
        let (mut rest, mut sizes) = (stream, sizes.iter().cycle());
        while !rest.is_empty() {
            let (piece, later) = rest.split_at((*sizes.next().unwrap()).min(rest.len()));
            rest = later;
            deframer.space().extend_from_slice(piece);
            while let Some(message) = deframer.next()? {
                found.push(message.to_vec());
            }
            assert!(deframer.octets.len() <= MAX_MESSAGE + 4);
        }
        Ok(found)
    }

    proptest! {
        #[test]
        fn any_split_of_a_stream_gives_the_same_messages(
            messages in messages(),
            sizes in proptest::collection::vec(1_usize..3000, 1..8),
        ) {
            let messages: Vec<_> = greeted(messages).collect();
            let stream: Vec<u8> = messages.iter().flat_map(|message| on_stream(message)).collect();
            let kept: Vec<_> = messages.into_iter().filter(|message| message.len() <= MAX_MESSAGE).collect();
            prop_assert_eq!(cut(&stream, &sizes), Ok(kept));
        }

        #[test]
        fn what_is_framed_comes_out_again(messages in messages()) {
            let mut stream = Vec::new();
            let mut sent = Vec::new();
            for message in greeted(messages) {
                if let Some(framed) = to_stream(&message) {
                    prop_assert!(framed.len().is_multiple_of(4));
                    stream.extend_from_slice(&framed);
                    sent.push(message);
                }
            }
            prop_assert_eq!(cut(&stream, &[1000]), Ok(sent));
        }

        #[test]
        fn any_input_is_survived_and_bounded(
            stream in proptest::collection::vec(any::<u8>(), 0..5000),
            sizes in proptest::collection::vec(1_usize..1000, 1..8),
        ) {
            if let Ok(messages) = cut(&stream, &sizes) {
                prop_assert!(messages.iter().all(|message| message.len() <= MAX_MESSAGE));
            }
        }

        #[test]
        fn only_whole_messages_are_framed(datagram in proptest::collection::vec(any::<u8>(), 0..100)) {
            if let Some(framed) = to_stream(&datagram) {
                prop_assert!(framed.len() <= datagram.len() + 3);
                let stream = [&stun(0x0113, &[]), &framed[..]].concat();
                prop_assert_eq!(cut(&stream, &[7]).map(|messages| messages.len()), Ok(2));
            }
        }
    }

    #[test]
    fn what_is_not_turn_is_told_with_its_first_octets() {
        for rubbish in [
            b"HTTP/1.1 400 Bad Request".as_slice(),
            b"\x16\x03\x01\x02\x00",
            &[0x80, 0, 0, 0],
            // A length no STUN message has, and a cookie that is none.
            &[0x01, 0x01, 0, 3],
            &[0x01, 0x01, 0, 4, 0x21, 0x13],
            &channel_data(&[1, 2, 3]),
        ] {
            assert_eq!(cut(rubbish, &[1]), Err(NotTurn), "{rubbish:?}");
        }
    }

    #[test]
    fn padding_of_either_kind_of_datagram_is_that_of_a_stream() {
        let bare = channel_data(&[1, 2, 3]);
        let padded = on_stream(&bare);
        assert_eq!(to_stream(&bare).as_deref(), Some(padded.as_slice()));
        assert_eq!(to_stream(&padded).as_deref(), Some(padded.as_slice()));
        assert_eq!(to_stream(&[padded, vec![0; 4]].concat()), None);
        assert_eq!(to_stream(b"GET / HTTP/1.1"), None);
        assert_eq!(to_stream(&[]), None);
    }

    #[test]
    fn only_requests_have_a_transaction() {
        assert_eq!(request(&stun(0x0003, &[])), Some([7; 12]));
        for other in [0x0016, 0x0017, 0x0103, 0x0113] {
            assert_eq!(request(&stun(other, &[])), None, "{other:x}");
        }
        assert_eq!(request(&channel_data(&[0; 40])), None);
        assert_eq!(request(&[]), None);
    }
}
