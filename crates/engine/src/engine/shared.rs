//! What the engine's handle and its tasks share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use maru_sound::Sound;

use super::page::Page;
use crate::audio_loss::AudioLoss;
use crate::config::Config;
use crate::event::{EngineEvent, EventListener};
use crate::frame_router::FrameRouter;
use crate::ids::StreamIds;
use crate::link::LinkContext;
use crate::media_socket::{MediaSocket, WorkerAuth};

pub(super) struct Shared {
    pub(super) config: Config,
    pub(super) auth: Arc<WorkerAuth>,
    pub(super) router: Arc<FrameRouter>,
    pub(super) sound: Sound,
    pub(super) socket: MediaSocket,
    pub(super) stream_ids: Arc<StreamIds>,
    audio_loss: Arc<AudioLoss>,
    page: Mutex<Option<Page>>,
    last_page: AtomicU64,
}

impl Shared {
    pub(super) fn new(
        config: Config,
        auth: Arc<WorkerAuth>,
        router: Arc<FrameRouter>,
        sound: Sound,
        socket: MediaSocket,
    ) -> Self {
        Self {
            config,
            auth,
            router,
            sound,
            socket,
            stream_ids: Arc::default(),
            audio_loss: Arc::default(),
            page: Mutex::new(None),
            last_page: AtomicU64::new(0),
        }
    }

    /// The open page.
    pub(super) fn page(&self) -> MutexGuard<'_, Option<Page>> {
        // No method can panic between two changes that belong together.
        self.page.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn new_page(&self, listener: EventListener) -> Page {
        let context = LinkContext {
            router: Arc::clone(&self.router),
            stream_ids: Arc::clone(&self.stream_ids),
            audio_loss: Arc::clone(&self.audio_loss),
            sound: self.sound.clone(),
            listener,
        };
        Page::new(self.last_page.fetch_add(1, Ordering::Relaxed), context)
    }

    /// Reports an event to the open page. Events of a link go to the page that created the link instead.
    pub(super) fn emit(&self, event: EngineEvent) {
        let listener = self
            .page()
            .as_ref()
            .map(|page| Arc::clone(&page.context.listener));
        if let Some(listener) = listener {
            listener(event);
        }
    }
}
