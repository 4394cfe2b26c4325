//! Requests missing packets (generic NACK, RFC 4585 §6.2.1) and unwraps retransmissions (RTX, RFC 4588).
//!
//! The stack's NACK generator is not used. It sees packets before the stack unwraps RTX, and thus never learns that a
//! packet was retransmitted and requests it again and again. It also requests gaps in the RTX stream itself, which no
//! sender can fill.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rtc::interceptor::{Attribute, AttributedPacket, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::transport_feedbacks::transport_layer_nack::{
    TransportLayerNack, nack_pairs_from_sequence_numbers,
};
use rtc::shared::TransportContext;

use super::missing::MissingPackets;
use crate::interceptor::{Queue, Stage};
use crate::pace::ChainState;

/// Position in the chain: farther from the network than every interceptor that changes times, nearer than those that
/// record arrivals.
pub(crate) const SLOT: usize = 6_500;
/// Round-trip time that is assumed before one was measured.
const INITIAL_ROUND_TRIP: Duration = Duration::from_millis(80);

struct Stream {
    payload_type: u8,
    missing: MissingPackets,
}

impl Stream {
    /// A peer that sends no media gets no reports to measure round trips by, but its NACKs are answered.
    fn round_trip(&self, measured: Option<Duration>) -> Duration {
        measured
            .or(self.missing.response_time())
            .unwrap_or(INITIAL_ROUND_TRIP)
    }
}

/// See the module.
pub(crate) struct NackGenerator {
    state: Arc<ChainState>,
    /// Remote streams with NACK, by SSRC.
    streams: HashMap<u32, Stream>,
    /// RTX SSRC to the SSRC of its original stream.
    rtx: HashMap<u32, u32>,
}

impl NackGenerator {
    pub(crate) fn new(state: Arc<ChainState>) -> Self {
        Self {
            state,
            streams: HashMap::new(),
            rtx: HashMap::new(),
        }
    }

    /// Restores the original packet from a retransmission (RFC 4588 §4). Padding on the RTX stream, which browsers send
    /// as bandwidth probes, stays as it is: it has no original, and its arrival must be recorded.
    fn unwrap_rtx(&self, packet: &mut rtc::rtp::Packet) -> bool {
        let Some(original) = self.rtx.get(&packet.header.ssrc) else {
            return false;
        };
        let Some(stream) = self.streams.get(original) else {
            return false;
        };
        let [high, low, ..] = packet.payload[..] else {
            return false;
        };
        if packet.payload.len() == 2 {
            return false;
        }
        packet.header.ssrc = *original;
        packet.header.payload_type = stream.payload_type;
        packet.header.sequence_number = u16::from_be_bytes([high, low]);
        packet.payload = packet.payload.slice(2..);
        true
    }
}

impl Stage for NackGenerator {
    fn on_incoming(&mut self, packet: &mut TaggedPacket) {
        let mut retransmitted = false;
        if let Packet::Rtp(rtp) = &mut packet.message.packet {
            retransmitted = self.unwrap_rtx(rtp);
            if let Some(stream) = self.streams.get_mut(&rtp.header.ssrc) {
                stream
                    .missing
                    .on_arrival(rtp.header.sequence_number, retransmitted, packet.now);
            }
        }
        if retransmitted {
            packet.message.add(Attribute::Retransmission);
        }
    }

    fn on_timeout(&mut self, now: Instant, out: &mut Queue) {
        let measured = self.state.round_trip();
        for (ssrc, stream) in &mut self.streams {
            let due = stream.missing.due(stream.round_trip(measured), now);
            if due.is_empty() {
                continue;
            }
            self.state.count_requested(due.len());
            let nack = TransportLayerNack {
                sender_ssrc: 0,
                media_ssrc: *ssrc,
                nacks: nack_pairs_from_sequence_numbers(&due),
            };
            out.push_back(TaggedPacket {
                now,
                transport: TransportContext::default(),
                message: AttributedPacket::new(Packet::Rtcp(vec![Box::new(nack)])),
            });
        }
    }

    fn next_timeout(&self) -> Option<Instant> {
        let measured = self.state.round_trip();
        self.streams
            .values()
            .filter_map(|stream| stream.missing.deadline(stream.round_trip(measured)))
            .min()
    }

    fn bind_remote(&mut self, info: &StreamInfo) {
        // The stack binds the RTX stream a second time by itself; gaps in it are not requested.
        let has_nack = info
            .rtcp_feedback
            .iter()
            .any(|feedback| feedback.typ == "nack" && feedback.parameter.is_empty());
        if !has_nack || self.rtx.contains_key(&info.ssrc) {
            return;
        }
        if let Some(rtx) = info.ssrc_rtx {
            self.rtx.insert(rtx, info.ssrc);
            self.streams.remove(&rtx);
        }
        self.streams.entry(info.ssrc).or_insert_with(|| Stream {
            payload_type: info.payload_type,
            missing: MissingPackets::default(),
        });
    }

    fn unbind_remote(&mut self, info: &StreamInfo) {
        self.streams.remove(&info.ssrc);
        self.rtx.retain(|_, original| *original != info.ssrc);
    }
}
