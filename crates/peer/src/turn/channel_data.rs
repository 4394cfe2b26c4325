//! Unwraps DTLS and SRTP from ChannelData before the stack does. No I/O.
//!
//! The stack's driver delivers packets from a relay before it announces their track, and drops packets without a track:
//! the first ones of every track, with a keyframe among them. Packets from a direct path are not affected. Only STUN has
//! to pass through the stack's TURN client, as ICE recognises the path by the relayed address; DTLS and SRTP are
//! processed without an address and are authenticated.

use std::ops::Range;

use crate::stun::CHANNEL_DATA_HEADER as HEADER;

/// The range of the DTLS or SRTP packet (by RFC 7983 §7) in ChannelData (RFC 8656 §12.4).
pub(super) fn packet_range(datagram: &[u8]) -> Option<Range<usize>> {
    let &[first, _, high, low] = datagram.first_chunk()?;
    let end = HEADER + usize::from(u16::from_be_bytes([high, low]));
    let content = datagram.get(HEADER..end)?;
    let is_dtls_or_srtp = matches!(content.first()?, 20..=63 | 128..=191);
    (first >> 6 == 1 && is_dtls_or_srtp).then_some(HEADER..end)
}

/// Unwraps a batch in place: datagrams of `stride` bytes that the kernel coalesced (GRO); the last may be shorter. Returns
/// the new length and stride; `None`, with nothing changed, if the datagrams cannot be a batch afterwards.
pub(super) fn unwrap_batch(datagrams: &mut [u8], stride: usize) -> Option<(usize, usize)> {
    let stride = stride.max(1);
    let size = packet_range(datagrams.chunks(stride).next()?)?.len();
    let (mut length, mut shorter) = (0, false);
    for datagram in datagrams.chunks(stride) {
        let this = packet_range(datagram)?.len();
        if shorter || this > size {
            return None;
        }
        shorter = this < size;
        length += this;
    }
    for (index, at) in (0..length).step_by(size).enumerate() {
        let from = index * stride + HEADER;
        datagrams.copy_within(from..from + size.min(length - at), at);
    }
    Some((length, size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn channel_data(content: &[u8]) -> Vec<u8> {
        let mut datagram = vec![0x40, 0x07];
        datagram.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
        datagram.extend(content);
        datagram
    }

    #[test]
    fn dtls_and_srtp_are_unwrapped_and_nothing_else() {
        for (first, is_unwrapped) in [
            (0, false),
            (1, false),
            (20, true),
            (63, true),
            (64, false),
            (128, true),
            (191, true),
            (192, false),
        ] {
            let datagram = channel_data(&[first, 1, 2]);
            assert_eq!(packet_range(&datagram).is_some(), is_unwrapped, "{first}");
        }
        assert_eq!(packet_range(&channel_data(&[])), None);
        assert_eq!(
            packet_range(&channel_data(&[128; 9])[..12]),
            None,
            "cut off"
        );
        let mut stun = channel_data(&[128; 9]);
        stun[0] = 0x01;
        assert_eq!(packet_range(&stun), None);
    }

    #[test]
    fn padding_is_removed() {
        let mut datagram = channel_data(&[128, 1, 2]);
        datagram.push(0);
        assert_eq!(unwrap_batch(&mut datagram, 8), Some((3, 3)));
        assert_eq!(datagram[..3], [128, 1, 2]);
    }

    proptest! {
        #[test]
        fn a_batch_keeps_its_order(
            size in 1_usize..1300,
            count in 1_usize..20,
            last in 1_usize..1300,
        ) {
            let packet = |index: usize, size: usize| {
                let mut packet = vec![u8::try_from(index).unwrap(); size];
                packet[0] = 128;
                packet
            };
            let mut packets: Vec<_> = (0..count).map(|index| packet(index, size)).collect();
            packets.push(packet(count, last.min(size)));
            let mut datagrams: Vec<u8> = packets.iter().flat_map(|packet| channel_data(packet)).collect();
            let (length, stride) = unwrap_batch(&mut datagrams, size + HEADER).unwrap();
            let found: Vec<_> = datagrams[..length].chunks(stride).map(<[u8]>::to_vec).collect();
            prop_assert_eq!(found, packets);
        }

        #[test]
        fn other_datagrams_are_unchanged(
            datagrams in proptest::collection::vec(any::<u8>(), 0..200),
            stride in 0_usize..100,
        ) {
            let mut changed = datagrams.clone();
            match unwrap_batch(&mut changed, stride) {
                None => prop_assert_eq!(changed, datagrams),
                Some((length, stride)) => prop_assert!(length < datagrams.len() && stride > 0),
            }
        }
    }
}
