use serde_json::{Map, Value};
use tauri::State;

use super::error::CommandError;
use crate::{settings::Settings, shell::Shell};

#[tauri::command]
pub(crate) fn settings_get(shell: State<'_, Shell>) -> Settings {
    shell.settings.get()
}

/// Changes the given fields, all or none, and returns all settings. `async` keeps it off the main thread: it waits for
/// the disk.
#[tauri::command(async)]
pub(crate) fn settings_set(
    shell: State<'_, Shell>,
    patch: Map<String, Value>,
) -> Result<Settings, CommandError> {
    Ok(shell.settings.set(patch)?)
}
