//! Tauri plugins without their part in the page.

use std::error::Error;

use serde_json::Value;
use tauri::{
    AppHandle, RunEvent, Runtime, Url, Webview, Window, plugin::Plugin, webview::PageLoadPayload,
};

/// A plugin whose API only Rust can call: the page gets neither its script, which would replace functions such as
/// `alert` and `Notification` by ones that call commands, nor its commands.
pub(crate) struct RustOnly<P>(pub(crate) P);

impl<R: Runtime, P: Plugin<R>> Plugin<R> for RustOnly<P> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn initialize(&mut self, app: &AppHandle<R>, config: Value) -> Result<(), Box<dyn Error>> {
        self.0.initialize(app, config)
    }

    fn window_created(&mut self, window: Window<R>) {
        self.0.window_created(window);
    }

    fn webview_created(&mut self, webview: Webview<R>) {
        self.0.webview_created(webview);
    }

    fn on_navigation(&mut self, webview: &Webview<R>, url: &Url) -> bool {
        self.0.on_navigation(webview, url)
    }

    fn on_page_load(&mut self, webview: &Webview<R>, payload: &PageLoadPayload<'_>) {
        self.0.on_page_load(webview, payload);
    }

    fn on_event(&mut self, app: &AppHandle<R>, event: &RunEvent) {
        self.0.on_event(app, event);
    }
}

#[cfg(test)]
mod tests {
    use tauri::Wry;

    use super::*;

    #[test]
    fn the_page_gets_no_script() {
        let dialog = tauri_plugin_dialog::init::<Wry>();
        assert!(dialog.initialization_script_2().is_some());
        assert!(RustOnly(dialog).initialization_script_2().is_none());
        let notification = tauri_plugin_notification::init::<Wry>();
        assert!(notification.initialization_script_2().is_some());
        assert!(RustOnly(notification).initialization_script_2().is_none());
    }
}
