use super::*;
use crate::interceptor::StageInterceptor;
use rtc::interceptor::{AttributedPacket, Interceptor, RTPHeaderExtension};
use rtc::rtcp::transport_feedbacks::transport_layer_cc::{
    PacketStatusChunk, RecvDelta, RunLengthChunk, SymbolTypeTcc,
};
use rtc::sansio::Protocol;
use rtc::shared::TransportContext;

const CAMERA: u32 = 1;
/// Packets per feedback message, one every 10 ms.
const PER_FEEDBACK: u16 = 10;

struct Call {
    sender: StageInterceptor<TwccSender>,
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
            let packet = self.tagged(packet, 0);
            self.sender.handle_write(packet).unwrap();
            self.now += Duration::from_millis(10);
        }
    }

    /// Ten packets leave, and feedback from this remote port says that each took `delay`. Returns the estimate.
    fn tenth_of_a_second(&mut self, delay: Duration, port: u16) -> u32 {
        let first = self.sender.stage.next_sequence;
        let begun = self.now;
        self.send(PER_FEEDBACK);
        let arrival = begun + delay - self.start;
        let ticks = u32::try_from(arrival.as_millis() / 64).unwrap();
        let rest = i64::try_from(arrival.as_micros()).unwrap() - i64::from(ticks) * 64_000;
        let delta = |delta| RecvDelta {
            type_tcc_packet: SymbolTypeTcc::PacketReceivedLargeDelta,
            delta,
        };
        let feedback = TransportLayerCc {
            base_sequence_number: first,
            packet_status_count: PER_FEEDBACK,
            reference_time: ticks,
            packet_chunks: vec![PacketStatusChunk::RunLengthChunk(RunLengthChunk {
                packet_status_symbol: SymbolTypeTcc::PacketReceivedLargeDelta,
                run_length: PER_FEEDBACK,
                ..Default::default()
            })],
            recv_deltas: (0..PER_FEEDBACK)
                .map(|index| delta(if index == 0 { rest } else { 10_000 }))
                .collect(),
            ..Default::default()
        };
        let feedback = self.tagged(Packet::Rtcp(vec![Box::new(feedback)]), port);
        self.sender.handle_read(feedback).unwrap();
        self.estimate()
    }

    fn estimate(&self) -> u32 {
        self.sender.stage.state.bandwidth()
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
    let (events, _) = tokio::sync::mpsc::channel(1);
    let state = Arc::new(ChainState::new(events, 0));
    let mut sender = StageInterceptor::new(TwccSender::new(state));
    sender.bind_local_stream(&StreamInfo {
        ssrc: CAMERA,
        rtp_header_extensions: vec![RTPHeaderExtension {
            uri: TRANSPORT_WIDE_CC.into(),
            id: 3,
        }],
        ..Default::default()
    });
    let start = Instant::now();
    Call {
        sender,
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
    assert_eq!(call.estimate(), known);
    call.send(500);
    assert!(call.estimate() <= 500_000);
    // With feedback it grows again.
    for _ in 0..50 {
        call.tenth_of_a_second(near, 1);
    }
    assert!(call.estimate() > 800_000);
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
    assert_eq!(call.estimate(), known);
}

#[test]
fn a_longer_path_is_not_a_congested_one() {
    let near = Duration::from_millis(10);
    let far = Duration::from_millis(100);
    let mut call = call();
    for _ in 0..50 {
        call.tenth_of_a_second(near, 1);
    }
    let estimate = call.tenth_of_a_second(near, 1);
    assert!(estimate > 800_000, "{estimate}");
    for _ in 0..50 {
        assert!(call.tenth_of_a_second(far, 2) >= 500_000);
    }
    let estimate = call.tenth_of_a_second(far, 2);
    assert!(estimate > 800_000, "{estimate}");
    // On the same path it is congestion.
    for _ in 0..50 {
        call.tenth_of_a_second(2 * far, 2);
    }
    let estimate = call.tenth_of_a_second(2 * far, 2);
    assert!(estimate < 700_000, "{estimate}");
}
