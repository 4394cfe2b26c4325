//! Packets that have not been decoded yet, in media order.

use std::collections::BTreeMap;

use crate::{packet::Packet, rtp_unwrapper::RtpPosition};

/// A packet with its unwrapped position.
#[derive(Debug)]
pub(crate) struct BufferedPacket {
    pub(crate) position: RtpPosition,
    pub(crate) packet: Packet,
}

impl BufferedPacket {
    pub(crate) fn start(&self) -> i64 {
        self.position.timestamp
    }

    pub(crate) fn duration(&self) -> i64 {
        self.packet.duration.into()
    }

    pub(crate) fn end(&self) -> i64 {
        self.start() + self.duration()
    }
}

/// Two seconds of 20 ms packets. A listener who is further behind is better served by current audio.
pub(crate) const MAX_PACKETS: usize = 100;

#[derive(Debug, Default)]
pub(crate) struct PacketBuffer {
    packets: BTreeMap<i64, BufferedPacket>,
}

impl PacketBuffer {
    /// Of two packets with the same timestamp the first is kept. Over capacity, the oldest is dropped.
    pub(crate) fn insert(&mut self, packet: BufferedPacket) {
        self.packets.entry(packet.start()).or_insert(packet);
        if self.packets.len() > MAX_PACKETS {
            self.packets.pop_first();
        }
    }

    pub(crate) fn first(&self) -> Option<&BufferedPacket> {
        self.packets.first_key_value().map(|(_, packet)| packet)
    }

    pub(crate) fn pop(&mut self) -> Option<BufferedPacket> {
        self.packets.pop_first().map(|(_, packet)| packet)
    }

    pub(crate) fn len(&self) -> usize {
        self.packets.len()
    }

    pub(crate) fn clear(&mut self) {
        self.packets.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_buffer_drops_the_oldest_packet() {
        let mut buffer = PacketBuffer::default();
        for index in 0..150 {
            let packet = Packet {
                sequence: 0,
                timestamp: 0,
                duration: 960,
                fec: false,
                dtx: false,
                payload: Vec::new(),
            };
            buffer.insert(BufferedPacket {
                position: RtpPosition {
                    sequence: index,
                    timestamp: index * 960,
                },
                packet,
            });
        }
        assert_eq!(buffer.len(), MAX_PACKETS);
        let first = buffer.first().map(|packet| packet.position.sequence);
        assert_eq!(first, Some(50));
    }
}
