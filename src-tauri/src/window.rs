//! The one window.

use std::{path::Path, sync::atomic::Ordering};

use maru_protocol::RoomId;
use tauri::{
    AppHandle, Manager, Monitor, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
    webview::{NewWindowResponse, PageLoadEvent},
};

use crate::{
    page::{self, MAIN_WINDOW},
    quit,
    shell::Shell,
    window_geometry::{self, WorkArea},
};

/// Opens the window. Not from `tauri.conf.json`: the webview's settings have to be in place before the first page's
/// global object exists. `room` is filled in on the start screen.
/// `state` is the folder with the saved place of the window.
pub(crate) fn open(
    app: &AppHandle,
    room: Option<&RoomId>,
    state: &Path,
) -> tauri::Result<WebviewWindow> {
    // The page reads the room from the fragment (`ui/src/host/desktop/room-fragment.ts`).
    let path = room.map_or_else(
        || "index.html".into(),
        |room| format!("index.html#/r/{room}"),
    );
    let geometry = window_geometry::fit(
        window_geometry::saved_in(state),
        &areas(app.available_monitors()),
        areas(app.primary_monitor()).first().copied(),
    );
    let window = WebviewWindowBuilder::new(app, MAIN_WINDOW, WebviewUrl::App(path.into()))
        .title("Maru")
        .inner_size(geometry.size.0, geometry.size.1)
        .min_inner_size(geometry.min_size.0, geometry.min_size.1)
        // Dark before the page is drawn, to avoid a white flash.
        .background_color(tauri::window::Color(0x12, 0x10, 0x0e, 0xff))
        .on_navigation(page::is_own)
        // Links are opened by `open_external`, in the system's browser.
        .on_new_window(|_, _| NewWindowResponse::Deny)
        // With the room and the number of unread messages, for the list of windows.
        .on_document_title_changed(|window, title| {
            // Fails if the window is being closed.
            let _ = window.set_title(&title);
        })
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Started {
                window.app_handle().state::<Shell>().on_page_closed();
            }
        })
        .build()?;
    // Window managers may refuse each of these.
    if let Some(position) = geometry.position {
        let _ = window.set_position(position);
    }
    if geometry.maximized {
        let _ = window.maximize();
    }
    let receiver = window.clone();
    window.on_window_event(move |event| on_event(&receiver, event));
    #[cfg(target_os = "linux")]
    {
        let app = app.clone();
        window.with_webview(move |webview| {
            crate::webkit::configure(&webview.inner());
            crate::input_method::show_preedit(&webview.inner());
            crate::web_process::reload_when_it_ends(&webview.inner(), app);
        })?;
    }
    Ok(window)
}

/// Without an answer of the system there are none, and the window has its default size.
fn areas<M: IntoIterator<Item = Monitor>>(monitors: tauri::Result<M>) -> Vec<WorkArea> {
    monitors
        .map(|monitors| {
            monitors
                .into_iter()
                .map(|one| WorkArea::from(&one))
                .collect()
        })
        .unwrap_or_default()
}

fn on_event(window: &WebviewWindow, event: &WindowEvent) {
    let shell = window.state::<Shell>();
    match event {
        WindowEvent::CloseRequested { api, .. } => quit::on_close_requested(window, &shell, api),
        WindowEvent::Focused(is_focused) => {
            shell.is_focused.store(*is_focused, Ordering::Relaxed);
        }
        WindowEvent::DragDrop(event) => {
            // Without a scale factor, as before a first frame, pixels are pixels.
            shell
                .drags
                .on_event(event, window.scale_factor().unwrap_or(1.0));
        }
        _ => {}
    }
}

/// Brings the window to the front, when the app is started a second time.
pub(crate) fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN_WINDOW) {
        // Window managers may refuse each of these.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}
