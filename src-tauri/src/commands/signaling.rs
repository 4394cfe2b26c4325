//! The signaling session: `ui/src/host/desktop/signaling.ts`.

use std::ops::ControlFlow;

use maru_protocol::{DecodeError, ParticipantId, RoomId};
use maru_session::{JoinRequest, RequestId, ServerUrl};
use serde::Serialize;
use serde_json::{Map, Value, value::to_raw_value};
use tauri::{State, ipc::Channel};

use super::error::CommandError;
use crate::{settings::Settings, shell::Shell, signaling_event::Envelope};

/// Enters a room and stays in it, across lost connections, until `signaling_leave`. The server is that of the settings
/// at this moment; a later change of the setting does not move a room that is joined.
#[tauri::command]
pub(crate) fn signaling_join(
    shell: State<'_, Shell>,
    turn: RequestId,
    room: String,
    name: String,
    token: Option<String>,
) -> Result<(), CommandError> {
    let server = shell.server();
    let room = RoomId::parse(&room)?;
    let request = JoinRequest::new(server.clone(), room, &name, token.as_deref())?;
    shell.set_joined(Some(server));
    Ok(shell.signaling.join(turn, request)?)
}

#[tauri::command]
pub(crate) fn signaling_leave(
    shell: State<'_, Shell>,
    turn: RequestId,
) -> Result<(), CommandError> {
    shell.set_joined(None);
    Ok(shell.signaling.leave(turn)?)
}

/// Sends `data` to one participant. `from` is our own ID as the page knows it; if it has changed, or outside a room, the
/// signal is dropped.
#[tauri::command]
pub(crate) fn signaling_signal(
    shell: State<'_, Shell>,
    from: ParticipantId,
    to: ParticipantId,
    data: Value,
) -> Result<(), CommandError> {
    let data = to_raw_value(&data).map_err(DecodeError::from)?;
    Ok(shell.signaling.signal(from, to, &data)?)
}

/// Tries at once to reach the server, or checks the connection to it.
#[tauri::command]
pub(crate) fn signaling_retry(shell: State<'_, Shell>) -> Result<(), CommandError> {
    Ok(shell.signaling.network_changed(Vec::new())?)
}

/// Sends everything that happens from now on to `channel`, beginning with the present state.
#[tauri::command]
pub(crate) fn signaling_subscribe(
    shell: State<'_, Shell>,
    channel: Channel<Envelope>,
) -> Result<(), CommandError> {
    Ok(shell.signaling.subscribe(move |update| {
        let Some(envelope) = Envelope::for_page(update) else {
            return ControlFlow::Continue(());
        };
        match channel.send(envelope) {
            Ok(()) => ControlFlow::Continue(()),
            // The webview is closed. The next one subscribes for itself.
            Err(_) => ControlFlow::Break(()),
        }
    })?)
}

/// The servers of this run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServerInfo {
    /// Origin from the command line or `MARU_SERVER`, which override the setting.
    overridden: Option<String>,
    /// Origin of the last join that no leave has followed.
    joined: Option<String>,
}

/// Uses another server from the next join on, and returns the settings. If the command line or the environment has named
/// the server of this run, it is replaced until the app ends; otherwise the setting is changed (decision 0062).
#[tauri::command(async)]
pub(crate) fn server_set(
    shell: State<'_, Shell>,
    server: String,
) -> Result<Settings, CommandError> {
    let server =
        ServerUrl::parse(&server).map_err(|error| CommandError::new("invalid-setting", error))?;
    let origin = server.origin().to_owned();
    if shell.replace_server_override(server) {
        return Ok(shell.settings.get());
    }
    Ok(shell
        .settings
        .set(Map::from_iter([("serverUrl".into(), origin.into())]))?)
}

#[tauri::command]
pub(crate) fn server_info(shell: State<'_, Shell>) -> ServerInfo {
    let origin = |server: ServerUrl| server.origin().to_owned();
    ServerInfo {
        overridden: shell.server_override().map(origin),
        joined: shell.joined().map(origin),
    }
}
