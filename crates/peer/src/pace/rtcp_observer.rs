//! Reads RTCP: reports on what we send (round trips, audio loss), keyframe requests, and the remote peer's sender reports.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rtc::interceptor::{Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::reception_report::ReceptionReport;
use rtc::rtcp::sender_report::SenderReport;
use rtc::shared::error::Error;

use super::chain_state::{ChainEvent, ChainState};
use crate::interceptor::{Queue, Stage};
use crate::rtp::sender_clock::SenderTime;

/// Position in the chain: nearer to the network than the report generators, so that it sees outgoing reports.
pub(crate) const SLOT: usize = 3_500;
/// Keyframe requests closer together than this are for the same keyframe.
const SAME_REQUEST: Duration = Duration::from_millis(300);
/// Sender reports remembered for measuring round trips. One is sent each second.
const MAX_REPORTS: usize = 16;

/// See the module.
pub(crate) struct RtcpObserver {
    state: Arc<ChainState>,
    /// SSRCs of local streams.
    local: HashSet<u32>,
    /// Those of them that are audio.
    local_audio: HashSet<u32>,
    /// SSRCs of remote streams.
    remote: HashSet<u32>,
    /// When a keyframe of a local stream was last requested.
    requested: HashMap<u32, Instant>,
    /// Middle 32 bits of the NTP time of our sender reports (RFC 3550 §6.4.1), and when they were sent.
    reports: VecDeque<(u32, Instant)>,
}

impl RtcpObserver {
    pub(crate) fn new(state: Arc<ChainState>) -> Self {
        Self {
            state,
            local: HashSet::new(),
            local_audio: HashSet::new(),
            remote: HashSet::new(),
            requested: HashMap::new(),
            reports: VecDeque::new(),
        }
    }

    fn on_keyframe_request(&mut self, ssrc: u32, now: Instant) {
        if !self.local.contains(&ssrc) {
            return;
        }
        let is_new = self
            .requested
            .get(&ssrc)
            .is_none_or(|last| now.saturating_duration_since(*last) >= SAME_REQUEST);
        if is_new {
            self.requested.insert(ssrc, now);
            self.state.emit(ChainEvent::KeyframeRequest(ssrc));
        }
    }

    fn on_reception_report(&self, report: &ReceptionReport, now: Instant) {
        if self.local_audio.contains(&report.ssrc) {
            self.state.emit(ChainEvent::AudioLoss(report.fraction_lost));
        }
        self.measure_round_trip(report, now);
    }

    fn measure_round_trip(&self, report: &ReceptionReport, now: Instant) {
        let sent = self
            .reports
            .iter()
            .find(|(stamp, _)| *stamp == report.last_sender_report);
        let Some((_, sent)) = sent.filter(|_| report.last_sender_report != 0) else {
            return;
        };
        let held = Duration::from_secs_f64(f64::from(report.delay) / 65_536.0);
        if let Some(round_trip) = now.saturating_duration_since(*sent).checked_sub(held) {
            self.state.add_round_trip(round_trip);
        }
    }

    fn on_sender_report(&self, report: &SenderReport) {
        if self.remote.contains(&report.ssrc) {
            let time = SenderTime {
                ntp: report.ntp_time,
                rtp: report.rtp_time,
            };
            self.state.sender_times().update(report.ssrc, time);
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "taking the middle 32 bits is the purpose"
)]
fn middle(ntp_time: u64) -> u32 {
    (ntp_time >> 16) as u32
}

impl Stage for RtcpObserver {
    fn on_incoming(&mut self, packet: &mut TaggedPacket) {
        let now = packet.now;
        let Packet::Rtcp(packets) = &packet.message.packet else {
            return;
        };
        for rtcp in packets {
            let rtcp = rtcp.as_any();
            if let Some(request) = rtcp.downcast_ref::<PictureLossIndication>() {
                self.on_keyframe_request(request.media_ssrc, now);
            } else if let Some(request) = rtcp.downcast_ref::<FullIntraRequest>() {
                for entry in &request.fir {
                    self.on_keyframe_request(entry.ssrc, now);
                }
            } else if let Some(report) = rtcp.downcast_ref::<ReceiverReport>() {
                for block in &report.reports {
                    self.on_reception_report(block, now);
                }
            } else if let Some(report) = rtcp.downcast_ref::<SenderReport>() {
                self.on_sender_report(report);
                for block in &report.reports {
                    self.on_reception_report(block, now);
                }
            }
        }
    }

    fn on_outgoing(&mut self, packet: TaggedPacket, out: &mut Queue) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &packet.message.packet {
            for report in packets
                .iter()
                .filter_map(|rtcp| rtcp.as_any().downcast_ref::<SenderReport>())
            {
                if self.reports.len() == MAX_REPORTS {
                    self.reports.pop_front();
                }
                self.reports
                    .push_back((middle(report.ntp_time), packet.now));
            }
        }
        out.push_back(packet);
        Ok(())
    }

    fn bind_local(&mut self, stream: &StreamInfo) {
        self.local.insert(stream.ssrc);
        if stream.mime_type.starts_with("audio/") {
            self.local_audio.insert(stream.ssrc);
        }
    }

    fn unbind_local(&mut self, stream: &StreamInfo) {
        self.local.remove(&stream.ssrc);
        self.local_audio.remove(&stream.ssrc);
        self.requested.remove(&stream.ssrc);
    }

    fn bind_remote(&mut self, stream: &StreamInfo) {
        self.remote.insert(stream.ssrc);
    }

    fn unbind_remote(&mut self, stream: &StreamInfo) {
        self.remote.remove(&stream.ssrc);
        self.state.sender_times().remove(stream.ssrc);
    }
}
