//! Sends local media on the connection. Not in the link's task, so that a negotiation never delays audio.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use maru_peer::{AudioLevel, LocalTrack, OutgoingFrame};
use maru_protocol::Source;
use tokio::sync::mpsc;

use super::senders::Senders;
use crate::frame_router::{FrameRouter, OutgoingVideoFrame};
use crate::ids::StreamId;

/// With more than this in the pacer, frames are dropped up to the next keyframe: a pause is better than a delay that does
/// not end.
const MAX_BACKLOG: Duration = Duration::from_millis(250);
/// A keyframe is requested when no more than this is left in the pacer.
const KEYFRAME_BACKLOG: Duration = Duration::from_millis(60);
/// Minimum time between two keyframe requests for a stream.
const KEYFRAME_REQUEST_INTERVAL: Duration = Duration::from_millis(500);
/// Most queued video frames. They only wait while the connection's driver is busy.
pub(super) const MAX_VIDEO_FRAMES: usize = 16;
/// Most queued Opus packets: a third of a second.
pub(super) const MAX_AUDIO_PACKETS: usize = 16;

/// An Opus packet of the microphone.
#[derive(Debug, Clone)]
pub(crate) struct OutgoingAudioPacket {
    /// The microphone's stream.
    pub(crate) stream: StreamId,
    pub(crate) payload: Bytes,
    /// RTP timestamp, 48 kHz.
    pub(crate) timestamp: u32,
    /// RTP's marker bit (RFC 7587 §4.2).
    pub(crate) after_silence: bool,
    /// RFC 6464.
    pub(crate) level: AudioLevel,
}

/// Runs until both queues are closed.
pub(super) async fn send_media(
    senders: Senders,
    router: Arc<FrameRouter>,
    mut video: mpsc::Receiver<OutgoingVideoFrame>,
    mut audio: mpsc::Receiver<OutgoingAudioPacket>,
) {
    let mut video_sender = VideoSender::default();
    loop {
        tokio::select! {
            // Audio first: it is small, and a gap in it is audible.
            biased;
            Some(packet) = audio.recv() => {
                if let Some(track) = senders.track_of_stream(Source::Microphone, packet.stream) {
                    // Fails while the track is not negotiated, and when it is closed: the packet is lost.
                    let _ = track.write(OutgoingFrame {
                        data: packet.payload,
                        timestamp: packet.timestamp,
                        after_silence: packet.after_silence,
                        level: Some(packet.level),
                    }).await;
                }
            }
            Some(frame) = video.recv() => {
                if let Some(track) = senders.track_of_stream(frame.source, frame.stream) {
                    let stream = frame.stream;
                    if video_sender.send(&track, frame).await {
                        router.request_local_keyframe(stream);
                    }
                }
            }
            else => return,
        }
    }
}

/// Sends video frames that the receiver can decode: after a dropped frame, nothing before the next keyframe.
#[derive(Debug, Default)]
struct VideoSender {
    /// False after a dropped frame.
    decodable: BTreeMap<StreamId, bool>,
    keyframe_requested: BTreeMap<StreamId, Instant>,
}

impl VideoSender {
    /// Sends or drops a frame. True if a keyframe should be requested.
    async fn send(&mut self, track: &LocalTrack, frame: OutgoingVideoFrame) -> bool {
        let stream = frame.stream;
        if !track.is_connected() {
            // A keyframe would be lost too. The first frame on the connection requests one.
            self.decodable.insert(stream, false);
            return false;
        }
        let decodable = self.decodable.get(&stream).copied().unwrap_or(false);
        let backlog = track.backlog();
        let sent = if frame.keyframe || (decodable && backlog < MAX_BACKLOG) {
            track
                .write(OutgoingFrame {
                    data: frame.data,
                    timestamp: frame.timestamp,
                    after_silence: false,
                    level: None,
                })
                .await
                .is_ok()
        } else {
            false
        };
        self.decodable.insert(stream, sent);
        !sent && backlog < KEYFRAME_BACKLOG && self.may_request_keyframe(stream)
    }

    fn may_request_keyframe(&mut self, stream: StreamId) -> bool {
        let now = Instant::now();
        let recently = self
            .keyframe_requested
            .get(&stream)
            .is_some_and(|requested| now.duration_since(*requested) < KEYFRAME_REQUEST_INTERVAL);
        if !recently {
            self.keyframe_requested.insert(stream, now);
        }
        !recently
    }
}
