//! Retransmissions (RFC 4588) unwrapped and missing packets asked for, inside the stack's packet chain.
//!
//! The stack's own generator is not used: it stands before the place where the stack unwraps RTX, so it
//! never learns that a packet was repaired and asks for it again and again; and it also asks for gaps in
//! the RTX stream itself, which nobody can repair.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rtc::interceptor::{
    Attribute, AttributedPacket, Interceptor, Packet, StreamInfo, TaggedPacket,
};
use rtc::rtcp::transport_feedbacks::transport_layer_nack::{
    TransportLayerNack, nack_pairs_from_sequence_numbers,
};
use rtc::sansio::Protocol;
use rtc::shared::TransportContext;
use rtc::shared::error::Error;

use super::missing::MissingPackets;
use crate::pace::Shared;

/// Round trip assumed before one was measured.
const ROUND_TRIP_AT_FIRST: Duration = Duration::from_millis(80);

struct Stream {
    payload_type: u8,
    missing: MissingPackets,
}

impl Stream {
    /// Who sends nothing has no reports to measure by, but requests and their answers.
    fn round_trip(&self, measured: Option<Duration>) -> Duration {
        measured
            .or(self.missing.answer())
            .unwrap_or(ROUND_TRIP_AT_FIRST)
    }
}

/// Where this stands in the chain: after nothing that re-times, before every arrival recorder.
pub(crate) const SLOT: usize = 6_500;

/// See the module.
pub(crate) struct Repair {
    shared: Arc<Shared>,
    streams: HashMap<u32, Stream>,
    /// Retransmission SSRC to the one it repairs.
    retransmits: HashMap<u32, u32>,
    read: VecDeque<TaggedPacket>,
    write: VecDeque<TaggedPacket>,
}

impl Repair {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            streams: HashMap::new(),
            retransmits: HashMap::new(),
            read: VecDeque::new(),
            write: VecDeque::new(),
        }
    }

    /// Restores the packet a retransmission carries (RFC 4588 §4). Padding on the retransmission stream, which
    /// browsers send to probe for bandwidth, stays as it is: the arrival recorders must see it.
    fn unwrap(&self, packet: &mut rtc::rtp::Packet) -> bool {
        let Some(primary) = self.retransmits.get(&packet.header.ssrc) else {
            return false;
        };
        let Some(stream) = self.streams.get(primary) else {
            return false;
        };
        let [high, low, ..] = packet.payload[..] else {
            return false;
        };
        if packet.payload.len() == 2 {
            return false;
        }
        packet.header.ssrc = *primary;
        packet.header.payload_type = stream.payload_type;
        packet.header.sequence_number = u16::from_be_bytes([high, low]);
        packet.payload = packet.payload.slice(2..);
        true
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Repair {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, mut message: TaggedPacket) -> Result<(), Error> {
        let mut repaired = false;
        if let Packet::Rtp(packet) = &mut message.message.packet {
            repaired = self.unwrap(packet);
            if let Some(stream) = self.streams.get_mut(&packet.header.ssrc) {
                stream
                    .missing
                    .arrived(packet.header.sequence_number, repaired, message.now);
            }
        }
        if repaired {
            message.message.add(Attribute::Retransmission);
        }
        self.read.push_back(message);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.read.pop_front()
    }

    fn handle_write(&mut self, message: TaggedPacket) -> Result<(), Error> {
        self.write.push_back(message);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.write.pop_front()
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        let measured = self.shared.measured_round_trip();
        for (ssrc, stream) in &mut self.streams {
            let due = stream.missing.due(stream.round_trip(measured), now);
            if due.is_empty() {
                continue;
            }
            self.shared.asked_for(due.len());
            let request = TransportLayerNack {
                sender_ssrc: 0,
                media_ssrc: *ssrc,
                nacks: nack_pairs_from_sequence_numbers(&due),
            };
            self.write.push_back(TaggedPacket {
                now,
                transport: TransportContext::default(),
                message: AttributedPacket::new(Packet::Rtcp(vec![Box::new(request)])),
            });
        }
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        let measured = self.shared.measured_round_trip();
        self.streams
            .values()
            .filter_map(|stream| stream.missing.deadline(stream.round_trip(measured)))
            .min()
    }
}

impl Interceptor for Repair {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}

    fn unbind_local_stream(&mut self, _: &StreamInfo) {}

    fn bind_remote_stream(&mut self, info: &StreamInfo) {
        // The stack binds a retransmission stream a second time in its own right: it has no gaps to repair.
        let repairable = info
            .rtcp_feedback
            .iter()
            .any(|feedback| feedback.typ == "nack" && feedback.parameter.is_empty());
        if !repairable || self.retransmits.contains_key(&info.ssrc) {
            return;
        }
        if let Some(retransmits) = info.ssrc_rtx {
            self.retransmits.insert(retransmits, info.ssrc);
            self.streams.remove(&retransmits);
        }
        self.streams.entry(info.ssrc).or_insert_with(|| Stream {
            payload_type: info.payload_type,
            missing: MissingPackets::default(),
        });
    }

    fn unbind_remote_stream(&mut self, info: &StreamInfo) {
        self.streams.remove(&info.ssrc);
        self.retransmits.retain(|_, primary| *primary != info.ssrc);
    }
}
