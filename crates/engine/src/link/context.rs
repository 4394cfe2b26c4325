//! What all links of a page share.

use std::sync::Arc;

use maru_sound::Sound;

use crate::audio_loss::AudioLoss;
use crate::event::{EngineEvent, EventListener};
use crate::frame_router::FrameRouter;
use crate::ids::StreamIds;

#[derive(Clone)]
pub(crate) struct LinkContext {
    pub(crate) router: Arc<FrameRouter>,
    pub(crate) stream_ids: Arc<StreamIds>,
    pub(crate) audio_loss: Arc<AudioLoss>,
    pub(crate) sound: Sound,
    pub(crate) listener: EventListener,
}

impl LinkContext {
    /// Reports an event to the page.
    pub(super) fn emit(&self, event: EngineEvent) {
        (self.listener)(event);
    }
}
