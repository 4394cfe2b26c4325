//! The one window.

use maru_protocol::RoomId;
use tauri::{
    AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    webview::{NewWindowResponse, PageLoadEvent},
};

use crate::app::Shell;

/// Label of the window that the capabilities name.
pub(crate) const MAIN: &str = "main";

/// Opens the window. It is built here and not by `tauri.conf.json`, so that the webview's settings are in
/// place before the first page's global object exists. `room` is shown on the start screen.
pub(crate) fn open(app: &AppHandle, room: Option<&RoomId>) -> tauri::Result<WebviewWindow> {
    // The fragment is where the interface keeps the room it shows (`ui/src/host/desktop/room-fragment.ts`).
    let page = room.map_or_else(
        || "index.html".into(),
        |room| format!("index.html#/r/{room}"),
    );
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App(page.into()))
        .title("Maru")
        .inner_size(1180.0, 760.0)
        .min_inner_size(380.0, 600.0)
        // The page is dark before it has drawn anything: no white flash.
        .background_color(tauri::window::Color(0x12, 0x10, 0x0e, 0xff))
        .on_navigation(is_own_page)
        // Links open through `open_external`, never in a window of ours.
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Started {
                page_went(window.app_handle());
            }
        })
        .build()?;
    #[cfg(target_os = "linux")]
    {
        let app = app.clone();
        window.with_webview(move |webview| {
            crate::webkit::configure(&webview.inner());
            crate::input_method::show_preedit(&webview.inner());
            crate::web_process::revive(&webview.inner(), app);
        })?;
    }
    Ok(window)
}

/// What is said from now on is in the snapshot that the next page gets; its microphone and links end.
pub(crate) fn page_went(app: &AppHandle) {
    let shell = app.state::<Shell>();
    // A driver that takes no commands has nobody listening either.
    let _ = shell.signaling.unsubscribe();
    shell.engine.close_page();
}

/// Brings the window to the person who started the app a second time.
pub(crate) fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        // Each is a wish to the window system, which may have its own mind.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// The pages inside the app: Tauri's own scheme, and what stands for it where the platform has no schemes.
pub(crate) fn is_own_page(url: &Url) -> bool {
    let host = url.host_str();
    if cfg!(windows) {
        url.scheme() == "http" && host == Some("tauri.localhost") && url.port().is_none()
    } else {
        url.scheme() == "tauri" && host == Some("localhost")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_shows_nothing_but_the_app() {
        let own = if cfg!(windows) {
            "http://tauri.localhost/index.html"
        } else {
            "tauri://localhost/index.html"
        };
        assert!(is_own_page(&Url::parse(own).unwrap()));
        for other in [
            "https://example.org/",
            "http://localhost:7880/",
            "http://tauri.localhost:8080/",
            "https://tauri.localhost.example.org/",
            "tauri://example.org/",
            "about:blank",
            "data:text/html,x",
            "file:///index.html",
        ] {
            assert!(!is_own_page(&Url::parse(other).unwrap()), "{other}");
        }
    }
}
