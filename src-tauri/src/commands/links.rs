use tauri::{AppHandle, State, ipc::Channel};
use tauri_plugin_opener::OpenerExt;

use super::error::CommandError;
use crate::{external_link, opened::OpenedRoom, shell::Shell};

/// Opens a web link in the system's browser.
#[tauri::command(async)]
pub(crate) fn open_external(app: AppHandle, url: String) -> Result<(), CommandError> {
    let url = external_link::check(&url)?;
    app.opener()
        .open_url(url.as_str(), None::<&str>)
        .map_err(|error| CommandError::new("not-opened", error))
}

/// Sends what the command line asks to open to `channel`, beginning with what no page has had.
#[tauri::command]
pub(crate) fn links_subscribe(shell: State<'_, Shell>, channel: Channel<OpenedRoom>) {
    shell.opened.subscribe(channel);
}
