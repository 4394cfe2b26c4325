//! The one window.

use std::sync::atomic::Ordering;

use maru_protocol::RoomId;
use tauri::{
    AppHandle, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
    webview::{NewWindowResponse, PageLoadEvent},
};

use crate::{
    page::{self, MAIN_WINDOW},
    quit,
    shell::Shell,
};

/// Opens the window. Not from `tauri.conf.json`: the webview's settings have to be in place before the first page's
/// global object exists. `room` is filled in on the start screen.
pub(crate) fn open(app: &AppHandle, room: Option<&RoomId>) -> tauri::Result<WebviewWindow> {
    // The page reads the room from the fragment (`ui/src/host/desktop/room-fragment.ts`).
    let path = room.map_or_else(
        || "index.html".into(),
        |room| format!("index.html#/r/{room}"),
    );
    let window = WebviewWindowBuilder::new(app, MAIN_WINDOW, WebviewUrl::App(path.into()))
        .title("Maru")
        .inner_size(1180.0, 760.0)
        .min_inner_size(380.0, 600.0)
        // Dark before the page is drawn, to avoid a white flash.
        .background_color(tauri::window::Color(0x12, 0x10, 0x0e, 0xff))
        .on_navigation(page::is_own)
        // Links are opened by `open_external`, in the system's browser.
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Started {
                window.app_handle().state::<Shell>().on_page_closed();
            }
        })
        .build()?;
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
