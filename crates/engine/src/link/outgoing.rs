//! Moves our frames into the connection. Beside the link's own task, so that a negotiation never holds up a
//! voice.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use maru_peer::{AudioLevel, LocalTrack, OutgoingFrame};
use maru_protocol::Source;
use tokio::sync::mpsc;

use crate::StreamId;
use crate::hub::{Hub, VideoOut};

/// What waits in the pacer longer than this is late for good: better a pause and a keyframe.
const MAX_BACKLOG: Duration = Duration::from_millis(250);
/// A keyframe goes into a pacer that is this empty.
const READY_BACKLOG: Duration = Duration::from_millis(60);
/// Between two requests for the same keyframe.
const ASK_AGAIN: Duration = Duration::from_millis(500);
/// Video frames waiting for this task: it only waits while the connection's driver is behind.
pub(super) const MAX_FRAMES: usize = 16;
/// Opus packets waiting, a third of a second.
pub(super) const MAX_PACKETS: usize = 16;

/// An Opus packet of ours.
#[derive(Debug, Clone)]
pub(crate) struct VoiceOut {
    pub(crate) microphone: StreamId,
    pub(crate) payload: Bytes,
    pub(crate) timestamp: u32,
    pub(crate) after_silence: bool,
    pub(crate) level: AudioLevel,
}

/// What is sent as each source; shared with the link's task, which negotiates it.
#[derive(Debug, Clone, Default)]
pub(super) struct Outgoing {
    tracks: Arc<Mutex<BTreeMap<Source, Sent>>>,
}

#[derive(Debug, Clone)]
pub(super) struct Sent {
    /// Its section of the connection.
    pub(super) track: LocalTrack,
    /// What is put into it.
    pub(super) stream: Option<StreamId>,
}

impl Outgoing {
    pub(super) fn with<R>(&self, change: impl FnOnce(&mut BTreeMap<Source, Sent>) -> R) -> R {
        // Entries are replaced whole.
        change(&mut self.tracks.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn track(&self, source: Source) -> Option<LocalTrack> {
        self.with(|tracks| tracks.get(&source).map(|sent| sent.track.clone()))
    }

    fn find(&self, source: Source, stream: StreamId) -> Option<LocalTrack> {
        self.with(|tracks| {
            tracks
                .get(&source)
                .filter(|sent| sent.stream == Some(stream))
                .map(|sent| sent.track.clone())
        })
    }

    /// Runs until both queues are closed.
    pub(super) async fn run(
        self,
        hub: Arc<Hub>,
        mut video: mpsc::Receiver<VideoOut>,
        mut voice: mpsc::Receiver<VoiceOut>,
    ) {
        let mut keyframes = Keyframes::default();
        loop {
            tokio::select! {
                // A voice is small and its absence is heard.
                biased;
                Some(packet) = voice.recv() => {
                    if let Some(track) = self.find(Source::Microphone, packet.microphone) {
                        // Not negotiated yet, or closed: silence either way.
                        let _ = track.write(OutgoingFrame {
                            data: packet.payload,
                            timestamp: packet.timestamp,
                            after_silence: packet.after_silence,
                            level: Some(packet.level),
                        }).await;
                    }
                }
                Some(frame) = video.recv() => {
                    if let Some(track) = self.find(frame.source, frame.stream) {
                        let stream = frame.stream;
                        if !keyframes.write(&track, frame).await {
                            hub.link_wants_keyframe(stream);
                        }
                    }
                }
                else => return,
            }
        }
    }
}

/// Which streams may go on only with a keyframe.
#[derive(Debug, Default)]
struct Keyframes {
    /// When the last frame of a stream went out whole; `None` after one that did not.
    flowing: BTreeMap<StreamId, bool>,
    asked: BTreeMap<StreamId, Instant>,
}

impl Keyframes {
    /// False where a keyframe should be asked for.
    async fn write(&mut self, track: &LocalTrack, frame: VideoOut) -> bool {
        let stream = frame.stream;
        if !track.is_connected() {
            // A keyframe would be lost too; the first frame after it requests one.
            self.flowing.insert(stream, false);
            return true;
        }
        let flowing = self.flowing.get(&stream).copied().unwrap_or(false);
        let backlog = track.backlog();
        let takes = if frame.keyframe {
            true
        } else {
            flowing && backlog < MAX_BACKLOG
        };
        if takes {
            let written = track
                .write(OutgoingFrame {
                    data: frame.data,
                    timestamp: frame.timestamp,
                    after_silence: false,
                    level: None,
                })
                .await
                .is_ok();
            self.flowing.insert(stream, written);
            if written {
                return true;
            }
        } else {
            self.flowing.insert(stream, false);
        }
        backlog >= READY_BACKLOG || !self.may_ask(stream)
    }

    fn may_ask(&mut self, stream: StreamId) -> bool {
        let now = Instant::now();
        let recently = self
            .asked
            .get(&stream)
            .is_some_and(|asked| now.duration_since(*asked) < ASK_AGAIN);
        if !recently {
            self.asked.insert(stream, now);
        }
        !recently
    }
}
