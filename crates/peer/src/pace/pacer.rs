//! The pacer: spreads a keyframe over time so that it does not flood the path's queue.
//!
//! The stack has one, but it holds audio back together with video, in one line: at 700 kbit/s of room and a
//! fixed-rate encoder two of three audio packets came too late. Here audio never waits, retransmissions go
//! before new video, and the rate is 2.5 times the estimate: the encoder keeps the average below the
//! estimate, the pacer only breaks up bursts.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use rtc::interceptor::{Attribute, Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::sansio::Protocol;
use rtc::shared::error::Error;

use super::bucket::Bucket;
use super::repairs::{Repairs, size};
use super::shared::Shared;

/// Multiple of the estimate at which video leaves.
const PACE: f64 = 2.5;
/// Never slower than this, in bits per second: a keyframe must get out.
const LEAST: f64 = 300_000.0;
/// Packets waiting at most, about 1.2 MB. A frame that does not fit is cut short, and the far end asks for a keyframe.
pub(crate) const MAX_QUEUED: usize = 1024;

/// See the module.
pub(crate) struct Pacer {
    shared: Arc<Shared>,
    bucket: Option<Bucket>,
    audio: HashSet<u32>,
    repairs: Repairs,
    video: VecDeque<TaggedPacket>,
    video_octets: usize,
    ready: VecDeque<TaggedPacket>,
    read: VecDeque<TaggedPacket>,
}

impl Pacer {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            bucket: None,
            audio: HashSet::new(),
            repairs: Repairs::default(),
            video: VecDeque::new(),
            video_octets: 0,
            ready: VecDeque::new(),
            read: VecDeque::new(),
        }
    }

    fn octets_per_second(&self) -> f64 {
        (f64::from(self.shared.bandwidth()) * PACE).max(LEAST) / 8.0
    }

    fn release(&mut self, now: Instant) {
        let rate = self.octets_per_second();
        let bucket = self.bucket.get_or_insert_with(|| Bucket::new(rate, now));
        bucket.set_rate(rate, now);
        while let Some(head) = self.repairs.front().or_else(|| self.video.front()) {
            if !bucket.take(size(head), now) {
                break;
            }
            let packet = self.repairs.pop().or_else(|| {
                let packet = self.video.pop_front()?;
                self.video_octets = self.video_octets.saturating_sub(size(&packet));
                Some(packet)
            });
            if let Some(mut packet) = packet {
                // It leaves now: the estimate must not charge our own queue to the path.
                packet.now = now;
                self.ready.push_back(packet);
            }
        }
        let queued = self.video_octets + self.repairs.octets();
        self.shared.set_queued_bytes(queued as u64);
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Pacer {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, message: TaggedPacket) -> Result<(), Error> {
        self.read.push_back(message);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.read.pop_front()
    }

    fn handle_write(&mut self, message: TaggedPacket) -> Result<(), Error> {
        let video = match &message.message.packet {
            Packet::Rtp(packet) if !self.audio.contains(&packet.header.ssrc) => packet,
            _ => {
                self.ready.push_back(message);
                return Ok(());
            }
        };
        let now = message.now;
        let taken = if message.message.get(&Attribute::Retransmission).is_some() {
            self.repairs.push(message, self.octets_per_second())
        } else {
            self.repairs.follow(video);
            let room = self.video.len() < MAX_QUEUED;
            if room {
                self.video_octets += size(&message);
                self.video.push_back(message);
            }
            room
        };
        if !taken {
            self.shared.packet_refused();
            return Ok(());
        }
        self.release(now);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.ready.pop_front()
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        self.release(now);
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        if self.repairs.is_empty() && self.video.is_empty() {
            return None;
        }
        self.bucket.as_ref().map(Bucket::open_at)
    }
}

impl Interceptor for Pacer {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        if info
            .mime_type
            .get(..6)
            .is_some_and(|prefix| prefix.eq_ignore_ascii_case("audio/"))
        {
            self.audio.insert(info.ssrc);
        }
        self.repairs.bind(info);
    }

    fn unbind_local_stream(&mut self, info: &StreamInfo) {
        self.audio.remove(&info.ssrc);
        self.repairs.unbind(info);
    }

    fn bind_remote_stream(&mut self, _: &StreamInfo) {}

    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use rtc::interceptor::AttributedPacket;
    use rtc::shared::TransportContext;
    use std::time::Duration;

    const VOICE: u32 = 1;
    const CAMERA: u32 = 2;

    fn packet(ssrc: u32, sequence: u16, now: Instant) -> TaggedPacket {
        let header = rtc::rtp::Header {
            version: 2,
            ssrc,
            sequence_number: sequence,
            ..Default::default()
        };
        let packet = rtc::rtp::Packet {
            header,
            payload: Bytes::from(vec![0; 1100]),
        };
        TaggedPacket {
            now,
            transport: TransportContext::default(),
            message: AttributedPacket::new(Packet::Rtp(packet)),
        }
    }

    fn ssrc(packet: &TaggedPacket) -> u32 {
        match &packet.message.packet {
            Packet::Rtp(packet) => packet.header.ssrc,
            _ => 0,
        }
    }

    fn pacer() -> (Pacer, Arc<Shared>) {
        let (news, _) = tokio::sync::mpsc::channel(1);
        let shared = Arc::new(Shared::new(news, 400_000));
        let mut pacer = Pacer::new(Arc::clone(&shared));
        pacer.bind_local_stream(&StreamInfo {
            ssrc: VOICE,
            mime_type: "audio/opus".into(),
            ..Default::default()
        });
        pacer.bind_local_stream(&StreamInfo {
            ssrc: CAMERA,
            mime_type: "video/VP8".into(),
            ..Default::default()
        });
        (pacer, shared)
    }

    #[test]
    fn audio_overtakes_a_keyframe() {
        let now = Instant::now();
        let (mut pacer, shared) = pacer();
        for sequence in 0..60 {
            pacer.handle_write(packet(CAMERA, sequence, now)).unwrap();
        }
        while pacer.poll_write().is_some() {}
        assert!(shared.queued_bytes() > 50_000);
        pacer.handle_write(packet(VOICE, 0, now)).unwrap();
        assert_eq!(pacer.poll_write().as_ref().map(ssrc), Some(VOICE));
    }

    #[test]
    fn a_burst_leaves_at_two_and_a_half_times_the_estimate() {
        let start = Instant::now();
        let (mut pacer, _) = pacer();
        for sequence in 0..200 {
            pacer.handle_write(packet(CAMERA, sequence, start)).unwrap();
        }
        let mut sent = 0;
        while let Some(at) = pacer
            .poll_timeout()
            .filter(|at| *at < start + Duration::from_secs(1))
        {
            pacer.handle_timeout(at).unwrap();
            sent += std::iter::from_fn(|| pacer.poll_write()).count();
        }
        // 1 Mbit/s of packets of 1,112 octets.
        assert!((108..=116).contains(&sent), "{sent}");
    }

    #[test]
    fn the_queue_is_bounded() {
        let now = Instant::now();
        let (mut pacer, shared) = pacer();
        for sequence in 0..3000 {
            pacer.handle_write(packet(CAMERA, sequence, now)).unwrap();
        }
        assert!(pacer.video.len() <= MAX_QUEUED);
        assert!(shared.packets_refused() > 1900);
    }
}
