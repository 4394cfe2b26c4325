//! A track of the other side.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use bytes::Bytes;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use tokio::sync::{Notify, mpsc};
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

use super::{Counters, Frame, Kind, SenderClock};
use crate::clock;
use crate::rtp::assembler::{Arrival, Assembler};

/// Video frames waiting at most, two seconds. Beyond it the reader gets the next keyframe.
const MAX_VIDEO_FRAMES: usize = 60;
/// Audio packets waiting at most, two seconds. Beyond it new ones are lost like on the network.
const MAX_AUDIO_PACKETS: usize = 100;

/// A track of the other side. Dropping it stops only its delivery.
#[derive(Debug)]
pub struct RemoteTrack {
    kind: Kind,
    mid: String,
    frames: mpsc::Receiver<Frame>,
    keyframe: Arc<Notify>,
    sender_clock: SenderClock,
}

impl RemoteTrack {
    /// What it carries.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its media section.
    #[must_use]
    pub fn mid(&self) -> &str {
        &self.mid
    }

    /// When its sender says that its frames were captured.
    #[must_use]
    pub fn sender_clock(&self) -> &SenderClock {
        &self.sender_clock
    }

    /// The next frame; `None` when the track or the peer ended. Cancel-safe.
    pub async fn recv(&mut self) -> Option<Frame> {
        self.frames.recv().await
    }

    /// Asks the sender for a keyframe: for a decoder that lost its state. Gaps are noticed without it.
    pub fn request_keyframe(&self) {
        self.keyframe.notify_one();
    }
}

/// What turns the packets of one track into frames.
pub(crate) struct Arriving {
    track: Arc<dyn TrackRemote>,
    kind: Kind,
    ssrc: u32,
    frames: mpsc::Sender<Frame>,
    keyframe: Arc<Notify>,
    counters: Arc<Counters>,
    assembler: Assembler,
    /// The reader fell behind: nothing but a keyframe is of use to it.
    skipping: bool,
}

impl Arriving {
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
        let keyframe = Arc::new(Notify::new());
        let remote = RemoteTrack {
            kind,
            mid,
            frames: receiver,
            keyframe: Arc::clone(&keyframe),
            sender_clock,
        };
        let arriving = Self {
            track,
            kind,
            ssrc,
            frames,
            keyframe,
            counters,
            assembler: Assembler::default(),
            skipping: false,
        };
        (arriving, remote)
    }

    /// Runs until the track ends.
    pub(crate) async fn run(mut self) {
        loop {
            let deadline = self.assembler.deadline();
            tokio::select! {
                event = self.track.poll() => match event {
                    Some(TrackRemoteEvent::OnRtpPacket(packet)) => self.packet(packet).await,
                    Some(TrackRemoteEvent::OnEnded) | None => return,
                    Some(_) => {}
                },
                () = self.keyframe.notified() => self.ask().await,
                () = until(deadline) => self.check().await,
            }
        }
    }

    async fn packet(&mut self, packet: rtc::rtp::Packet) {
        let now = clock::now();
        self.counters.packet(packet.payload.len());
        match self.kind {
            Kind::Audio => self.audio(packet, now),
            Kind::Video => {
                let arrival = Arrival {
                    sequence: packet.header.sequence_number,
                    timestamp: packet.header.timestamp,
                    marker: packet.header.marker,
                    payload: packet.payload,
                };
                for frame in self.assembler.push(arrival, now) {
                    self.video(Frame {
                        data: frame.data,
                        timestamp: frame.timestamp,
                        keyframe: frame.keyframe,
                        sequence: None,
                        arrived: frame.completed,
                    })
                    .await;
                }
                self.check().await;
            }
        }
    }

    fn audio(&self, packet: rtc::rtp::Packet, now: Instant) {
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

    async fn video(&mut self, frame: Frame) {
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
        // Asked once: while the reader stays away, more keyframes would only be thrown away too.
        if !self.skipping && !self.frames.is_closed() {
            self.skipping = true;
            self.ask().await;
        }
    }

    async fn check(&mut self) {
        if self.assembler.wants_keyframe(clock::now()) {
            self.ask().await;
        }
    }

    async fn ask(&self) {
        let request = PictureLossIndication {
            sender_ssrc: 0,
            media_ssrc: self.ssrc,
        };
        // Fails only when the peer is closing.
        let _ = self.track.write_rtcp(vec![Box::new(request)]).await;
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}
