//! Puts the parts together and runs them.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use maru_peer::NetworkWatch;
use tauri::{AppHandle, Manager, RunEvent};
use tauri_plugin_window_state::StateFlags;

use crate::{
    commands,
    engine::{self, LazyEngine},
    options::Options,
    permissions,
    server_url::ServerUrl,
    settings::Store,
    signaling::Driver,
    window,
};

/// Closing the window says goodbye to the server; it may delay the end by this much.
const QUIT_PATIENCE: Duration = Duration::from_millis(800);

/// What the commands work on.
pub(crate) struct Shell {
    pub(crate) settings: Store,
    pub(crate) signaling: Driver,
    pub(crate) engine: LazyEngine,
    server_override: Option<ServerUrl>,
    joined: Mutex<Option<ServerUrl>>,
}

impl Shell {
    /// The server of the next join.
    pub(crate) fn server(&self) -> ServerUrl {
        self.server_override
            .clone()
            .or_else(|| ServerUrl::parse(&self.settings.get().server_url).ok())
            // Settings hold only addresses that parse, and the default is one.
            .unwrap_or_else(ServerUrl::local)
    }

    /// The server of this run where the command line or the environment names one.
    pub(crate) fn server_override(&self) -> Option<&ServerUrl> {
        self.server_override.as_ref()
    }

    /// The server of the last join that was not followed by a leave: a room stays where it is when the
    /// setting changes, and its link must say so, after a reload too.
    pub(crate) fn joined(&self) -> Option<ServerUrl> {
        self.lock_joined().clone()
    }

    pub(crate) fn set_joined(&self, server: Option<ServerUrl>) {
        *self.lock_joined() = server;
    }

    fn lock_joined(&self) -> MutexGuard<'_, Option<ServerUrl>> {
        // Replaced whole: a panic elsewhere cannot have left it half changed.
        self.joined.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs until the window is closed.
///
/// # Errors
/// Only before the window is there: no display, no webview, no folder for settings.
pub(crate) fn run(options: Options) -> tauri::Result<()> {
    let app = tauri::Builder::default()
        // First, as its documentation asks: a second start must end before it has done anything.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            window::show(app);
        }))
        .plugin(
            tauri_plugin_opener::Builder::new()
                .open_js_links_on_click(false)
                .build(),
        )
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
                .build(),
        )
        .on_permission_request(|webview, kind| permissions::answer(&webview, kind))
        .invoke_handler(tauri::generate_handler![
            commands::signaling_join,
            commands::signaling_leave,
            commands::signaling_signal,
            commands::signaling_subscribe,
            commands::settings_get,
            commands::settings_set,
            commands::open_external,
            commands::server_info,
            engine::engine_open,
            engine::engine_command,
            engine::engine_devices,
            engine::engine_open_microphone,
            engine::engine_set_speaker,
            engine::engine_stats,
            engine::engine_lacks,
        ])
        .setup(move |app| {
            let folder = app.path().app_config_dir()?;
            app.manage(Shell {
                settings: Store::open(folder.join("settings.json")),
                signaling: Driver::start(),
                engine: LazyEngine::default(),
                server_override: options.server,
                joined: Mutex::new(None),
            });
            tauri::async_runtime::spawn(follow_network(app.handle().clone()));
            window::open(app.handle(), options.room.as_ref())?;
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(|app, event| {
        if let RunEvent::Exit = event {
            let shell = app.state::<Shell>();
            shell.engine.close_page();
            let signaling = shell.signaling.clone();
            tauri::async_runtime::block_on(signaling.quit(QUIT_PATIENCE));
        }
    });
    Ok(())
}

/// Another network: the way to the server first, so that what links have to say about theirs waits for it.
async fn follow_network(app: AppHandle) {
    let mut network = NetworkWatch::start();
    loop {
        let gone = network.changed().await;
        let shell = app.state::<Shell>();
        // Refused only while the app ends.
        let _ = shell.signaling.network_changed(gone);
        shell.engine.network_changed();
    }
}
