//! Packets waiting to be played, in media order.

use std::collections::BTreeMap;

use crate::{
    timeline::Place,
    toc::{InvalidPacket, Shape},
};

/// One RTP packet of an Opus stream (RFC 3550, RFC 7587) that has been found to be well-formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp, 48 kHz.
    pub timestamp: u32,
    /// Samples the payload decodes to.
    pub duration: u32,
    /// The payload can stand in for the packet before it.
    pub fec: bool,
    /// The payload carries no sound and announces silence.
    pub silent: bool,
    /// Opus payload.
    pub payload: Vec<u8>,
}

impl Packet {
    /// A packet as it came from the network.
    ///
    /// # Errors
    ///
    /// When `payload` is not an Opus packet.
    pub fn new(sequence: u16, timestamp: u32, payload: Vec<u8>) -> Result<Self, InvalidPacket> {
        let Shape {
            duration,
            fec,
            silent,
            ..
        } = Shape::parse(&payload)?;
        Ok(Self {
            sequence,
            timestamp,
            duration,
            fec,
            silent,
            payload,
        })
    }
}

/// A packet with its place on the unwrapped time lines.
#[derive(Debug)]
pub(crate) struct Queued {
    pub(crate) place: Place,
    pub(crate) packet: Packet,
}

impl Queued {
    pub(crate) fn start(&self) -> i64 {
        self.place.timestamp
    }

    pub(crate) fn duration(&self) -> i64 {
        self.packet.duration.into()
    }

    pub(crate) fn end(&self) -> i64 {
        self.start() + self.duration()
    }
}

/// Two seconds of 20 ms packets. Whoever is further behind than that wants to hear the present.
pub(crate) const CAPACITY: usize = 100;

#[derive(Debug, Default)]
pub(crate) struct Queue {
    packets: BTreeMap<i64, Queued>,
}

impl Queue {
    /// Of two packets for the same time the first stays. Over capacity, the oldest goes.
    pub(crate) fn insert(&mut self, packet: Queued) {
        self.packets.entry(packet.start()).or_insert(packet);
        if self.packets.len() > CAPACITY {
            self.packets.pop_first();
        }
    }

    pub(crate) fn first(&self) -> Option<&Queued> {
        self.packets.first_key_value().map(|(_, packet)| packet)
    }

    pub(crate) fn pop(&mut self) -> Option<Queued> {
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
    fn the_oldest_goes_when_the_queue_is_full() {
        let mut queue = Queue::default();
        for index in 0..150 {
            let packet = Packet {
                sequence: 0,
                timestamp: 0,
                duration: 960,
                fec: false,
                silent: false,
                payload: Vec::new(),
            };
            queue.insert(Queued {
                place: Place {
                    sequence: index,
                    timestamp: index * 960,
                },
                packet,
            });
        }
        assert_eq!(queue.len(), CAPACITY);
        assert_eq!(queue.first().map(|packet| packet.place.sequence), Some(50));
    }
}
