//! The state that the commands share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicBool};

use maru_files::Files;
use maru_session::{ServerUrl, SessionHandle};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{dialogs::Dialogs, engine::LazyEngine, files::drag::Drags, settings::Store};

/// State of the app, managed by Tauri.
pub(crate) struct Shell {
    pub(crate) settings: Store,
    pub(crate) signaling: SessionHandle,
    pub(crate) engine: LazyEngine,
    pub(crate) files: Files,
    pub(crate) drags: Drags,
    pub(crate) dialogs: Dialogs,
    /// The window has the keyboard.
    pub(crate) is_focused: AtomicBool,
    /// Has one permit.
    quit_question: Arc<Semaphore>,
    server_override: Option<ServerUrl>,
    joined: Mutex<Option<ServerUrl>>,
}

impl Shell {
    /// `server_override` replaces the server of the settings for this run.
    pub(crate) fn new(
        settings: Store,
        signaling: SessionHandle,
        files: Files,
        server_override: Option<ServerUrl>,
    ) -> Self {
        Self {
            settings,
            signaling,
            engine: LazyEngine::default(),
            files,
            drags: Drags::default(),
            dialogs: Dialogs::default(),
            is_focused: AtomicBool::new(false),
            quit_question: Arc::new(Semaphore::new(1)),
            server_override,
            joined: Mutex::new(None),
        }
    }

    /// The server of the next join.
    pub(crate) fn server(&self) -> ServerUrl {
        self.server_override
            .clone()
            .or_else(|| ServerUrl::parse(&self.settings.get().server_url).ok())
            // Not reached: settings are checked before they are stored.
            .unwrap_or_else(ServerUrl::local)
    }

    /// The server of this run, if the command line or the environment names one.
    pub(crate) fn server_override(&self) -> Option<&ServerUrl> {
        self.server_override.as_ref()
    }

    /// The server of the last join that no leave has followed. A room stays on its server when the setting changes, and
    /// so does its link, also after a reload.
    pub(crate) fn joined(&self) -> Option<ServerUrl> {
        self.lock_joined().clone()
    }

    pub(crate) fn set_joined(&self, server: Option<ServerUrl>) {
        *self.lock_joined() = server;
    }

    /// The page has been closed, reloaded or lost: its subscriptions, microphone and links end. The session and the
    /// transfers go on.
    pub(crate) fn on_page_closed(&self) {
        // Rejected if the driver has ended, and its subscription with it.
        let _ = self.signaling.unsubscribe();
        self.files.unsubscribe();
        self.drags.close_page();
        self.engine.close_page();
    }

    /// Begins to ask whether to quit; `None` if that is being asked already. Asked until the value is dropped.
    pub(crate) fn begin_quit_question(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.quit_question).try_acquire_owned().ok()
    }

    fn lock_joined(&self) -> MutexGuard<'_, Option<ServerUrl>> {
        // The value is replaced as a whole, so that a panic cannot leave it half changed.
        self.joined.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
