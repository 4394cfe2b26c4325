//! Asks before the window is closed during a call, or while files are transferred.
//!
//! Closing the window is the only way that asks: macOS ends the app by its menu without one.

use tauri::{CloseRequestApi, WebviewWindow};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};

use crate::{shell::Shell, texts::texts};

/// Closes the window, or asks first.
pub(crate) fn on_close_requested(window: &WebviewWindow, shell: &Shell, api: &CloseRequestApi) {
    let texts = texts(shell.settings.get().language);
    let question = match (shell.in_call.get(), shell.files.is_busy()) {
        (true, true) => texts.quit_call_and_transfers,
        (true, false) => texts.quit_call,
        (false, true) => texts.quit_transfers,
        (false, false) => return,
    };
    api.prevent_close();
    let Some(asked) = shell.begin_quit_question() else {
        return;
    };
    let closing = window.clone();
    window
        .dialog()
        .message(question)
        .title(texts.quit_title)
        .kind(MessageDialogKind::Warning)
        .buttons(MessageDialogButtons::OkCancelCustom(
            texts.quit.into(),
            texts.keep_running.into(),
        ))
        .parent(window)
        .show(move |quit| {
            drop(asked);
            if quit {
                // Not `close`, which would ask again. Fails if the window is closed already.
                let _ = closing.destroy();
            }
        });
}
