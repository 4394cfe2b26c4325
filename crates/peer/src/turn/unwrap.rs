//! Takes relayed media and data out of ChannelData before the stack would. No I/O.
//!
//! The stack's driver hands what a relay brought to the application before it announces the track, and throws
//! away what has no track yet: the first packets of every track, a keyframe among them. What arrives as on a
//! direct path does not meet that. Only STUN must come through the stack's own relay, as it is by its address
//! that ICE knows the path; DTLS and SRTP are looked at without an address, and authenticate themselves.

use std::ops::Range;

const HEADER: usize = 4;

/// Where in a datagram of ChannelData (RFC 8656 §12.4) the DTLS or SRTP packet is, told apart as in RFC 7983 §7.
pub(super) fn carried(datagram: &[u8]) -> Option<Range<usize>> {
    let &[first, _, high, low] = datagram.first_chunk()?;
    let end = HEADER + usize::from(u16::from_be_bytes([high, low]));
    let content = datagram.get(HEADER..end)?;
    let is_ours = matches!(content.first()?, 20..=63 | 128..=191);
    (first >> 6 == 1 && is_ours).then_some(HEADER..end)
}

/// The same in place, for several datagrams of `stride` octets each that the kernel put together; the last may
/// be shorter. Gives their length and stride now; `None` where they are not all alike, and nothing changed.
pub(super) fn unwrap(datagrams: &mut [u8], stride: usize) -> Option<(usize, usize)> {
    let stride = stride.max(1);
    let size = carried(datagrams.chunks(stride).next()?)?.len();
    let (mut length, mut shorter) = (0, false);
    for datagram in datagrams.chunks(stride) {
        let this = carried(datagram)?.len();
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
    fn media_and_data_are_taken_out_and_the_rest_stays() {
        for (first, taken) in [
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
            assert_eq!(carried(&datagram).is_some(), taken, "{first}");
        }
        assert_eq!(carried(&channel_data(&[])), None);
        assert_eq!(carried(&channel_data(&[128; 9])[..12]), None, "cut off");
        let mut stun = channel_data(&[128; 9]);
        stun[0] = 0x01;
        assert_eq!(carried(&stun), None);
    }

    #[test]
    fn padding_stays_behind() {
        let mut datagram = channel_data(&[128, 1, 2]);
        datagram.push(0);
        assert_eq!(unwrap(&mut datagram, 8), Some((3, 3)));
        assert_eq!(datagram[..3], [128, 1, 2]);
    }

    proptest! {
        #[test]
        fn what_was_coalesced_comes_out_in_the_same_order(
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
            let (length, stride) = unwrap(&mut datagrams, size + HEADER).unwrap();
            let found: Vec<_> = datagrams[..length].chunks(stride).map(<[u8]>::to_vec).collect();
            prop_assert_eq!(found, packets);
        }

        #[test]
        fn anything_else_is_left_as_it_is(
            datagrams in proptest::collection::vec(any::<u8>(), 0..200),
            stride in 0_usize..100,
        ) {
            let mut changed = datagrams.clone();
            match unwrap(&mut changed, stride) {
                None => prop_assert_eq!(changed, datagrams),
                Some((length, stride)) => prop_assert!(length < datagrams.len() && stride > 0),
            }
        }
    }
}
