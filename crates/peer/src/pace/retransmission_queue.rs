//! Retransmissions that wait in the pacer, without those that are no longer useful.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use rtc::interceptor::{Packet, StreamInfo, TaggedPacket};
use rtc::rtp;
use rtc::shared::marshal::MarshalSize;

use crate::rtp::vp8;

/// Limits of the queue, in packets and in time at the pacer's rate. On a path that drops most packets, more
/// retransmissions only displace new video; the remote peer requests a dropped one again, or a keyframe.
const MAX_PACKETS: usize = 64;
const MAX_DELAY: Duration = Duration::from_millis(150);
/// So many packets are queued even if they take longer than [`MAX_DELAY`].
const MIN_PACKETS: usize = 8;

/// See the module.
#[derive(Default)]
pub(super) struct RetransmissionQueue {
    queue: VecDeque<TaggedPacket>,
    bytes: usize,
    /// RTX SSRC to the SSRC of its original stream (RFC 4588).
    originals: HashMap<u32, u32>,
    /// First sequence number of a stream's latest keyframe: packets before it are no longer needed.
    keyframes: HashMap<u32, u16>,
}

impl RetransmissionQueue {
    pub(super) fn bind(&mut self, stream: &StreamInfo) {
        self.originals
            .extend(stream.ssrc_rtx.map(|ssrc| (ssrc, stream.ssrc)));
    }

    pub(super) fn unbind(&mut self, stream: &StreamInfo) {
        self.originals
            .retain(|_, original| *original != stream.ssrc);
        self.keyframes.remove(&stream.ssrc);
    }

    /// A video packet is sent for the first time. If it begins a keyframe, retransmissions from before it are dropped.
    pub(super) fn on_video(&mut self, packet: &rtp::Packet) {
        if !vp8::parse(&packet.payload).is_ok_and(|payload| payload.keyframe) {
            return;
        }
        let header = &packet.header;
        self.keyframes.insert(header.ssrc, header.sequence_number);
        let mut queue = std::mem::take(&mut self.queue);
        queue.retain(|packet| !self.is_obsolete(packet));
        self.bytes = queue.iter().map(size).sum();
        self.queue = queue;
    }

    /// Queues a retransmission; false if it is dropped.
    pub(super) fn push(&mut self, packet: TaggedPacket, bytes_per_second: f64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "at most MAX_PACKETS packets")]
        let is_long = self.bytes as f64 > bytes_per_second * MAX_DELAY.as_secs_f64();
        let packets = self.queue.len();
        let is_full = packets >= MAX_PACKETS || (is_long && packets >= MIN_PACKETS);
        if is_full || self.is_obsolete(&packet) {
            return false;
        }
        self.bytes += size(&packet);
        self.queue.push_back(packet);
        true
    }

    pub(super) fn front(&self) -> Option<&TaggedPacket> {
        self.queue.front()
    }

    pub(super) fn pop(&mut self) -> Option<TaggedPacket> {
        let packet = self.queue.pop_front()?;
        self.bytes = self.bytes.saturating_sub(size(&packet));
        Some(packet)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether it is from before the latest keyframe.
    fn is_obsolete(&self, packet: &TaggedPacket) -> bool {
        let Packet::Rtp(packet) = &packet.message.packet else {
            return false;
        };
        let header = &packet.header;
        let (stream, sequence) = match (self.originals.get(&header.ssrc), &packet.payload[..]) {
            // The payload begins with the original sequence number (RFC 4588 §4).
            (Some(original), [high, low, ..]) => (*original, u16::from_be_bytes([*high, *low])),
            _ => (header.ssrc, header.sequence_number),
        };
        // Modulo 2^16 (RFC 3550 §A.1).
        let before = |keyframe: &u16| (1..1 << 15).contains(&keyframe.wrapping_sub(sequence));
        self.keyframes.get(&stream).is_some_and(before)
    }
}

/// Bytes of an RTP packet.
pub(super) fn size(packet: &TaggedPacket) -> usize {
    match &packet.message.packet {
        Packet::Rtp(packet) => packet.marshal_size(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use rtc::interceptor::AttributedPacket;
    use rtc::shared::TransportContext;
    use std::time::Instant;

    const CAMERA: u32 = 2;
    const RTX: u32 = 3;
    /// Bytes per second.
    const WIDE: f64 = 1e9;

    fn packet(ssrc: u32, sequence: u16, payload: Bytes) -> rtp::Packet {
        let header = rtp::Header {
            version: 2,
            ssrc,
            sequence_number: sequence,
            ..Default::default()
        };
        rtp::Packet { header, payload }
    }

    fn retransmission(sequence: u16) -> TaggedPacket {
        let mut payload = sequence.to_be_bytes().to_vec();
        payload.extend([0; 1000]);
        TaggedPacket {
            now: Instant::now(),
            transport: TransportContext::default(),
            message: AttributedPacket::new(Packet::Rtp(packet(RTX, 7, payload.into()))),
        }
    }

    fn frame(sequence: u16, keyframe: bool) -> rtp::Packet {
        let frame = Bytes::from(vec![u8::from(!keyframe); 500]);
        packet(CAMERA, sequence, vp8::packetize(&frame, 0, 1000).remove(0))
    }

    fn queue() -> RetransmissionQueue {
        let mut queue = RetransmissionQueue::default();
        queue.bind(&StreamInfo {
            ssrc: CAMERA,
            ssrc_rtx: Some(RTX),
            ..Default::default()
        });
        queue
    }

    #[test]
    fn packets_from_before_a_keyframe_are_not_retransmitted() {
        let mut queue = queue();
        queue.on_video(&frame(65_530, true));
        for sequence in [65_534, 65_535, 0, 1] {
            assert!(queue.push(retransmission(sequence), WIDE));
        }
        queue.on_video(&frame(2, false));
        assert_eq!(queue.queue.len(), 4);
        queue.on_video(&frame(3, true));
        assert!(queue.is_empty() && queue.bytes() == 0);
        assert!(!queue.push(retransmission(1), WIDE));
        assert!(queue.push(retransmission(3), WIDE) && queue.push(retransmission(4), WIDE));
    }

    #[test]
    fn a_narrow_path_queues_fewer_retransmissions() {
        let queued = |rate| {
            let mut queue = queue();
            (0..200)
                .filter(|sequence| queue.push(retransmission(*sequence), rate))
                .count()
        };
        assert_eq!(queued(WIDE), MAX_PACKETS);
        // 15 KB of packets of 1,014 bytes.
        assert_eq!(queued(100_000.0), 15);
        assert_eq!(queued(0.0), MIN_PACKETS);
    }
}
