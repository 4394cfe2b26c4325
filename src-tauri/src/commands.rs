//! What the interface may ask of the shell. Every command is granted to the main window by name in
//! `capabilities/main.json`; every argument is checked here and refused with a typed error.

use std::borrow::Cow;

use maru_protocol::{ClientMessage, DecodeError, ErrorCode, ParticipantId, RoomId};
use serde::Serialize;
use serde_json::{Map, Value, value::to_raw_value};
use tauri::{AppHandle, State, ipc::Channel};
use tauri_plugin_opener::OpenerExt;

use crate::{
    app::Shell,
    external::{self, InvalidLink},
    server_url::ServerUrl,
    settings::{Settings, SettingsError},
    signaling::{Envelope, Gone, JoinRequest, Turn},
};

/// Refusal of a command: the code for the program, the detail for the person debugging it.
#[derive(Debug, Serialize)]
pub(crate) struct CommandError {
    code: &'static str,
    detail: String,
}

impl CommandError {
    pub(crate) fn new(code: &'static str, detail: String) -> Self {
        Self { code, detail }
    }
}

impl From<DecodeError> for CommandError {
    fn from(error: DecodeError) -> Self {
        Self {
            code: error.code.as_str(),
            detail: error.detail,
        }
    }
}

impl From<Gone> for CommandError {
    fn from(error: Gone) -> Self {
        Self {
            code: "busy",
            detail: error.to_string(),
        }
    }
}

impl From<SettingsError> for CommandError {
    fn from(error: SettingsError) -> Self {
        Self {
            code: match error {
                SettingsError::Invalid(_) => "invalid-setting",
                SettingsError::Save(_) => "not-saved",
            },
            detail: error.to_string(),
        }
    }
}

impl From<InvalidLink> for CommandError {
    fn from(error: InvalidLink) -> Self {
        Self {
            code: "invalid-link",
            detail: error.to_string(),
        }
    }
}

/// Enters a room and stays in it, across lost sockets, until `signaling_leave`. The server is the one of
/// the settings at this moment; changing the setting later does not move a room that is joined.
#[tauri::command]
pub(crate) fn signaling_join(
    shell: State<'_, Shell>,
    turn: Turn,
    room: String,
    name: String,
    token: Option<String>,
) -> Result<(), CommandError> {
    let request = join_request(&shell, &room, &name, token.as_deref())?;
    shell.set_joined(Some(request.server.clone()));
    Ok(shell.signaling.join(turn, request)?)
}

fn join_request(
    shell: &Shell,
    room: &str,
    name: &str,
    token: Option<&str>,
) -> Result<JoinRequest, CommandError> {
    let room = RoomId::parse(room).map_err(|error| CommandError {
        code: ErrorCode::InvalidRoom.as_str(),
        detail: error.to_string(),
    })?;
    // Through the wire's own checks: what they refuse, the server would refuse after a round trip.
    let frame = encode(&ClientMessage::Join {
        room: room.clone(),
        name: Cow::Borrowed(name),
        token: token.map(Cow::Borrowed),
        resume: None,
        features: Vec::new(),
    })?;
    ClientMessage::decode(&frame)?;
    Ok(JoinRequest {
        server: shell.server(),
        room,
        name: name.into(),
        token: token.map(Into::into),
    })
}

#[tauri::command]
pub(crate) fn signaling_leave(shell: State<'_, Shell>, turn: Turn) -> Result<(), CommandError> {
    shell.set_joined(None);
    Ok(shell.signaling.leave(turn)?)
}

/// Hands `data` to one participant, in the name of `from`: who we are as the page knows it. It goes nowhere once we are
/// somebody else, and outside a room.
#[tauri::command]
pub(crate) fn signaling_signal(
    shell: State<'_, Shell>,
    from: ParticipantId,
    to: ParticipantId,
    data: Value,
) -> Result<(), CommandError> {
    let data = to_raw_value(&data).map_err(internal)?;
    let frame = encode(&ClientMessage::Signal { to, data: &data })?;
    ClientMessage::decode(&frame)?;
    Ok(shell.signaling.signal(from, frame)?)
}

/// Sends everything that happens from now on to `channel`, beginning with the present state.
#[tauri::command]
pub(crate) fn signaling_subscribe(
    shell: State<'_, Shell>,
    channel: Channel<Envelope>,
) -> Result<(), CommandError> {
    Ok(shell.signaling.subscribe(channel)?)
}

#[tauri::command]
pub(crate) fn settings_get(shell: State<'_, Shell>) -> Settings {
    shell.settings.get()
}

/// Changes the given fields, all or none; answers with all settings. Not on the main thread: it waits for
/// the disk.
#[tauri::command(async)]
pub(crate) fn settings_set(
    shell: State<'_, Shell>,
    patch: Map<String, Value>,
) -> Result<Settings, CommandError> {
    Ok(shell.settings.set(patch)?)
}

/// Opens a web link in the person's browser.
#[tauri::command(async)]
pub(crate) fn open_external(app: AppHandle, url: String) -> Result<(), CommandError> {
    let url = external::check(&url)?;
    app.opener()
        .open_url(url.as_str(), None::<&str>)
        .map_err(|error| CommandError {
            code: "not-opened",
            detail: error.to_string(),
        })
}

/// Which servers this run talks to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServerInfo {
    /// Origin given by the command line or `MARU_SERVER`; the setting has no effect in this run then.
    overridden: Option<String>,
    /// Origin of the last join that was not followed by a leave.
    joined: Option<String>,
}

#[tauri::command]
pub(crate) fn server_info(shell: State<'_, Shell>) -> ServerInfo {
    let origin = |server: ServerUrl| server.origin().to_owned();
    ServerInfo {
        overridden: shell.server_override().cloned().map(origin),
        joined: shell.joined().map(origin),
    }
}

fn encode(message: &ClientMessage<'_>) -> Result<String, CommandError> {
    serde_json::to_string(message).map_err(internal)
}

fn internal(error: serde_json::Error) -> CommandError {
    DecodeError::from(error).into()
}
