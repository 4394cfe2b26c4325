use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use ts_rs::TS;
use uuid::Uuid;

use crate::{
    DecodeError, ErrorCode, ParticipantId, RoomId,
    fields::{Text, present_raw, required},
    limits::{
        MAX_DATA_BYTES, MAX_FEATURE_BYTES, MAX_FEATURES, MAX_FRAME_BYTES, MAX_NAME_CHARS,
        MAX_SECRET_BYTES,
    },
    name::clean_name,
    nesting,
};

/// A message from a client to the server. Borrows from the frame it was decoded from: relaying a `signal`
/// copies its `data` once, into the receiver's frame.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum ClientMessage<'a> {
    /// Enter a room. It is created if nobody is in it.
    Join {
        /// Any spelling of the room ID; the answer has the canonical one.
        room: RoomId,
        /// Display name, at most [`MAX_NAME_CHARS`] characters without control characters, cleaned ([`clean_name`]).
        name: Cow<'a, str>,
        /// Access token, if the server requires one.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        token: Option<Cow<'a, str>>,
        /// The secret of an earlier `joined`, to get the same participant ID back.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        resume: Option<Cow<'a, str>>,
        /// What the client supports beyond version 1: the server sends new messages only to clients that support them.
        /// At most [`MAX_FEATURES`] names of at most [`MAX_FEATURE_BYTES`] bytes; unknown ones are ignored.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        #[ts(optional, as = "Option<Vec<String>>")]
        features: Vec<Cow<'a, str>>,
    },
    /// Relay `data`, unread, to one participant of the same room.
    Signal {
        /// The receiver.
        to: ParticipantId,
        /// Any JSON of at most [`MAX_DATA_BYTES`] bytes; Maru's own clients put a [`crate::PeerSignal`] here.
        #[ts(type = "unknown")]
        data: &'a RawValue,
    },
    /// Leave the room; the socket stays usable.
    Leave {},
    /// Ask for a `pong`: the client's own heartbeat.
    Ping {},
}

/// All fields any client message can have. serde's internally tagged enums buffer their content, which
/// loses the raw text and costs an allocation per field: one flat pass over the frame does neither.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow)]
    room: Option<Text<'a>>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    token: Option<Text<'a>>,
    #[serde(borrow)]
    resume: Option<Text<'a>>,
    #[serde(borrow)]
    features: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    to: Option<Text<'a>>,
    // `Option<&RawValue>` would read an explicit null as absent, but null is a legal `data`.
    #[serde(borrow, default, deserialize_with = "present_raw")]
    data: Option<&'a RawValue>,
}

impl<'a> ClientMessage<'a> {
    /// Decodes one text frame.
    ///
    /// # Errors
    /// `too-large` for a frame or `data` over its limit, `invalid-room`, `invalid-name`,
    /// `unknown-participant` for a `to` that is no participant ID at all, and `bad-message` for the rest.
    pub fn decode(frame: &'a str) -> Result<Self, DecodeError> {
        if frame.len() > MAX_FRAME_BYTES {
            return Err(DecodeError {
                code: ErrorCode::TooLarge,
                detail: format!("a frame has at most {MAX_FRAME_BYTES} bytes"),
            });
        }
        nesting::check(frame)?;
        let envelope: Envelope<'a> = serde_json::from_str(frame)?;
        let kind = required(envelope.kind, "type")?;
        match kind.0.as_ref() {
            "join" => Ok(Self::Join {
                room: room(&required(envelope.room, "room")?.0)?,
                name: name(required(envelope.name, "name")?.0)?,
                token: secret(envelope.token, "token")?,
                resume: secret(envelope.resume, "resume")?,
                features: features(envelope.features)?,
            }),
            "signal" => Ok(Self::Signal {
                to: participant(&required(envelope.to, "to")?.0)?,
                data: data(required(envelope.data, "data")?)?,
            }),
            "leave" => Ok(Self::Leave {}),
            "ping" => Ok(Self::Ping {}),
            _ => Err(DecodeError::bad("unknown type")),
        }
    }
}

fn room(text: &str) -> Result<RoomId, DecodeError> {
    RoomId::parse(text).map_err(|error| DecodeError {
        code: ErrorCode::InvalidRoom,
        detail: error.to_string(),
    })
}

fn name(text: Cow<'_, str>) -> Result<Cow<'_, str>, DecodeError> {
    if text.chars().count() > MAX_NAME_CHARS || text.chars().any(char::is_control) {
        return Err(DecodeError {
            code: ErrorCode::InvalidName,
            detail: format!(
                "a name has at most {MAX_NAME_CHARS} characters and no control characters"
            ),
        });
    }
    Ok(match text {
        Cow::Borrowed(text) => clean_name(text),
        Cow::Owned(text) => Cow::Owned(clean_name(&text).into_owned()),
    })
}

fn secret<'a>(text: Option<Text<'a>>, field: &str) -> Result<Option<Cow<'a, str>>, DecodeError> {
    match text.map(|text| text.0) {
        Some(text) if text.len() > MAX_SECRET_BYTES => Err(DecodeError::bad(format!(
            "'{field}' has more than {MAX_SECRET_BYTES} bytes"
        ))),
        text => Ok(text),
    }
}

fn features<'a>(names: Option<Vec<Text<'a>>>) -> Result<Vec<Cow<'a, str>>, DecodeError> {
    let names = names.unwrap_or_default();
    if names.len() > MAX_FEATURES || names.iter().any(|name| name.0.len() > MAX_FEATURE_BYTES) {
        return Err(DecodeError::bad(format!(
            "'features' has at most {MAX_FEATURES} names of at most {MAX_FEATURE_BYTES} bytes"
        )));
    }
    Ok(names.into_iter().map(|name| name.0).collect())
}

fn participant(text: &str) -> Result<ParticipantId, DecodeError> {
    Uuid::try_parse(text)
        .map(ParticipantId)
        .map_err(|_| DecodeError {
            code: ErrorCode::UnknownParticipant,
            detail: "'to' is not a participant ID".into(),
        })
}

fn data(raw: &RawValue) -> Result<&RawValue, DecodeError> {
    if raw.get().len() > MAX_DATA_BYTES {
        return Err(DecodeError {
            code: ErrorCode::TooLarge,
            detail: format!("'data' has at most {MAX_DATA_BYTES} bytes"),
        });
    }
    Ok(raw)
}
