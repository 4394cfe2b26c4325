//! What a call does outside of its page: `ui/src/host/desktop/index.ts`.

use tauri::{AppHandle, State};

use crate::{
    notification_text::Notice,
    notifications::{self, Kind},
    shell::Shell,
};

/// Keeps the screen on, or not. It ends with the page as well.
#[tauri::command]
pub(crate) fn keep_screen_on(shell: State<'_, Shell>, on: bool) {
    shell.keep_screen_on(on);
}

/// Shows a notification unless the person looks at the window or has switched notifications off. `async` keeps it off the
/// main thread: it waits for D-Bus.
#[tauri::command(async)]
pub(crate) fn notify(
    app: AppHandle,
    shell: State<'_, Shell>,
    kind: Kind,
    title: String,
    body: String,
) {
    if notifications::are_wanted(&shell) {
        notifications::show(&app, &Notice { title, body }, Some(kind));
    }
}
