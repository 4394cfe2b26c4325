//! Native dialogs for files and folders. Only they and drops give paths to the app; the page never gets one, except that of
//! the download folder.

use std::path::PathBuf;

use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};
use tokio::sync::{Mutex, oneshot};

use crate::page::MAIN_WINDOW;

/// Another of these dialogs is open.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("a dialog is open already")]
pub(crate) struct DialogOpen;

/// Opens one dialog at a time: a page could cover the screen with them.
#[derive(Default)]
pub(crate) struct Dialogs(Mutex<()>);

impl Dialogs {
    /// Files that the person selects; none if they cancel. `start` is the folder that is shown at first; without it, the
    /// system's choice.
    pub(crate) async fn pick_files(
        &self,
        app: &AppHandle,
        title: &str,
        start: Option<PathBuf>,
    ) -> Result<Vec<PathBuf>, DialogOpen> {
        let _open = self.0.try_lock().map_err(|_| DialogOpen)?;
        let (sender, picked) = oneshot::channel();
        dialog(app, title, start).pick_files(|files| {
            let _ = sender.send(files.unwrap_or_default());
        });
        Ok(paths(picked.await.unwrap_or_default()))
    }

    /// The folder that the person selects; `None` if they cancel. `start` as in [`Self::pick_files`].
    pub(crate) async fn pick_folder(
        &self,
        app: &AppHandle,
        title: &str,
        start: Option<PathBuf>,
    ) -> Result<Option<PathBuf>, DialogOpen> {
        let _open = self.0.try_lock().map_err(|_| DialogOpen)?;
        let (sender, picked) = oneshot::channel();
        dialog(app, title, start).pick_folder(|folder| {
            let _ = sender.send(folder);
        });
        let folder = picked.await.ok().flatten();
        Ok(paths(folder).pop())
    }
}

fn dialog(app: &AppHandle, title: &str, start: Option<PathBuf>) -> FileDialogBuilder<tauri::Wry> {
    let mut dialog = app.dialog().file().set_title(title);
    if let Some(start) = start {
        dialog = dialog.set_directory(start);
    }
    match app.get_webview_window(MAIN_WINDOW) {
        Some(window) => dialog.set_parent(&window),
        None => dialog,
    }
}

/// Addresses that are not files of this computer are left out.
fn paths(files: impl IntoIterator<Item = FilePath>) -> Vec<PathBuf> {
    files
        .into_iter()
        .filter_map(|file| file.into_path().ok())
        .collect()
}
