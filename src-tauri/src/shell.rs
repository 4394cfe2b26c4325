//! The state that the commands share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicBool};

use maru_files::Files;
use maru_session::{ServerUrl, SessionHandle};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    awake::{Awake, Purpose},
    dialogs::Dialogs,
    engine::LazyEngine,
    files::drag::Drags,
    in_call::InCall,
    opened::Opened,
    settings::Store,
};

/// State of the app, managed by Tauri.
pub(crate) struct Shell {
    pub(crate) settings: Store,
    pub(crate) signaling: SessionHandle,
    pub(crate) engine: LazyEngine,
    pub(crate) files: Files,
    pub(crate) drags: Drags,
    pub(crate) dialogs: Dialogs,
    pub(crate) opened: Opened,
    pub(crate) in_call: InCall,
    /// The window has the keyboard.
    pub(crate) is_focused: AtomicBool,
    /// Has one permit.
    quit_question: Arc<Semaphore>,
    server_override: Mutex<Option<ServerUrl>>,
    joined: Mutex<Option<ServerUrl>>,
    /// For the call of the page.
    awake: Mutex<Awake>,
}

impl Shell {
    /// `server_override` replaces the server of the settings for this run.
    pub(crate) fn new(
        settings: Store,
        signaling: SessionHandle,
        files: Files,
        in_call: InCall,
        server_override: Option<ServerUrl>,
    ) -> Self {
        Self {
            settings,
            signaling,
            engine: LazyEngine::default(),
            files,
            drags: Drags::default(),
            dialogs: Dialogs::default(),
            opened: Opened::default(),
            in_call,
            is_focused: AtomicBool::new(false),
            quit_question: Arc::new(Semaphore::new(1)),
            server_override: Mutex::new(server_override),
            joined: Mutex::new(None),
            awake: Mutex::new(Awake::new(Purpose::Call)),
        }
    }

    /// The server of the next join.
    pub(crate) fn server(&self) -> ServerUrl {
        self.server_override()
            .or_else(|| ServerUrl::parse(&self.settings.get().server_url).ok())
            // Not reached: settings are checked before they are stored.
            .unwrap_or_else(ServerUrl::local)
    }

    /// The server of this run, if the command line or the environment names one.
    pub(crate) fn server_override(&self) -> Option<ServerUrl> {
        lock(&self.server_override).clone()
    }

    /// Replaces the server of this run; false if the command line and the environment have named none.
    pub(crate) fn replace_server_override(&self, server: ServerUrl) -> bool {
        let mut overridden = lock(&self.server_override);
        let is_overridden = overridden.is_some();
        if is_overridden {
            *overridden = Some(server);
        }
        is_overridden
    }

    /// The server of the last join that no leave has followed. A room stays on its server when the setting changes, and
    /// so does its link, also after a reload.
    pub(crate) fn joined(&self) -> Option<ServerUrl> {
        lock(&self.joined).clone()
    }

    pub(crate) fn set_joined(&self, server: Option<ServerUrl>) {
        *lock(&self.joined) = server;
    }

    /// Keeps the screen on, or not, until the page is closed. Returns at once.
    pub(crate) fn keep_screen_on(&self, on: bool) {
        // Its request is replaced as a whole.
        lock(&self.awake).set(on);
    }

    /// The page has been closed, reloaded or lost: its subscriptions, microphone and links end, and the screen may turn off.
    /// The session and the transfers go on.
    pub(crate) fn on_page_closed(&self) {
        // Rejected if the driver has ended, and its subscription with it.
        let _ = self.signaling.unsubscribe();
        self.files.unsubscribe();
        self.keep_screen_on(false);
        self.drags.close_page();
        self.opened.close_page();
        self.engine.close_page();
    }

    /// Begins to ask whether to quit; `None` if that is being asked already. Asked until the value is dropped.
    pub(crate) fn begin_quit_question(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.quit_question).try_acquire_owned().ok()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The value is replaced as a whole, so that a panic cannot leave it half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
