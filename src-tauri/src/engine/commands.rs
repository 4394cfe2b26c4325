//! What the page may ask of the engine: `ui/src/host/desktop/native-bridge.ts`.

use maru_engine::{
    Command, Device, EngineError, EngineEvent, LinkFigures, Microphone, Opened, SoundErrorCode,
};
use tauri::{State, ipc::Channel};

use crate::{app::Shell, commands::CommandError};

impl From<EngineError> for CommandError {
    fn from(error: EngineError) -> Self {
        let code = match &error {
            // Only a measurement sets that up, and reads the detail.
            EngineError::Socket(_) | EngineError::Mock(_) => "no-socket",
            EngineError::Links => "too-many-links",
            EngineError::Busy => "busy",
            EngineError::NotOpen => "not-open",
            EngineError::Sound(sound) => match sound.code {
                SoundErrorCode::Missing => "missing",
                SoundErrorCode::Busy => "busy",
                SoundErrorCode::Denied => "denied",
                SoundErrorCode::Failed => "failed",
            },
        };
        Self::new(code, error.to_string())
    }
}

/// Gives the engine to this page and ends everything of an earlier one.
#[tauri::command]
pub(crate) async fn engine_open(
    shell: State<'_, Shell>,
    channel: Channel<EngineEvent>,
) -> Result<Opened, CommandError> {
    let engine = shell.engine.started().await?;
    Ok(engine.open(move |event| {
        // Fails where the page is gone, and its engine will be closed.
        let _ = channel.send(event);
    }))
}

/// Carries out one command. Not async: in this way they keep the order in which they came.
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
) -> Result<Option<LinkFigures>, CommandError> {
    Ok(shell.engine.get()?.figures(link).await)
}

/// What this computer has nothing to open cameras or screens by; not asked where they are made up.
#[cfg(target_os = "linux")]
#[tauri::command]
pub(crate) async fn engine_lacks() -> Vec<crate::capture_needs::Lack> {
    if super::mock_devices() {
        return Vec::new();
    }
    crate::capture_needs::lacks().await
}

/// Other systems' webviews open devices by themselves.
#[cfg(not(target_os = "linux"))]
#[tauri::command]
pub(crate) fn engine_lacks() -> [(); 0] {
    []
}
