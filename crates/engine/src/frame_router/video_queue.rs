//! The queue of our video frames to one link.

use std::collections::BTreeSet;

use bytes::Bytes;
use maru_protocol::Source;
use tokio::sync::mpsc;

use crate::ids::StreamId;

/// An encoded video frame of ours on its way to one link.
#[derive(Debug, Clone)]
pub(crate) struct OutgoingVideoFrame {
    pub(crate) source: Source,
    pub(crate) stream: StreamId,
    pub(crate) keyframe: bool,
    /// Capture time on the 90 kHz RTP clock, wrapping.
    pub(crate) timestamp: u32,
    pub(crate) data: Bytes,
}

/// After a frame of a stream was dropped, nothing of that stream is queued before its next keyframe.
#[derive(Debug)]
pub(super) struct VideoQueue {
    frames: mpsc::Sender<OutgoingVideoFrame>,
    awaiting_keyframe: BTreeSet<StreamId>,
}

impl VideoQueue {
    /// A queue of at most `capacity` frames, and its reader.
    pub(super) fn new(capacity: usize) -> (Self, mpsc::Receiver<OutgoingVideoFrame>) {
        let (frames, receiver) = mpsc::channel(capacity);
        let queue = Self {
            frames,
            awaiting_keyframe: BTreeSet::new(),
        };
        (queue, receiver)
    }

    /// The link sends this stream from now on. Other links may receive it already, so it begins with a keyframe.
    pub(super) fn add_stream(&mut self, stream: StreamId) {
        self.awaiting_keyframe.insert(stream);
    }

    /// The link no longer sends this stream.
    pub(super) fn remove_stream(&mut self, stream: StreamId) {
        self.awaiting_keyframe.remove(&stream);
    }

    /// Queues a frame, or drops it. True if the stream needs a keyframe.
    pub(super) fn push(&mut self, frame: OutgoingVideoFrame) -> bool {
        let OutgoingVideoFrame {
            stream, keyframe, ..
        } = frame;
        if self.awaiting_keyframe.contains(&stream) && !keyframe {
            // Requested once the queue is empty: a keyframe would not fit into a full one.
            return self.frames.capacity() == self.frames.max_capacity();
        }
        if self.frames.try_send(frame).is_err() {
            self.awaiting_keyframe.insert(stream);
        } else if keyframe {
            self.awaiting_keyframe.remove(&stream);
        }
        false
    }
}
