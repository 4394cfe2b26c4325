//! Remote tracks.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use bytes::Bytes;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use tokio::sync::{Notify, mpsc};
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

use super::counters::Counters;
use super::frame::Frame;
use crate::clock;
use crate::kind::Kind;
use crate::rtp::assembler::{Assembler, ReceivedPacket};
use crate::rtp::sender_clock::SenderClock;

/// Unread video frames: two seconds. A reader that is further behind continues with the next keyframe.
const MAX_VIDEO_FRAMES: usize = 60;
/// Unread audio packets: two seconds. More are dropped, like losses on the network.
const MAX_AUDIO_PACKETS: usize = 100;

/// A remote track. Dropping it only stops its delivery.
#[derive(Debug)]
pub struct RemoteTrack {
    kind: Kind,
    mid: String,
    frames: mpsc::Receiver<Frame>,
    keyframe_request: Arc<Notify>,
    sender_clock: SenderClock,
}

impl RemoteTrack {
    /// Audio or video.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The `mid` of its media section.
    #[must_use]
    pub fn mid(&self) -> &str {
        &self.mid
    }

    /// The sender's clock, by which the capture times of frames of several tracks can be compared.
    #[must_use]
    pub fn sender_clock(&self) -> &SenderClock {
        &self.sender_clock
    }

    /// The next frame; `None` when the track or the peer ended. Cancel-safe.
    pub async fn recv(&mut self) -> Option<Frame> {
        self.frames.recv().await
    }

    /// Requests a keyframe (PLI), for a decoder that lost its state. After a gap one is requested without this.
    pub fn request_keyframe(&self) {
        self.keyframe_request.notify_one();
    }
}

/// Assembles the packets of one remote track into frames.
pub(crate) struct TrackReceiver {
    track: Arc<dyn TrackRemote>,
    kind: Kind,
    ssrc: u32,
    frames: mpsc::Sender<Frame>,
    keyframe_request: Arc<Notify>,
    counters: Arc<Counters>,
    assembler: Assembler,
    /// Frames were dropped because the reader is behind: it needs a keyframe next.
    skipping: bool,
}

impl TrackReceiver {
    pub(crate) fn new(
        track: Arc<dyn TrackRemote>,
        kind: Kind,
        mid: String,
        ssrc: u32,
        sender_clock: SenderClock,
        counters: Arc<Counters>,
    ) -> (Self, RemoteTrack) {
        let (frames, receiver) = mpsc::channel(match kind {
            Kind::Audio => MAX_AUDIO_PACKETS,
            Kind::Video => MAX_VIDEO_FRAMES,
        });
        let keyframe_request = Arc::new(Notify::new());
        let remote = RemoteTrack {
            kind,
            mid,
            frames: receiver,
            keyframe_request: Arc::clone(&keyframe_request),
            sender_clock,
        };
        let track_receiver = Self {
            track,
            kind,
            ssrc,
            frames,
            keyframe_request,
            counters,
            assembler: Assembler::default(),
            skipping: false,
        };
        (track_receiver, remote)
    }

    /// Runs until the track ends.
    pub(crate) async fn run(mut self) {
        loop {
            let deadline = self.assembler.deadline();
            tokio::select! {
                event = self.track.poll() => match event {
                    Some(TrackRemoteEvent::OnRtpPacket(packet)) => self.on_packet(packet).await,
                    Some(TrackRemoteEvent::OnEnded) | None => return,
                    Some(_) => {}
                },
                () = self.keyframe_request.notified() => self.send_pli().await,
                () = until(deadline) => self.check_keyframe().await,
            }
        }
    }

    async fn on_packet(&mut self, packet: rtc::rtp::Packet) {
        let now = clock::now();
        self.counters.count_packet(packet.payload.len());
        match self.kind {
            Kind::Audio => self.on_audio(packet, now),
            Kind::Video => {
                let received = ReceivedPacket {
                    sequence: packet.header.sequence_number,
                    timestamp: packet.header.timestamp,
                    marker: packet.header.marker,
                    payload: packet.payload,
                };
                for frame in self.assembler.push(received, now) {
                    self.on_video(Frame {
                        data: frame.data,
                        timestamp: frame.timestamp,
                        keyframe: frame.keyframe,
                        sequence: None,
                        arrived: frame.completed,
                    })
                    .await;
                }
                self.check_keyframe().await;
            }
        }
    }

    fn on_audio(&self, packet: rtc::rtp::Packet, now: Instant) {
        if packet.payload.is_empty() {
            return;
        }
        let frame = Frame {
            data: Bytes::clone(&packet.payload),
            timestamp: packet.header.timestamp,
            keyframe: true,
            sequence: Some(packet.header.sequence_number),
            arrived: now,
        };
        self.counters.frames.fetch_add(1, Relaxed);
        if self.frames.try_send(frame).is_err() {
            self.counters.dropped.fetch_add(1, Relaxed);
        }
    }

    async fn on_video(&mut self, frame: Frame) {
        self.counters.frames.fetch_add(1, Relaxed);
        if self.skipping && !frame.keyframe {
            self.counters.dropped.fetch_add(1, Relaxed);
            return;
        }
        if self.frames.try_send(frame).is_ok() {
            self.skipping = false;
            return;
        }
        self.counters.dropped.fetch_add(1, Relaxed);
        // Requested once: while the reader does not read, further keyframes would be dropped too.
        if !self.skipping && !self.frames.is_closed() {
            self.skipping = true;
            self.send_pli().await;
        }
    }

    async fn check_keyframe(&mut self) {
        if self.assembler.needs_keyframe(clock::now()) {
            self.send_pli().await;
        }
    }

    /// Requests a keyframe (PLI, RFC 4585 §6.3.1).
    async fn send_pli(&self) {
        let pli = PictureLossIndication {
            sender_ssrc: 0,
            media_ssrc: self.ssrc,
        };
        // Fails only while the peer is closing.
        let _ = self.track.write_rtcp(vec![Box::new(pli)]).await;
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}
