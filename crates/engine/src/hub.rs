//! Which frame goes where: between the page's worker and the links.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use maru_protocol::Source;
use tokio::sync::{Notify, mpsc};
use tokio_tungstenite::tungstenite::Message;

use crate::encode_plan::{LinkBudget, is_worth_telling, plan};
use crate::media_socket::{Header, ToPage};
use crate::{FIRST_OWN_STREAM, LinkId, StreamId};

/// What a loss counts for after the next report without one.
const VOICE_LOSS_KEPT: f32 = 0.8;

/// A frame of ours on its way to one link.
#[derive(Debug, Clone)]
pub(crate) struct VideoOut {
    pub(crate) source: Source,
    pub(crate) stream: StreamId,
    pub(crate) keyframe: bool,
    pub(crate) timestamp: u32,
    pub(crate) data: Bytes,
}

/// Where a link's frames are put.
#[derive(Debug)]
struct Taker {
    frames: mpsc::Sender<VideoOut>,
    budget: LinkBudget,
    /// Share of our voice that is lost on the way, smoothed.
    voice_loss: f32,
    /// Streams it lost a frame of: it gets nothing before the next keyframe.
    behind: Vec<StreamId>,
}

#[derive(Debug, Default)]
struct State {
    page: Option<mpsc::Sender<Message>>,
    seat: u64,
    links: BTreeMap<LinkId, Taker>,
    /// What the page was told each stream may cost.
    told: BTreeMap<StreamId, u32>,
    /// Remote video: how to ask its sender for a keyframe.
    remotes: HashMap<StreamId, Arc<Notify>>,
    last_stream: u32,
}

/// Holds no lock while it waits for anything, as it waits for nothing.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    state: Mutex<State>,
}

impl Hub {
    /// A worker connected; the one before is let go. Returns its seat.
    pub(crate) fn page_came(&self, outbox: mpsc::Sender<Message>) -> u64 {
        let mut state = self.lock();
        state.seat += 1;
        state.page = Some(outbox);
        state.told.clear();
        state.replan();
        // It begins with decoders that know nothing.
        for keyframe in state.remotes.values() {
            keyframe.notify_one();
        }
        state.seat
    }

    /// The worker of this seat is gone.
    pub(crate) fn page_went(&self, seat: u64) {
        let mut state = self.lock();
        if state.seat == seat {
            state.page = None;
        }
    }

    /// Lets the worker go, whoever it is.
    pub(crate) fn dismiss_page(&self) {
        self.lock().page = None;
    }

    /// A frame of ours, for everybody who takes its stream.
    pub(crate) fn frame_of_page(&self, header: Header, payload: &Bytes) {
        let mut state = self.lock();
        let mut keyframe_wanted = false;
        for taker in state.links.values_mut() {
            let takes = taker
                .budget
                .video
                .iter()
                .find(|(_, stream)| **stream == header.stream);
            if let Some((source, _)) = takes {
                let frame = VideoOut {
                    source: *source,
                    stream: header.stream,
                    keyframe: header.keyframe,
                    timestamp: header.timestamp,
                    data: payload.clone(),
                };
                keyframe_wanted |= !taker.give(frame);
            }
        }
        if keyframe_wanted {
            state.tell(&ToPage::Keyframe {
                stream: header.stream,
            });
        }
    }

    /// A frame of theirs. False where there is no page, or one that does not keep up.
    pub(crate) fn frame_for_page(&self, header: Header, payload: &[u8]) -> bool {
        let page = self.lock().page.clone();
        page.is_some_and(|page| {
            page.try_reserve()
                .map(|place| place.send(Message::Binary(header.join(payload))))
                .is_ok()
        })
    }

    /// A link needs a keyframe of a stream of ours.
    pub(crate) fn link_wants_keyframe(&self, stream: StreamId) {
        self.lock().tell(&ToPage::Keyframe { stream });
    }

    /// The page needs a keyframe of a remote stream.
    pub(crate) fn page_wants_keyframe(&self, stream: StreamId) {
        if let Some(keyframe) = self.lock().remotes.get(&stream) {
            keyframe.notify_one();
        }
    }

    /// A link is there. Returns where its frames come out, at most `waiting` at once.
    pub(crate) fn link_came(
        &self,
        link: LinkId,
        bandwidth: u32,
        waiting: usize,
    ) -> mpsc::Receiver<VideoOut> {
        let (frames, receiver) = mpsc::channel(waiting);
        let mut state = self.lock();
        let taker = Taker {
            frames,
            budget: LinkBudget {
                bandwidth,
                video: BTreeMap::new(),
            },
            voice_loss: 0.0,
            behind: Vec::new(),
        };
        state.links.insert(link, taker);
        state.replan();
        receiver
    }

    /// A link is gone.
    pub(crate) fn link_went(&self, link: LinkId) {
        let mut state = self.lock();
        state.links.remove(&link);
        state.replan();
    }

    /// What a link takes as `source`.
    pub(crate) fn set_video(&self, link: LinkId, source: Source, stream: Option<StreamId>) {
        let mut state = self.lock();
        if let Some(taker) = state.links.get_mut(&link) {
            match stream {
                Some(stream) => {
                    taker.budget.video.insert(source, stream);
                    // It comes in the middle of a stream that others may take already.
                    taker.behind.push(stream);
                }
                None => {
                    if let Some(stream) = taker.budget.video.remove(&source) {
                        taker.behind.retain(|behind| *behind != stream);
                    }
                }
            }
        }
        state.replan();
        if let Some(stream) = stream {
            state.tell(&ToPage::Keyframe { stream });
        }
    }

    /// What a link can carry, bits per second.
    pub(crate) fn set_bandwidth(&self, link: LinkId, bandwidth: u32) {
        let mut state = self.lock();
        if let Some(taker) = state.links.get_mut(&link) {
            taker.budget.bandwidth = bandwidth;
        }
        state.replan();
    }

    /// A link lost this share of our voice lately, 0 to 1. Returns the most that any link loses: one encoder
    /// speaks to all of them.
    pub(crate) fn set_voice_loss(&self, link: LinkId, lost: f32) -> f32 {
        let mut state = self.lock();
        if let Some(taker) = state.links.get_mut(&link) {
            // Up at once, down over several reports: what was lost in bursts will be again.
            taker.voice_loss = lost.max(taker.voice_loss * VOICE_LOSS_KEPT);
        }
        let losses = state.links.values().map(|taker| taker.voice_loss);
        losses.fold(0.0, f32::max)
    }

    /// A number for something of ours or theirs.
    pub(crate) fn number(&self) -> StreamId {
        let mut state = self.lock();
        state.last_stream = state.last_stream.wrapping_add(1) % FIRST_OWN_STREAM;
        FIRST_OWN_STREAM + state.last_stream
    }

    /// Remote video is there; `keyframe` asks its sender for a keyframe.
    pub(crate) fn remote_came(&self, stream: StreamId, keyframe: Arc<Notify>) {
        self.lock().remotes.insert(stream, keyframe);
    }

    /// Remote video is gone.
    pub(crate) fn remote_went(&self, stream: StreamId) {
        self.lock().remotes.remove(&stream);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Each change is whole before anything that could panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taker {
    /// False where the frame was of no use, and a keyframe is wanted.
    fn give(&mut self, frame: VideoOut) -> bool {
        let stream = frame.stream;
        if self.behind.contains(&stream) && !frame.keyframe {
            // Asked for once there is room again: a keyframe into a full queue would be lost too.
            return self.frames.capacity() < self.frames.max_capacity();
        }
        let keyframe = frame.keyframe;
        if self.frames.try_send(frame).is_ok() {
            if keyframe {
                self.behind.retain(|behind| *behind != stream);
            }
            return true;
        }
        if !self.behind.contains(&stream) {
            self.behind.push(stream);
        }
        true
    }
}

impl State {
    /// Tells the page what changed. What it has no room for is told with the next change or estimate.
    fn replan(&mut self) {
        let budgets = self
            .links
            .iter()
            .map(|(link, taker)| (*link, taker.budget.clone()))
            .collect();
        let now = plan(&budgets);
        let mut changes: Vec<(StreamId, u32)> = self
            .told
            .keys()
            .filter(|stream| !now.contains_key(stream))
            .map(|stream| (*stream, 0))
            .collect();
        for (stream, bitrate) in now {
            let told = self.told.get(&stream).copied().unwrap_or(0);
            if is_worth_telling(told, bitrate) {
                changes.push((stream, bitrate));
            }
        }
        for (stream, bitrate) in changes {
            if !self.tell(&ToPage::Encode { stream, bitrate }) {
                return;
            }
            if bitrate == 0 {
                self.told.remove(&stream);
            } else {
                self.told.insert(stream, bitrate);
            }
        }
    }

    fn tell(&self, message: &ToPage) -> bool {
        let Some(page) = &self.page else {
            return false;
        };
        // Numbers and names: this cannot fail.
        serde_json::to_string(message)
            .is_ok_and(|text| page.try_send(Message::Text(text.into())).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(stream: StreamId, keyframe: bool) -> Header {
        Header {
            stream,
            keyframe,
            hold: 0,
            timestamp: 0,
        }
    }

    fn texts(page: &mut mpsc::Receiver<Message>) -> Vec<String> {
        std::iter::from_fn(|| page.try_recv().ok())
            .map(|message| message.to_string())
            .collect()
    }

    #[test]
    fn a_stream_nobody_takes_any_more_is_told_to_stop() {
        let hub = Hub::default();
        let (outbox, mut page) = mpsc::channel(16);
        hub.page_came(outbox);
        let _frames = hub.link_came(1, 1_000_000, 4);
        hub.set_video(1, Source::Camera, Some(7));
        assert_eq!(
            texts(&mut page),
            [
                r#"{"type":"encode","stream":7,"bitrate":802000}"#,
                r#"{"type":"keyframe","stream":7}"#
            ]
        );
        hub.set_video(1, Source::Camera, None);
        assert_eq!(
            texts(&mut page),
            [r#"{"type":"encode","stream":7,"bitrate":0}"#]
        );
    }

    #[test]
    fn a_page_that_comes_later_hears_what_is_wanted() {
        let hub = Hub::default();
        let _frames = hub.link_came(1, 1_000_000, 4);
        hub.set_video(1, Source::Camera, Some(7));
        let (outbox, mut page) = mpsc::channel(16);
        hub.page_came(outbox);
        assert_eq!(
            texts(&mut page),
            [r#"{"type":"encode","stream":7,"bitrate":802000}"#]
        );
    }

    #[test]
    fn a_link_that_lost_a_frame_gets_nothing_before_a_keyframe_and_the_others_everything() {
        let hub = Hub::default();
        let mut slow = hub.link_came(1, 1_000_000, 1);
        let mut fast = hub.link_came(2, 1_000_000, 8);
        for link in [1, 2] {
            hub.set_video(link, Source::Camera, Some(7));
        }
        let payload = Bytes::from_static(b"x");
        for keyframe in [true, false, false] {
            hub.frame_of_page(frame(7, keyframe), &payload);
        }
        assert!(slow.try_recv().unwrap().keyframe);
        hub.frame_of_page(frame(7, false), &payload);
        assert!(slow.try_recv().is_err());
        hub.frame_of_page(frame(7, true), &payload);
        assert!(slow.try_recv().unwrap().keyframe);
        assert_eq!(std::iter::from_fn(|| fast.try_recv().ok()).count(), 5);
    }

    #[test]
    fn the_voice_is_protected_for_whoever_loses_most_of_it() {
        let hub = Hub::default();
        let _one = hub.link_came(1, 1_000_000, 1);
        let _two = hub.link_came(2, 1_000_000, 1);
        assert!((hub.set_voice_loss(1, 0.1) - 0.1).abs() < 1e-6);
        assert!((hub.set_voice_loss(2, 0.02) - 0.1).abs() < 1e-6);
        assert!((hub.set_voice_loss(1, 0.0) - 0.08).abs() < 1e-6);
        hub.link_went(1);
        assert!((hub.set_voice_loss(2, 0.0) - 0.016).abs() < 1e-6);
    }

    #[test]
    fn nothing_goes_to_a_page_that_does_not_read() {
        let hub = Hub::default();
        let (outbox, page) = mpsc::channel(4);
        let seat = hub.page_came(outbox);
        let taken = (0..100)
            .filter(|_| hub.frame_for_page(frame(9, true), b"x"))
            .count();
        assert_eq!(taken, 4);
        drop(page);
        hub.page_went(seat);
        assert!(!hub.frame_for_page(frame(9, true), b"x"));
    }
}
