//! STUN messages and ChannelData on a stream (RFC 8656 §12.5, RFC 8489 §6.2.2). No I/O.

use bytes::{Buf, Bytes, BytesMut};

use crate::stun::{CHANNEL_DATA_HEADER, HEADER, MAGIC_COOKIE, Transaction};

/// Largest message in bytes: the size of the stack's buffer for a datagram. A TURN server relays datagrams, and a larger one
/// would have been fragmented; WebRTC sends none of those.
pub(super) const MAX_MESSAGE: usize = 2000;
/// Bytes read from the stream at a time.
const READ: usize = 16 << 10;

/// The stream contains something that is neither STUN nor ChannelData. The start of the next message is unknown from then
/// on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotTurn;

/// The size of a message, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Extent {
    /// Header and content.
    message: usize,
    /// With the padding that ChannelData has on a stream.
    on_stream: usize,
}

/// The size of the message that begins here; `None` if more bytes are needed.
fn extent(bytes: &[u8]) -> Result<Option<Extent>, NotTurn> {
    let Some(&[first, _, high, low]) = bytes.first_chunk() else {
        return Ok(None);
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    match first >> 6 {
        0 => {
            // A wrong first byte of the cookie is enough: the rest of it might never come.
            let cookie = &bytes[4..bytes.len().min(8)];
            if !length.is_multiple_of(4) || !MAGIC_COOKIE.starts_with(cookie) {
                return Err(NotTurn);
            }
            let message = HEADER + length;
            Ok((cookie.len() == MAGIC_COOKIE.len()).then_some(Extent {
                message,
                on_stream: message,
            }))
        }
        // Channels 0x4000 to 0x7FFF, as the stack chooses them; RFC 8656 allows only the lower quarter.
        1 => {
            let message = CHANNEL_DATA_HEADER + length;
            Ok(Some(Extent {
                message,
                on_stream: message.next_multiple_of(4),
            }))
        }
        _ => Err(NotTurn),
    }
}

/// Frames a datagram for a stream. `None` if it is not exactly one message, or too large: the server could not find the
/// messages after it.
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

/// The transaction ID of a STUN request. `None` for indications and responses, and for ChannelData.
pub(super) fn request_transaction(message: &[u8]) -> Option<Transaction> {
    // Class 0b00: bits 4 and 8 of the message type (RFC 8489 §5).
    let is_request = message.first()? >> 6 == 0 && message[0] & 1 == 0 && message.get(1)? & 16 == 0;
    let id = message.get(8..HEADER)?.try_into().ok()?;
    is_request.then_some(id)
}

/// Splits a stream into messages. Buffers at most [`READ`] bytes and one message.
#[derive(Debug, Default)]
pub(super) struct Deframer {
    buffer: BytesMut,
    /// Bytes still to come of a message that is too large.
    skip: usize,
    /// A STUN message was received.
    is_turn: bool,
}

impl Deframer {
    /// The buffer to read into.
    pub(super) fn space(&mut self) -> &mut BytesMut {
        if self.buffer.capacity() == self.buffer.len() {
            self.buffer.reserve(READ);
        }
        &mut self.buffer
    }

    /// The next whole message, without padding. Too large ones are skipped, as on a UDP socket: a peer behind the server
    /// must not be able to end the connection to it.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>, NotTurn> {
        loop {
            let skipped = self.skip.min(self.buffer.len());
            self.buffer.advance(skipped);
            self.skip -= skipped;
            if self.skip > 0 {
                return Ok(None);
            }
            let Some(extent) = extent(&self.buffer)? else {
                return Ok(None);
            };
            // No channel is bound before the first STUN response, and the letters of an HTTP response would be taken
            // for ChannelData.
            self.is_turn |= self.buffer[0] >> 6 == 0;
            if !self.is_turn {
                return Err(NotTurn);
            }
            if extent.message > MAX_MESSAGE {
                self.skip = extent.on_stream;
                continue;
            }
            if self.buffer.len() < extent.on_stream {
                return Ok(None);
            }
            let mut message = self.buffer.split_to(extent.on_stream).freeze();
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
        let bytes = |max| proptest::collection::vec(any::<u8>(), 0..max);
        let one = prop_oneof![
            8 => bytes(1400).prop_map(|content| channel_data(&content)),
            4 => bytes(300).prop_map(|content| stun(0x0017, &content[..content.len() / 4 * 4])),
            1 => (1997_usize..9000).prop_map(|length| channel_data(&vec![9; length])),
        ];
        proptest::collection::vec(one, 0..12)
    }

    fn on_stream(message: &[u8]) -> Vec<u8> {
        let mut framed = message.to_vec();
        framed.resize(message.len().next_multiple_of(4), 0);
        framed
    }

    /// As from a server: a STUN message first.
    fn after_stun(messages: Vec<Vec<u8>>) -> impl Iterator<Item = Vec<u8>> {
        std::iter::once(stun(0x0113, &[])).chain(messages)
    }

    /// All messages of a stream that arrives in pieces of these sizes.
    fn deframe(stream: &[u8], sizes: &[usize]) -> Result<Vec<Vec<u8>>, NotTurn> {
        let (mut deframer, mut found) = (Deframer::default(), Vec::new());
        let (mut rest, mut sizes) = (stream, sizes.iter().cycle());
        while !rest.is_empty() {
            let (piece, later) = rest.split_at((*sizes.next().unwrap()).min(rest.len()));
            rest = later;
            deframer.space().extend_from_slice(piece);
            while let Some(message) = deframer.next()? {
                found.push(message.to_vec());
            }
            assert!(deframer.buffer.len() <= MAX_MESSAGE + 4);
        }
        Ok(found)
    }

    proptest! {
        #[test]
        fn any_split_of_a_stream_gives_the_same_messages(
            messages in messages(),
            sizes in proptest::collection::vec(1_usize..3000, 1..8),
        ) {
            let messages: Vec<_> = after_stun(messages).collect();
            let stream: Vec<u8> = messages.iter().flat_map(|message| on_stream(message)).collect();
            let kept: Vec<_> = messages.into_iter().filter(|message| message.len() <= MAX_MESSAGE).collect();
            prop_assert_eq!(deframe(&stream, &sizes), Ok(kept));
        }

        #[test]
        fn framed_messages_are_deframed(messages in messages()) {
            let mut stream = Vec::new();
            let mut sent = Vec::new();
            for message in after_stun(messages) {
                if let Some(framed) = to_stream(&message) {
                    prop_assert!(framed.len().is_multiple_of(4));
                    stream.extend_from_slice(&framed);
                    sent.push(message);
                }
            }
            prop_assert_eq!(deframe(&stream, &[1000]), Ok(sent));
        }

        #[test]
        fn any_stream_gives_bounded_messages_or_an_error(
            stream in proptest::collection::vec(any::<u8>(), 0..5000),
            sizes in proptest::collection::vec(1_usize..1000, 1..8),
        ) {
            if let Ok(messages) = deframe(&stream, &sizes) {
                prop_assert!(messages.iter().all(|message| message.len() <= MAX_MESSAGE));
            }
        }

        #[test]
        fn only_whole_messages_are_framed(datagram in proptest::collection::vec(any::<u8>(), 0..100)) {
            if let Some(framed) = to_stream(&datagram) {
                prop_assert!(framed.len() <= datagram.len() + 3);
                let stream = [&stun(0x0113, &[]), &framed[..]].concat();
                prop_assert_eq!(deframe(&stream, &[7]).map(|messages| messages.len()), Ok(2));
            }
        }
    }

    #[test]
    fn a_stream_that_is_not_turn_is_recognised_by_its_first_bytes() {
        for junk in [
            b"HTTP/1.1 400 Bad Request".as_slice(),
            b"\x16\x03\x01\x02\x00",
            &[0x80, 0, 0, 0],
            // A length that no STUN message has, and a wrong cookie.
            &[0x01, 0x01, 0, 3],
            &[0x01, 0x01, 0, 4, 0x21, 0x13],
            &channel_data(&[1, 2, 3]),
        ] {
            assert_eq!(deframe(junk, &[1]), Err(NotTurn), "{junk:?}");
        }
    }

    #[test]
    fn datagrams_with_and_without_padding_are_padded_on_a_stream() {
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
        assert_eq!(request_transaction(&stun(0x0003, &[])), Some([7; 12]));
        for other in [0x0016, 0x0017, 0x0103, 0x0113] {
            assert_eq!(request_transaction(&stun(other, &[])), None, "{other:x}");
        }
        assert_eq!(request_transaction(&channel_data(&[0; 40])), None);
        assert_eq!(request_transaction(&[]), None);
    }
}
