//! Assembles the app and runs it.

use std::{path::PathBuf, time::Duration};

use maru_files::{ConnectionLimits, Files, FilesConfig};
use maru_peer::{Bind, NetworkWatch};
use maru_session::SessionHandle;
use tauri::{AppHandle, Manager, RunEvent};
use tauri_plugin_window_state::StateFlags;

use crate::{
    commands::{call_window, engine, files, links, settings, signaling},
    file_observer,
    in_call::InCall,
    notifications,
    opened::OpenedRoom,
    options::Options,
    page::MAIN_WINDOW,
    permissions,
    rust_only::RustOnly,
    settings::Store,
    shell::Shell,
    window,
};

/// How long the end of the app may wait for the server's answer to `leave`, and for the disk to have what was received.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(800);

/// Runs until the window is closed.
///
/// # Errors
/// Only before the window is open: no display, no webview, no folder for settings.
pub(crate) fn run(options: Options) -> tauri::Result<()> {
    let app = tauri::Builder::default()
        // First, as its documentation requires: a second instance must end before it has done anything.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| {
            open_second(app, arguments);
            window::show(app);
        }))
        .plugin(
            tauri_plugin_opener::Builder::new()
                .open_js_links_on_click(false)
                .build(),
        )
        .plugin(RustOnly(tauri_plugin_dialog::init()))
        .plugin(RustOnly(tauri_plugin_notification::init()))
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
                // Saved only: the plugin would restore a size that does not fit this screen (`window_geometry`).
                .skip_initial_state(MAIN_WINDOW)
                .build(),
        )
        .on_permission_request(|webview, kind| permissions::answer(&webview, kind))
        .invoke_handler(tauri::generate_handler![
            signaling::signaling_join,
            signaling::signaling_leave,
            signaling::signaling_signal,
            signaling::signaling_retry,
            signaling::signaling_subscribe,
            signaling::server_info,
            signaling::server_set,
            settings::settings_get,
            settings::settings_set,
            links::open_external,
            links::links_subscribe,
            engine::engine_open,
            engine::engine_command,
            engine::engine_devices,
            engine::engine_open_microphone,
            engine::engine_set_speaker,
            engine::engine_stats,
            engine::engine_lacks,
            files::files_subscribe,
            files::files_pick,
            files::files_offer_dropped,
            files::files_accept,
            files::files_decline,
            files::files_control,
            files::files_entries,
            files::files_thumbnail,
            files::files_call_active,
            files::files_drags,
            files::files_choose_folder,
            call_window::keep_screen_on,
            call_window::notify,
        ])
        .setup(move |app| {
            let folder = app.path().app_config_dir()?;
            let signaling = SessionHandle::spawn(tauri::async_runtime::handle().inner());
            let in_call = InCall::default();
            let records = app.path().app_data_dir()?.join("transfers");
            let files = start_files(records, &signaling, in_call.clone());
            let shell = Shell::new(
                Store::open(folder.join("settings.json")),
                signaling,
                files.clone(),
                in_call,
                options.server.clone(),
            );
            if let Some(opened) = OpenedRoom::of_first_start(&options) {
                shell.opened.open(opened);
            }
            app.manage(shell);
            file_observer::start(app.handle().clone(), &files);
            notifications::start(app.handle());
            tauri::async_runtime::spawn(watch_network(app.handle().clone()));
            let room = options.room.as_ref();
            window::open(
                app.handle(),
                room.filter(|_| options.link_server.is_none()),
                &folder,
            )?;
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(|app, event| {
        if let RunEvent::Exit = event {
            let shell = app.state::<Shell>();
            shell.engine.close_page();
            tauri::async_runtime::block_on(async {
                tokio::join!(
                    shell.files.shutdown(SHUTDOWN_TIMEOUT),
                    shell.signaling.shutdown(SHUTDOWN_TIMEOUT),
                )
            });
        }
    });
    Ok(())
}

/// Passes on what a second start asks for. It has checked its arguments itself, and has ended with an error otherwise.
fn open_second(app: &AppHandle, arguments: Vec<String>) {
    let Ok(options) = Options::parse(arguments.into_iter().skip(1), None) else {
        return;
    };
    // Not there yet while this app starts.
    if let Some(shell) = app.try_state::<Shell>()
        && let Some(opened) = OpenedRoom::of_second_start(&options)
    {
        shell.opened.open(opened);
    }
}

/// Starts file transfer, before anything is received from a room. `records`: the folder of unfinished transfers.
fn start_files(records: PathBuf, signaling: &SessionHandle, in_call: InCall) -> Files {
    let runtime = tauri::async_runtime::handle();
    let _runtime = runtime.inner().enter();
    let session = signaling.clone();
    let files = Files::start(FilesConfig {
        records,
        signal: Box::new(move |from, to, data| {
            // Signaling may lose messages: what matters is sent again.
            let _ = session.signal(from, to, data);
        }),
        bind: Bind::Interfaces,
        limits: ConnectionLimits::default(),
    });
    let observer = files.clone();
    // Rejected only if the driver has ended.
    let _ = signaling.observe(move |notification| {
        in_call.on_notification(notification);
        observer.on_notification(notification);
    });
    files
}

/// Reports changes of the network, to the session first: ICE candidates of the links then wait for a connection to the
/// server that works.
async fn watch_network(app: AppHandle) {
    let mut network = NetworkWatch::start();
    loop {
        let removed = network.changed().await;
        let shell = app.state::<Shell>();
        // Rejected only while the app ends.
        let _ = shell.signaling.network_changed(removed);
        shell.files.network_changed();
        shell.engine.network_changed();
    }
}
