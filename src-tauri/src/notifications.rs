//! The system's notifications, shown while the window does not have the keyboard.

use std::sync::atomic::Ordering;

use serde::Deserialize;
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt;

use crate::{
    notification_text::{Notice, line},
    shell::Shell,
    window,
};

/// Limit of characters of the first line and of the text below it.
const MAX_TITLE_CHARS: usize = 120;
const MAX_BODY_CHARS: usize = 200;

/// Kinds of events of a call. A notification replaces the last one of its kind, where the system can do that: on Linux.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Chat,
    People,
}

impl Kind {
    /// Identifies the notification to the plugin. Those of file transfers have random ones.
    const fn id(self) -> i32 {
        match self {
            Self::Chat => 1,
            Self::People => 2,
        }
    }
}

/// A click on a notification brings the window to the front. On Windows only while it is on the screen; not run on Windows
/// and macOS so far.
pub(crate) fn start(app: &AppHandle) {
    let clicked = app.clone();
    // It never fails on the desktop.
    let _ = app.notification().on_action(move |_| {
        let shown = clicked.clone();
        // On a thread of the plugin; windows are the main thread's.
        let _ = clicked.run_on_main_thread(move || window::show(&shown));
    });
}

/// The person does not look at the window, and has not switched notifications off.
pub(crate) fn are_wanted(shell: &Shell) -> bool {
    shell.settings.get().notifications && !shell.is_focused.load(Ordering::Relaxed)
}

/// Shows a notification. `kind`: in the place of the last one of this kind. Waits for D-Bus on Linux.
pub(crate) fn show(app: &AppHandle, notice: &Notice, kind: Option<Kind>) {
    let notifications = app.notification();
    let mut builder = notifications.builder();
    if let Some(kind) = kind {
        // The plugin cannot replace one. Fails if it is closed already.
        let _ = notifications.remove_active(vec![kind.id()]);
        builder = builder.id(kind.id());
    }
    let body = line(&notice.body, MAX_BODY_CHARS);
    // The Desktop Notifications Specification has markup, Windows and macOS have none.
    let body = if cfg!(target_os = "linux") {
        escape(&body)
    } else {
        body
    };
    // Without a notification service the page still shows it.
    let _ = builder
        .title(line(&notice.title, MAX_TITLE_CHARS))
        .body(body)
        .show();
}

/// For the markup of the Desktop Notifications Specification, "Markup".
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_is_no_markup() {
        assert_eq!(escape("<b>&.zip"), "&lt;b&gt;&amp;.zip");
    }
}
