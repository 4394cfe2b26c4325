//! Retransmissions waiting for their turn, without those that came to be of no use.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use rtc::interceptor::{Packet, StreamInfo, TaggedPacket};
use rtc::rtp;
use rtc::shared::marshal::MarshalSize;

use crate::rtp::vp8;

/// Waiting at most, in packets, and in time at the pacer's rate. On a path that drops most of what is sent, more of
/// the past only keeps the present out; what is refused is asked for again, or a keyframe comes instead.
const MOST: usize = 64;
const LONGEST: Duration = Duration::from_millis(150);
/// A path so narrow that this takes longer still has so many repaired.
const LEAST: usize = 8;

/// See the module.
#[derive(Default)]
pub(super) struct Repairs {
    waiting: VecDeque<TaggedPacket>,
    octets: usize,
    /// Retransmission SSRC to the one it repairs.
    primaries: HashMap<u32, u32>,
    /// Where the newest keyframe of a stream begins: nobody needs what is before it.
    keyframes: HashMap<u32, u16>,
}

impl Repairs {
    pub(super) fn bind(&mut self, info: &StreamInfo) {
        self.primaries
            .extend(info.ssrc_rtx.map(|ssrc| (ssrc, info.ssrc)));
    }

    pub(super) fn unbind(&mut self, info: &StreamInfo) {
        self.primaries.retain(|_, primary| *primary != info.ssrc);
        self.keyframes.remove(&info.ssrc);
    }

    /// A packet of video is sent for the first time.
    pub(super) fn follow(&mut self, packet: &rtp::Packet) {
        if !vp8::parse(&packet.payload).is_ok_and(|payload| payload.keyframe) {
            return;
        }
        let header = &packet.header;
        self.keyframes.insert(header.ssrc, header.sequence_number);
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.retain(|message| !self.is_past(message));
        self.octets = waiting.iter().map(size).sum();
        self.waiting = waiting;
    }

    /// False where it is refused.
    pub(super) fn push(&mut self, message: TaggedPacket, octets_per_second: f64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "at most MOST packets")]
        let long = self.octets as f64 > octets_per_second * LONGEST.as_secs_f64();
        let full = self.waiting.len() >= MOST || (long && self.waiting.len() >= LEAST);
        if full || self.is_past(&message) {
            return false;
        }
        self.octets += size(&message);
        self.waiting.push_back(message);
        true
    }

    pub(super) fn front(&self) -> Option<&TaggedPacket> {
        self.waiting.front()
    }

    pub(super) fn pop(&mut self) -> Option<TaggedPacket> {
        let message = self.waiting.pop_front()?;
        self.octets = self.octets.saturating_sub(size(&message));
        Some(message)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn octets(&self) -> usize {
        self.octets
    }

    fn is_past(&self, message: &TaggedPacket) -> bool {
        let Packet::Rtp(packet) = &message.message.packet else {
            return false;
        };
        let header = &packet.header;
        let (stream, sequence) = match (self.primaries.get(&header.ssrc), &packet.payload[..]) {
            // The original's number goes first (RFC 4588 §4).
            (Some(primary), [high, low, ..]) => (*primary, u16::from_be_bytes([*high, *low])),
            _ => (header.ssrc, header.sequence_number),
        };
        // By half the circle (RFC 3550 §A.1).
        let before = |keyframe: &u16| (1..1 << 15).contains(&keyframe.wrapping_sub(sequence));
        self.keyframes.get(&stream).is_some_and(before)
    }
}

pub(super) fn size(message: &TaggedPacket) -> usize {
    match &message.message.packet {
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
    const AGAIN: u32 = 3;
    const PLENTY: f64 = 1e9;

    fn packet(ssrc: u32, sequence: u16, payload: Bytes) -> rtp::Packet {
        let header = rtp::Header {
            version: 2,
            ssrc,
            sequence_number: sequence,
            ..Default::default()
        };
        rtp::Packet { header, payload }
    }

    fn repair(sequence: u16) -> TaggedPacket {
        let mut payload = sequence.to_be_bytes().to_vec();
        payload.extend([0; 1000]);
        TaggedPacket {
            now: Instant::now(),
            transport: TransportContext::default(),
            message: AttributedPacket::new(Packet::Rtp(packet(AGAIN, 7, payload.into()))),
        }
    }

    fn frame(sequence: u16, keyframe: bool) -> rtp::Packet {
        let frame = Bytes::from(vec![u8::from(!keyframe); 500]);
        packet(CAMERA, sequence, vp8::packetize(&frame, 0, 1000).remove(0))
    }

    fn repairs() -> Repairs {
        let mut repairs = Repairs::default();
        repairs.bind(&StreamInfo {
            ssrc: CAMERA,
            ssrc_rtx: Some(AGAIN),
            ..Default::default()
        });
        repairs
    }

    #[test]
    fn what_is_before_a_keyframe_is_not_sent_again() {
        let mut repairs = repairs();
        repairs.follow(&frame(65_530, true));
        for sequence in [65_534, 65_535, 0, 1] {
            assert!(repairs.push(repair(sequence), PLENTY));
        }
        repairs.follow(&frame(2, false));
        assert_eq!(repairs.waiting.len(), 4);
        repairs.follow(&frame(3, true));
        assert!(repairs.is_empty() && repairs.octets() == 0);
        assert!(!repairs.push(repair(1), PLENTY));
        assert!(repairs.push(repair(3), PLENTY) && repairs.push(repair(4), PLENTY));
    }

    #[test]
    fn a_narrow_path_repairs_less_at_a_time() {
        let taken = |rate| {
            let mut repairs = repairs();
            (0..200)
                .filter(|sequence| repairs.push(repair(*sequence), rate))
                .count()
        };
        assert_eq!(taken(PLENTY), MOST);
        // 15 KB of packets of 1,014 octets.
        assert_eq!(taken(100_000.0), 15);
        assert_eq!(taken(0.0), LEAST);
    }
}
