//! What left, and the estimate made of what the far end says became of it.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket, convert_twcc};
use rtc::rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use rtc::shared::marshal::MarshalSize;

use super::bandwidth::Bandwidth;
use super::sent::SentPackets;
use super::shared::{Feedback, Shared};

/// Where the transport-wide sequence number of a packet stands.
pub(crate) const TRANSPORT_WIDE_CC: &str =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

/// Time of sending without any feedback after which it counts as missing: ten intervals of a receiver of ours, four of
/// the longest that libwebrtc uses.
const FEEDBACK_TIMEOUT: Duration = Duration::from_secs(1);
/// How much of that time one packet counts for at most. A receiver reports what arrives, so that a pause brings no
/// feedback either, and nor does a single packet that was lost before one.
const MAX_GAP: Duration = Duration::from_millis(100);

/// Numbers and records what leaves, and turns the far end's reports on it into the estimate. Stands nearest to the wire:
/// what it calls departure must come after every queue of ours.
///
/// The stack's own numbering is not used: it leaves out retransmissions, so that on a full path they fill the
/// queue unseen while the estimate shrinks to what little else gets through.
pub(crate) struct Departures {
    shared: Arc<Shared>,
    bandwidth: Bandwidth,
    told: u32,
    sent: SentPackets,
    last_departure: Option<Instant>,
    /// How long packets were sent since the last feedback.
    without_feedback: Duration,
    /// The addresses, ours and theirs, that the far end's reports come over.
    path: Option<(SocketAddr, SocketAddr)>,
    next: u16,
    /// SSRC of ours to the ID of its sequence number extension.
    extensions: HashMap<u32, u8>,
    read: VecDeque<TaggedPacket>,
    write: VecDeque<TaggedPacket>,
}

impl Departures {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            bandwidth: Bandwidth::new(),
            told: 0,
            sent: SentPackets::default(),
            last_departure: None,
            without_feedback: Duration::ZERO,
            path: None,
            next: 0,
            extensions: HashMap::new(),
            read: VecDeque::new(),
            write: VecDeque::new(),
        }
    }

    /// Another path: what was learnt of the one before is wrong, its least delay above all, over which a longer path
    /// looks congested for as long as it is remembered.
    fn came_over(&mut self, path: (SocketAddr, SocketAddr)) {
        if self.path.replace(path).is_some_and(|before| before != path) {
            self.bandwidth = Bandwidth::new();
            self.sent.forget();
            self.shared.forget_round_trip();
        }
    }

    /// A packet is about to leave. Without feedback on those before it the estimate falls: a path whose reverse
    /// direction is dead must not be sent on as before (RFC 8083 §4.1).
    fn check_feedback_timeout(&mut self, now: Instant) {
        if let Some(last) = self.last_departure.replace(now) {
            self.without_feedback += now.saturating_duration_since(last).min(MAX_GAP);
        }
        if self.without_feedback >= FEEDBACK_TIMEOUT {
            self.without_feedback = Duration::ZERO;
            self.bandwidth.on_feedback_timeout(now);
            self.publish();
        }
    }

    fn heard(&mut self, feedback: &TransportLayerCc, now: Instant) {
        self.without_feedback = Duration::ZERO;
        let fates = convert_twcc(feedback).into_iter();
        let reports = self
            .sent
            .heard(fates.map(|fate| (fate.sequence_number, fate.arrival.filter(|_| fate.arrived))));
        self.bandwidth.reported(&reports, now);
        self.publish();
    }

    fn publish(&mut self) {
        let target = self.bandwidth.target();
        self.shared.set_bandwidth(target);
        if target.abs_diff(self.told) > self.told / 20 {
            self.told = target;
            self.shared.tell(Feedback::Bandwidth(target));
        }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Departures {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, message: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &message.message.packet {
            let path = (message.transport.local_addr, message.transport.peer_addr);
            for packet in packets {
                if let Some(feedback) = packet.as_any().downcast_ref::<TransportLayerCc>() {
                    self.came_over(path);
                    self.heard(feedback, message.now);
                }
            }
        }
        self.read.push_back(message);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.read.pop_front()
    }

    fn handle_write(&mut self, mut message: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtp(packet) = &mut message.message.packet
            && let Some(id) = self.extensions.get(&packet.header.ssrc)
        {
            let number = Bytes::copy_from_slice(&self.next.to_be_bytes());
            packet.header.set_extension(*id, number)?;
            self.sent
                .sent(self.next, packet.marshal_size(), message.now);
            self.next = self.next.wrapping_add(1);
            self.check_feedback_timeout(message.now);
        }
        self.write.push_back(message);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.write.pop_front()
    }

    fn handle_timeout(&mut self, _: Instant) -> Result<(), Error> {
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        None
    }
}

impl Interceptor for Departures {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        let extension = info
            .rtp_header_extensions
            .iter()
            .find(|extension| extension.uri == TRANSPORT_WIDE_CC);
        if let Some(id) = extension.and_then(|extension| u8::try_from(extension.id).ok()) {
            self.extensions.insert(info.ssrc, id);
            self.extensions.extend(info.ssrc_rtx.map(|ssrc| (ssrc, id)));
        }
    }

    fn unbind_local_stream(&mut self, info: &StreamInfo) {
        self.extensions.remove(&info.ssrc);
        info.ssrc_rtx.map(|ssrc| self.extensions.remove(&ssrc));
    }

    fn bind_remote_stream(&mut self, _: &StreamInfo) {}

    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtc::interceptor::AttributedPacket;
    use rtc::interceptor::RTPHeaderExtension;
    use rtc::rtcp::transport_feedbacks::transport_layer_cc::{
        PacketStatusChunk, RecvDelta, RunLengthChunk, SymbolTypeTcc,
    };
    use rtc::shared::TransportContext;

    const CAMERA: u32 = 1;
    /// Packets in a report, 10 ms from each other.
    const EACH: u16 = 10;

    struct Call {
        departures: Departures,
        now: Instant,
        start: Instant,
    }

    impl Call {
        /// A packet of 1,000 bytes of payload leaves every 10 ms.
        fn send(&mut self, packets: u16) {
            for _ in 0..packets {
                let header = rtc::rtp::Header {
                    version: 2,
                    ssrc: CAMERA,
                    ..Default::default()
                };
                let payload = Bytes::from(vec![0; 1000]);
                let packet = Packet::Rtp(rtc::rtp::Packet { header, payload });
                self.departures
                    .handle_write(self.tagged(packet, 0))
                    .unwrap();
                self.now += Duration::from_millis(10);
            }
        }

        /// Ten packets leave, and feedback from this remote port says that each took so long.
        fn tenth_of_a_second(&mut self, delay: Duration, port: u16) -> u32 {
            let first = self.departures.next;
            let begun = self.now;
            self.send(EACH);
            let arrival = begun + delay - self.start;
            let ticks = u32::try_from(arrival.as_millis() / 64).unwrap();
            let rest = i64::try_from(arrival.as_micros()).unwrap() - i64::from(ticks) * 64_000;
            let delta = |delta| RecvDelta {
                type_tcc_packet: SymbolTypeTcc::PacketReceivedLargeDelta,
                delta,
            };
            let report = TransportLayerCc {
                base_sequence_number: first,
                packet_status_count: EACH,
                reference_time: ticks,
                packet_chunks: vec![PacketStatusChunk::RunLengthChunk(RunLengthChunk {
                    packet_status_symbol: SymbolTypeTcc::PacketReceivedLargeDelta,
                    run_length: EACH,
                    ..Default::default()
                })],
                recv_deltas: (0..EACH)
                    .map(|index| delta(if index == 0 { rest } else { 10_000 }))
                    .collect(),
                ..Default::default()
            };
            let report = self.tagged(Packet::Rtcp(vec![Box::new(report)]), port);
            self.departures.handle_read(report).unwrap();
            self.departures.shared.bandwidth()
        }

        fn tagged(&self, packet: Packet, port: u16) -> TaggedPacket {
            let mut transport = TransportContext::default();
            transport.peer_addr.set_port(port);
            TaggedPacket {
                now: self.now,
                transport,
                message: AttributedPacket::new(packet),
            }
        }
    }

    fn call() -> Call {
        let (news, _) = tokio::sync::mpsc::channel(1);
        let mut departures = Departures::new(Arc::new(Shared::new(news, 0)));
        departures.bind_local_stream(&StreamInfo {
            ssrc: CAMERA,
            rtp_header_extensions: vec![RTPHeaderExtension {
                uri: TRANSPORT_WIDE_CC.into(),
                id: 3,
            }],
            ..Default::default()
        });
        let start = Instant::now();
        Call {
            departures,
            now: start,
            start,
        }
    }

    #[test]
    fn without_feedback_the_estimate_falls_to_that_of_a_new_connection() {
        let near = Duration::from_millis(10);
        let mut call = call();
        for _ in 0..50 {
            call.tenth_of_a_second(near, 1);
        }
        let known = call.tenth_of_a_second(near, 1);
        assert!(known > 800_000, "{known}");
        call.send(90);
        assert_eq!(call.departures.shared.bandwidth(), known);
        call.send(500);
        assert!(call.departures.shared.bandwidth() <= 500_000);
        // Feedback on what is sent now lets it grow again.
        for _ in 0..50 {
            call.tenth_of_a_second(near, 1);
        }
        assert!(call.departures.shared.bandwidth() > 800_000);
    }

    #[test]
    fn a_pause_or_a_few_lost_packets_are_not_missing_feedback() {
        let near = Duration::from_millis(10);
        let mut call = call();
        let known = call.tenth_of_a_second(near, 1);
        for _ in 0..5 {
            call.now += Duration::from_secs(60);
            call.send(5);
        }
        assert_eq!(call.departures.shared.bandwidth(), known);
    }

    #[test]
    fn a_longer_path_is_not_a_congested_one() {
        let near = Duration::from_millis(10);
        let far = Duration::from_millis(100);
        let mut call = call();
        for _ in 0..50 {
            call.tenth_of_a_second(near, 1);
        }
        let found = call.tenth_of_a_second(near, 1);
        assert!(found > 800_000, "{found}");
        for _ in 0..50 {
            assert!(call.tenth_of_a_second(far, 2) >= 500_000);
        }
        let found = call.tenth_of_a_second(far, 2);
        assert!(found > 800_000, "{found}");
        // On the same path it is a queue.
        for _ in 0..50 {
            call.tenth_of_a_second(2 * far, 2);
        }
        let left = call.tenth_of_a_second(2 * far, 2);
        assert!(left < 700_000, "{left}");
    }
}
