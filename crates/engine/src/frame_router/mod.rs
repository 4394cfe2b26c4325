//! Routes encoded video between the page's worker and the links, and in return keyframe requests and encoder bitrates.

mod bitrate_allocation;
mod signalled_bitrates;
mod video_queue;
mod worker_queue;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use maru_protocol::Source;
use tokio::sync::{Notify, mpsc};
use tokio_tungstenite::tungstenite::Message;

use self::bitrate_allocation::{LinkVideo, allocate};
use self::signalled_bitrates::SignalledBitrates;
pub(crate) use self::video_queue::OutgoingVideoFrame;
use self::video_queue::VideoQueue;
use self::worker_queue::{WorkerConnection, WorkerQueue, send_frame};
use crate::ids::{LinkId, StreamId};
use crate::wire::{FrameHeader, ToWorker};

#[derive(Debug, Default)]
struct State {
    worker: WorkerQueue,
    queues: BTreeMap<LinkId, VideoQueue>,
    /// The same links.
    links: BTreeMap<LinkId, LinkVideo>,
    bitrates: SignalledBitrates,
    /// Notified to request a keyframe from the sender of a remote stream.
    remote_keyframes: HashMap<StreamId, Arc<Notify>>,
}

/// Never blocks.
#[derive(Debug, Default)]
pub(crate) struct FrameRouter {
    state: Mutex<State>,
}

impl FrameRouter {
    /// A worker connected: it replaces the previous one, whose `messages` are dropped.
    pub(crate) fn connect_worker(&self, messages: mpsc::Sender<Message>) -> WorkerConnection {
        let mut state = self.lock();
        let connection = state.worker.connect(messages);
        state.bitrates.clear();
        state.signal_bitrates();
        // Its decoders start without a reference frame.
        for keyframe in state.remote_keyframes.values() {
            keyframe.notify_one();
        }
        connection
    }

    /// A worker's connection ended. Ignored if another worker has replaced it.
    pub(crate) fn disconnect_worker(&self, connection: WorkerConnection) {
        self.lock().worker.disconnect(connection);
    }

    /// Ends the worker's connection.
    pub(crate) fn close_worker(&self) {
        self.lock().worker.close();
    }

    /// Queues a local frame for every link that sends its stream.
    pub(crate) fn send_to_links(&self, header: FrameHeader, payload: &Bytes) {
        let FrameHeader {
            stream, keyframe, ..
        } = header;
        let mut state = self.lock();
        let State { queues, links, .. } = &mut *state;
        let mut needs_keyframe = false;
        for (link, queue) in queues {
            let streams = links.get(link).into_iter().flat_map(|link| &link.streams);
            let Some((source, _)) = streams.into_iter().find(|(_, sent)| **sent == stream) else {
                continue;
            };
            needs_keyframe |= queue.push(OutgoingVideoFrame {
                source: *source,
                stream,
                keyframe,
                timestamp: header.timestamp,
                data: payload.clone(),
            });
        }
        if needs_keyframe {
            state.worker.send_control(&ToWorker::Keyframe { stream });
        }
    }

    /// Queues a remote frame for the worker. False if there is no worker, or its queue is full.
    pub(crate) fn send_to_worker(&self, header: FrameHeader, payload: &[u8]) -> bool {
        let messages = self.lock().worker.messages();
        messages.is_some_and(|messages| send_frame(&messages, header, payload))
    }

    /// Requests a keyframe of a local stream from its encoder.
    pub(crate) fn request_local_keyframe(&self, stream: StreamId) {
        self.lock()
            .worker
            .send_control(&ToWorker::Keyframe { stream });
    }

    /// Requests a keyframe of a remote stream from its sender.
    pub(crate) fn request_remote_keyframe(&self, stream: StreamId) {
        if let Some(keyframe) = self.lock().remote_keyframes.get(&stream) {
            keyframe.notify_one();
        }
    }

    /// Adds a link with a bandwidth estimate in bits per second. Returns its queue, of at most `capacity` frames.
    pub(crate) fn add_link(
        &self,
        link: LinkId,
        bandwidth: u32,
        capacity: usize,
    ) -> mpsc::Receiver<OutgoingVideoFrame> {
        let (queue, receiver) = VideoQueue::new(capacity);
        let video = LinkVideo {
            bandwidth,
            streams: BTreeMap::new(),
        };
        let mut state = self.lock();
        state.queues.insert(link, queue);
        state.links.insert(link, video);
        state.signal_bitrates();
        receiver
    }

    /// Removes a link.
    pub(crate) fn remove_link(&self, link: LinkId) {
        let mut state = self.lock();
        state.queues.remove(&link);
        state.links.remove(&link);
        state.signal_bitrates();
    }

    /// Sets the stream that a link sends as `source`; `None` for nothing.
    pub(crate) fn set_video(&self, link: LinkId, source: Source, stream: Option<StreamId>) {
        let mut state = self.lock();
        let State { queues, links, .. } = &mut *state;
        if let (Some(queue), Some(video)) = (queues.get_mut(&link), links.get_mut(&link)) {
            let previous = match stream {
                Some(stream) => video.streams.insert(source, stream),
                None => video.streams.remove(&source),
            };
            if let Some(previous) = previous {
                queue.remove_stream(previous);
            }
            if let Some(stream) = stream {
                queue.add_stream(stream);
            }
        }
        state.signal_bitrates();
        if let Some(stream) = stream {
            state.worker.send_control(&ToWorker::Keyframe { stream });
        }
    }

    /// Sets a link's bandwidth estimate, in bits per second.
    pub(crate) fn set_bandwidth(&self, link: LinkId, bandwidth: u32) {
        let mut state = self.lock();
        if let Some(video) = state.links.get_mut(&link) {
            video.bandwidth = bandwidth;
        }
        state.signal_bitrates();
    }

    /// Adds a remote video stream. `keyframe` is notified to request a keyframe from its sender.
    pub(crate) fn add_remote_video(&self, stream: StreamId, keyframe: Arc<Notify>) {
        self.lock().remote_keyframes.insert(stream, keyframe);
    }

    /// Removes a remote video stream.
    pub(crate) fn remove_remote_video(&self, stream: StreamId) {
        self.lock().remote_keyframes.remove(&stream);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No method can panic between two changes that belong together.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Signals changed bitrates. If the worker's queue is full, the rest is signalled with the next change or estimate.
    fn signal_bitrates(&mut self) {
        let allocated = allocate(&self.links);
        for (stream, bitrate) in self.bitrates.changes(&allocated) {
            let message = ToWorker::Encode { stream, bitrate };
            if !self.worker.send_control(&message) {
                return;
            }
            self.bitrates.set(stream, bitrate);
        }
    }
}

#[cfg(test)]
mod tests;
