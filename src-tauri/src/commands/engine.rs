//! The native call engine: `ui/src/host/desktop/native-bridge.ts`.

use maru_engine::{Command, Device, EngineEvent, LinkStats, MediaEndpoint, Microphone};
use tauri::{State, ipc::Channel};

use super::error::CommandError;
use crate::shell::Shell;

/// Opens the engine for this page and closes everything of an earlier one.
#[tauri::command]
pub(crate) async fn engine_open(
    shell: State<'_, Shell>,
    channel: Channel<EngineEvent>,
) -> Result<MediaEndpoint, CommandError> {
    let engine = shell.engine.get_or_start().await?;
    Ok(engine.open(move |event| {
        // Fails if the page is closed; the engine will be closed for it then.
        let _ = channel.send(event);
    }))
}

/// Carries out one command. Not `async`, so that commands keep their order.
#[tauri::command]
pub(crate) fn engine_command(
    shell: State<'_, Shell>,
    command: Command,
) -> Result<(), CommandError> {
    let _runtime = tauri::async_runtime::handle().inner().enter();
    Ok(shell.engine.get()?.command(command)?)
}

#[tauri::command]
pub(crate) async fn engine_devices(shell: State<'_, Shell>) -> Result<Vec<Device>, CommandError> {
    Ok(shell.engine.get()?.devices().await)
}

#[tauri::command]
pub(crate) async fn engine_open_microphone(
    shell: State<'_, Shell>,
    device_id: Option<String>,
) -> Result<Microphone, CommandError> {
    Ok(shell.engine.get()?.open_microphone(device_id).await?)
}

#[tauri::command]
pub(crate) async fn engine_set_speaker(
    shell: State<'_, Shell>,
    device_id: Option<String>,
) -> Result<(), CommandError> {
    Ok(shell.engine.get()?.set_speaker(device_id).await?)
}

#[tauri::command]
pub(crate) async fn engine_stats(
    shell: State<'_, Shell>,
    link: u32,
) -> Result<Option<LinkStats>, CommandError> {
    Ok(shell.engine.get()?.stats(link).await)
}

/// What is missing on this computer to open cameras and screens; nothing with mock devices.
#[cfg(target_os = "linux")]
#[tauri::command]
pub(crate) async fn engine_lacks() -> Vec<crate::capture_requirements::Missing> {
    if crate::engine::mock_devices() {
        return Vec::new();
    }
    crate::capture_requirements::missing().await
}

/// On other systems the webview needs nothing else.
#[cfg(not(target_os = "linux"))]
#[tauri::command]
pub(crate) fn engine_lacks() -> [(); 0] {
    []
}
