//! What the far end says: round trips and keyframe requests for what we send, and when it captured what it sends.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::reception_report::ReceptionReport;
use rtc::rtcp::sender_report::SenderReport;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;

use super::shared::{Feedback, Shared};
use crate::tracks::SenderTime;

/// Where the interceptor below stands: wire-ward of everything that generates reports, to see them leave.
pub(crate) const SLOT: usize = 3_500;
/// Two keyframe requests nearer than this ask for the same keyframe.
const SAME_REQUEST: Duration = Duration::from_millis(300);
/// Sender reports remembered, to measure round trips by. One leaves each second.
const REPORTS_KEPT: usize = 16;

/// Reads RTCP on its way in and sender reports on their way out.
pub(crate) struct FarEnd {
    shared: Arc<Shared>,
    ours: HashSet<u32>,
    /// Those of ours that are sound.
    voices: HashSet<u32>,
    theirs: HashSet<u32>,
    asked: HashMap<u32, Instant>,
    /// Middle 32 bits of the NTP time of a sender report (RFC 3550 §6.4.1), and when it left.
    reports: VecDeque<(u32, Instant)>,
    read: VecDeque<TaggedPacket>,
    write: VecDeque<TaggedPacket>,
}

impl FarEnd {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            ours: HashSet::new(),
            voices: HashSet::new(),
            theirs: HashSet::new(),
            asked: HashMap::new(),
            reports: VecDeque::new(),
            read: VecDeque::new(),
            write: VecDeque::new(),
        }
    }

    fn keyframe(&mut self, ssrc: u32, now: Instant) {
        if !self.ours.contains(&ssrc) {
            return;
        }
        let fresh = self
            .asked
            .get(&ssrc)
            .is_none_or(|last| now.saturating_duration_since(*last) >= SAME_REQUEST);
        if fresh {
            self.asked.insert(ssrc, now);
            self.shared.tell(Feedback::KeyframeWanted(ssrc));
        }
    }

    fn report(&self, report: &ReceptionReport, now: Instant) {
        if self.voices.contains(&report.ssrc) {
            self.shared.tell(Feedback::VoiceLoss(report.fraction_lost));
        }
        self.round_trip(report, now);
    }

    fn round_trip(&self, report: &ReceptionReport, now: Instant) {
        let sent = self
            .reports
            .iter()
            .find(|(stamp, _)| *stamp == report.last_sender_report);
        let Some((_, sent)) = sent.filter(|_| report.last_sender_report != 0) else {
            return;
        };
        let held = Duration::from_secs_f64(f64::from(report.delay) / 65_536.0);
        if let Some(round_trip) = now.saturating_duration_since(*sent).checked_sub(held) {
            self.shared.measured(round_trip);
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

impl Protocol<TaggedPacket, TaggedPacket, ()> for FarEnd {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, message: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &message.message.packet {
            for packet in packets {
                let packet = packet.as_any();
                if let Some(request) = packet.downcast_ref::<PictureLossIndication>() {
                    self.keyframe(request.media_ssrc, message.now);
                } else if let Some(request) = packet.downcast_ref::<FullIntraRequest>() {
                    for entry in &request.fir {
                        self.keyframe(entry.ssrc, message.now);
                    }
                } else if let Some(report) = packet.downcast_ref::<ReceiverReport>() {
                    report
                        .reports
                        .iter()
                        .for_each(|block| self.report(block, message.now));
                } else if let Some(report) = packet.downcast_ref::<SenderReport>() {
                    if self.theirs.contains(&report.ssrc) {
                        let time = SenderTime {
                            ntp: report.ntp_time,
                            rtp: report.rtp_time,
                        };
                        self.shared.sender_times().note(report.ssrc, time);
                    }
                    report
                        .reports
                        .iter()
                        .for_each(|block| self.report(block, message.now));
                }
            }
        }
        self.read.push_back(message);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.read.pop_front()
    }

    fn handle_write(&mut self, message: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &message.message.packet {
            for report in packets
                .iter()
                .filter_map(|packet| packet.as_any().downcast_ref::<SenderReport>())
            {
                if self.reports.len() == REPORTS_KEPT {
                    self.reports.pop_front();
                }
                self.reports
                    .push_back((middle(report.ntp_time), message.now));
            }
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

impl Interceptor for FarEnd {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        self.ours.insert(info.ssrc);
        if info.mime_type.starts_with("audio/") {
            self.voices.insert(info.ssrc);
        }
    }

    fn unbind_local_stream(&mut self, info: &StreamInfo) {
        self.ours.remove(&info.ssrc);
        self.voices.remove(&info.ssrc);
        self.asked.remove(&info.ssrc);
    }

    fn bind_remote_stream(&mut self, info: &StreamInfo) {
        self.theirs.insert(info.ssrc);
    }

    fn unbind_remote_stream(&mut self, info: &StreamInfo) {
        self.theirs.remove(&info.ssrc);
        self.shared.sender_times().forget(info.ssrc);
    }
}
