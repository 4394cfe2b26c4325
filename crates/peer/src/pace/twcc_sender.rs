//! The sender side of transport-wide congestion control (TWCC): numbers outgoing packets, and turns the remote peer's
//! feedback on them into the bandwidth estimate.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rtc::interceptor::{Packet, StreamInfo, TaggedPacket, convert_twcc};
use rtc::rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc;
use rtc::shared::error::Error;
use rtc::shared::marshal::MarshalSize;

use super::bandwidth::BandwidthEstimator;
use super::chain_state::{ChainEvent, ChainState};
use super::sent_packets::SentPackets;
use crate::interceptor::{Queue, Stage};

/// URI of the header extension that carries the transport-wide sequence number.
pub(crate) const TRANSPORT_WIDE_CC: &str =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

/// Time of sending without any feedback after which feedback counts as missing: ten of our own feedback intervals, four
/// of libwebrtc's longest.
const FEEDBACK_TIMEOUT: Duration = Duration::from_secs(1);
/// The most that the time since the packet before counts for. A receiver reports only what arrives: after a pause, or
/// after a lost packet and a pause, no feedback is due.
const MAX_SENDING_GAP: Duration = Duration::from_millis(100);

/// See the module. It is the interceptor nearest to the network: a departure time must come after all our queues.
///
/// The stack's own numbering is not used: it leaves out retransmissions, which on a full path fill the queue unnoticed
/// while the estimate shrinks to what little else arrives.
pub(crate) struct TwccSender {
    state: Arc<ChainState>,
    estimator: BandwidthEstimator,
    /// The estimate in the last event, in bits per second.
    emitted: u32,
    sent: SentPackets,
    last_departure: Option<Instant>,
    /// For how long packets were sent since the last feedback.
    without_feedback: Duration,
    /// The local and the remote address of the last feedback.
    path: Option<(SocketAddr, SocketAddr)>,
    next_sequence: u16,
    /// SSRC of a local stream to the ID of its sequence number extension.
    extensions: HashMap<u32, u8>,
}

impl TwccSender {
    pub(crate) fn new(state: Arc<ChainState>) -> Self {
        Self {
            state,
            estimator: BandwidthEstimator::new(),
            emitted: 0,
            sent: SentPackets::default(),
            last_departure: None,
            without_feedback: Duration::ZERO,
            path: None,
            next_sequence: 0,
            extensions: HashMap::new(),
        }
    }

    /// On another path all knowledge is void. Above all the base delay: relative to that of a shorter path, a longer one
    /// looks congested for as long as it is remembered.
    fn on_feedback_path(&mut self, path: (SocketAddr, SocketAddr)) {
        if self.path.replace(path).is_some_and(|before| before != path) {
            self.estimator = BandwidthEstimator::new();
            self.sent.clear();
            self.state.reset_round_trip();
        }
    }

    fn on_feedback(&mut self, feedback: &TransportLayerCc, now: Instant) {
        self.without_feedback = Duration::ZERO;
        let arrivals = convert_twcc(feedback).into_iter().map(|packet| {
            (
                packet.sequence_number,
                packet.arrival.filter(|_| packet.arrived),
            )
        });
        let results = self.sent.on_feedback(arrivals);
        self.estimator.on_feedback(&results, now);
        self.publish();
    }

    /// A packet leaves. If there was no feedback on those before it, the estimate falls: on a path whose reverse
    /// direction is dead, sending must not go on as before (RFC 8083 §4.1).
    fn check_feedback_timeout(&mut self, now: Instant) {
        if let Some(last) = self.last_departure.replace(now) {
            self.without_feedback += now.saturating_duration_since(last).min(MAX_SENDING_GAP);
        }
        if self.without_feedback >= FEEDBACK_TIMEOUT {
            self.without_feedback = Duration::ZERO;
            self.estimator.on_feedback_timeout(now);
            self.publish();
        }
    }

    fn publish(&mut self) {
        let bitrate = self.estimator.bitrate();
        self.state.set_bandwidth(bitrate);
        if bitrate.abs_diff(self.emitted) > self.emitted / 20 {
            self.emitted = bitrate;
            self.state.emit(ChainEvent::Bandwidth(bitrate));
        }
    }
}

impl Stage for TwccSender {
    fn on_incoming(&mut self, packet: &mut TaggedPacket) {
        let path = (packet.transport.local_addr, packet.transport.peer_addr);
        if let Packet::Rtcp(packets) = &packet.message.packet {
            for rtcp in packets {
                if let Some(feedback) = rtcp.as_any().downcast_ref::<TransportLayerCc>() {
                    self.on_feedback_path(path);
                    self.on_feedback(feedback, packet.now);
                }
            }
        }
    }

    fn on_outgoing(&mut self, mut packet: TaggedPacket, out: &mut Queue) -> Result<(), Error> {
        if let Packet::Rtp(rtp) = &mut packet.message.packet
            && let Some(id) = self.extensions.get(&rtp.header.ssrc)
        {
            let sequence = self.next_sequence;
            let number = Bytes::copy_from_slice(&sequence.to_be_bytes());
            rtp.header.set_extension(*id, number)?;
            self.sent.on_sent(sequence, rtp.marshal_size(), packet.now);
            self.next_sequence = sequence.wrapping_add(1);
            self.check_feedback_timeout(packet.now);
        }
        out.push_back(packet);
        Ok(())
    }

    fn bind_local(&mut self, stream: &StreamInfo) {
        let extension = stream
            .rtp_header_extensions
            .iter()
            .find(|extension| extension.uri == TRANSPORT_WIDE_CC);
        if let Some(id) = extension.and_then(|extension| u8::try_from(extension.id).ok()) {
            self.extensions.insert(stream.ssrc, id);
            self.extensions
                .extend(stream.ssrc_rtx.map(|ssrc| (ssrc, id)));
        }
    }

    fn unbind_local(&mut self, stream: &StreamInfo) {
        self.extensions.remove(&stream.ssrc);
        stream.ssrc_rtx.map(|ssrc| self.extensions.remove(&ssrc));
    }
}

#[cfg(test)]
mod tests;
