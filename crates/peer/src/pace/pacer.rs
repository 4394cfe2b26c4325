//! The pacer: spreads a keyframe over time so that it does not fill the path's queue.
//!
//! The stack's pacer queues audio together with video: at a capacity of 700 kbit/s with a fixed-rate encoder, two of three
//! audio packets came too late. Here audio is never queued, and retransmissions go before new video. The rate is 2.5 times
//! the estimate: the encoder keeps the average below the estimate, the pacer only breaks up bursts.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use rtc::interceptor::{Attribute, Packet, StreamInfo, TaggedPacket};
use rtc::shared::error::Error;

use super::chain_state::ChainState;
use super::retransmission_queue::{RetransmissionQueue, size};
use super::token_bucket::TokenBucket;
use crate::interceptor::{Queue, Stage};

/// The pacing rate as a multiple of the estimate.
const PACING_FACTOR: f64 = 2.5;
/// Lowest pacing rate, in bits per second: a keyframe must not take forever.
const MIN_RATE: f64 = 300_000.0;
/// Video packets queued, about 1.2 MB. If a frame does not fit the rest of it is dropped, and the remote peer requests a
/// keyframe.
pub(crate) const MAX_QUEUED: usize = 1024;

/// See the module.
pub(crate) struct Pacer {
    state: Arc<ChainState>,
    bucket: Option<TokenBucket>,
    /// SSRCs of audio.
    audio: HashSet<u32>,
    retransmissions: RetransmissionQueue,
    video: VecDeque<TaggedPacket>,
    video_bytes: usize,
}

impl Pacer {
    pub(crate) fn new(state: Arc<ChainState>) -> Self {
        Self {
            state,
            bucket: None,
            audio: HashSet::new(),
            retransmissions: RetransmissionQueue::default(),
            video: VecDeque::new(),
            video_bytes: 0,
        }
    }

    fn bytes_per_second(&self) -> f64 {
        (f64::from(self.state.bandwidth()) * PACING_FACTOR).max(MIN_RATE) / 8.0
    }

    /// Sends what may leave now.
    fn release(&mut self, now: Instant, out: &mut Queue) {
        let rate = self.bytes_per_second();
        let bucket = self
            .bucket
            .get_or_insert_with(|| TokenBucket::new(rate, now));
        bucket.set_rate(rate, now);
        while let Some(head) = self.retransmissions.front().or_else(|| self.video.front()) {
            if !bucket.take(size(head), now) {
                break;
            }
            let packet = self.retransmissions.pop().or_else(|| {
                let packet = self.video.pop_front()?;
                self.video_bytes = self.video_bytes.saturating_sub(size(&packet));
                Some(packet)
            });
            if let Some(mut packet) = packet {
                // The departure time: the time in our own queue must not count as delay of the path.
                packet.now = now;
                out.push_back(packet);
            }
        }
        let queued = self.video_bytes + self.retransmissions.bytes();
        self.state.set_queued_bytes(queued as u64);
    }
}

impl Stage for Pacer {
    fn on_outgoing(&mut self, packet: TaggedPacket, out: &mut Queue) -> Result<(), Error> {
        let video = match &packet.message.packet {
            Packet::Rtp(rtp) if !self.audio.contains(&rtp.header.ssrc) => rtp,
            _ => {
                out.push_back(packet);
                return Ok(());
            }
        };
        let now = packet.now;
        let queued = if packet.message.get(&Attribute::Retransmission).is_some() {
            self.retransmissions.push(packet, self.bytes_per_second())
        } else {
            self.retransmissions.on_video(video);
            let has_room = self.video.len() < MAX_QUEUED;
            if has_room {
                self.video_bytes += size(&packet);
                self.video.push_back(packet);
            }
            has_room
        };
        if queued {
            self.release(now, out);
        } else {
            self.state.count_pacer_drop();
        }
        Ok(())
    }

    fn on_timeout(&mut self, now: Instant, out: &mut Queue) {
        self.release(now, out);
    }

    fn next_timeout(&self) -> Option<Instant> {
        if self.retransmissions.is_empty() && self.video.is_empty() {
            return None;
        }
        self.bucket.as_ref().map(TokenBucket::available_at)
    }

    fn bind_local(&mut self, stream: &StreamInfo) {
        if stream
            .mime_type
            .get(..6)
            .is_some_and(|prefix| prefix.eq_ignore_ascii_case("audio/"))
        {
            self.audio.insert(stream.ssrc);
        }
        self.retransmissions.bind(stream);
    }

    fn unbind_local(&mut self, stream: &StreamInfo) {
        self.audio.remove(&stream.ssrc);
        self.retransmissions.unbind(stream);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interceptor::StageInterceptor;
    use bytes::Bytes;
    use rtc::interceptor::{AttributedPacket, Interceptor};
    use rtc::sansio::Protocol;
    use rtc::shared::TransportContext;
    use std::time::Duration;

    const AUDIO: u32 = 1;
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

    fn pacer() -> (StageInterceptor<Pacer>, Arc<ChainState>) {
        let (events, _) = tokio::sync::mpsc::channel(1);
        let state = Arc::new(ChainState::new(events, 400_000));
        let mut pacer = StageInterceptor::new(Pacer::new(Arc::clone(&state)));
        pacer.bind_local_stream(&StreamInfo {
            ssrc: AUDIO,
            mime_type: "audio/opus".into(),
            ..Default::default()
        });
        pacer.bind_local_stream(&StreamInfo {
            ssrc: CAMERA,
            mime_type: "video/VP8".into(),
            ..Default::default()
        });
        (pacer, state)
    }

    #[test]
    fn audio_overtakes_a_keyframe() {
        let now = Instant::now();
        let (mut pacer, state) = pacer();
        for sequence in 0..60 {
            pacer.handle_write(packet(CAMERA, sequence, now)).unwrap();
        }
        while pacer.poll_write().is_some() {}
        assert!(state.queued_bytes() > 50_000);
        pacer.handle_write(packet(AUDIO, 0, now)).unwrap();
        assert_eq!(pacer.poll_write().as_ref().map(ssrc), Some(AUDIO));
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
        // 1 Mbit/s of packets of 1,112 bytes.
        assert!((108..=116).contains(&sent), "{sent}");
    }

    #[test]
    fn the_queue_is_bounded() {
        let now = Instant::now();
        let (mut pacer, state) = pacer();
        for sequence in 0..3000 {
            pacer.handle_write(packet(CAMERA, sequence, now)).unwrap();
        }
        assert!(pacer.stage.video.len() <= MAX_QUEUED);
        assert!(state.pacer_drops() > 1900);
    }
}
