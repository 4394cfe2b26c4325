use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use ts_rs::TS;

use crate::{
    DecodeError, ErrorCode, Incarnation, Open, Participant, ParticipantId, RoomId,
    fields::{Text, present_raw, required, saturating},
    limits::MAX_FRAME_BYTES,
    name::clean_name,
    nesting,
};

/// A message from the server to a client.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum ServerMessage<'a> {
    /// Answers `join`.
    Joined {
        /// The receiver's own ID.
        #[serde(rename = "self")]
        self_id: ParticipantId,
        /// The room as it is now.
        room: JoinedRoom,
        /// The others, in the order in which they joined.
        participants: Vec<Participant>,
        /// STUN and TURN servers for `RTCConfiguration.iceServers`.
        ice_servers: Vec<IceServer>,
        /// Secret for `join.resume`, valid for [`crate::limits::RESUME_WINDOW_MS`] after the socket is lost.
        resume: String,
        /// Who was removed from the room since the receiver's last `joined`: their links end as after a
        /// `participant-left` with that reason, which the receiver missed.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        #[ts(optional, as = "Option<Vec<ParticipantId>>")]
        removed: Vec<ParticipantId>,
    },
    /// A participant joined.
    ParticipantJoined {
        /// Who.
        participant: Participant,
    },
    /// A participant left.
    ParticipantLeft {
        /// Who.
        participant: ParticipantId,
        /// Why.
        #[ts(type = "LeaveReason | Other")]
        reason: Open<LeaveReason>,
    },
    /// The `data` of another participant's `signal`.
    Signal {
        /// The sender, guaranteed by the server.
        from: ParticipantId,
        /// Unread by the server.
        #[serde(borrow)]
        #[ts(type = "unknown")]
        data: Cow<'a, RawValue>,
    },
    /// Answers `leave`.
    Left {},
    /// Answers `ping`.
    Pong {
        /// Replaces those of `joined` when their credentials must be renewed.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        ice_servers: Option<Vec<IceServer>>,
    },
    /// A message of the client was refused, or the connection ends.
    Error {
        /// The reason; clients act on it alone.
        #[ts(type = "ErrorCode | Other")]
        code: Open<ErrorCode>,
        /// For people; may change.
        message: Cow<'a, str>,
        /// With `room-full`, in milliseconds: when the seat of a participant whose socket is lost becomes free, unless
        /// the participant resumes. A `join` after it may succeed.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        retry_after_ms: Option<u64>,
    },
}

/// The room part of `joined`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct JoinedRoom {
    /// Canonical room ID.
    pub id: RoomId,
    /// Which life of the room this is.
    pub incarnation: Incarnation,
    /// Maximum number of participants, including the receiver.
    #[serde(deserialize_with = "saturating")]
    #[ts(type = "number")]
    pub capacity: u32,
}

/// One entry of `RTCConfiguration.iceServers` (W3C WebRTC §4.2.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct IceServer {
    /// `stun:` and `turn:` URLs (RFC 7064, RFC 7065).
    pub urls: Vec<String>,
    /// TURN only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub username: Option<String>,
    /// TURN only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub credential: Option<String>,
}

/// Why a participant is no longer in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum LeaveReason {
    /// With `leave`.
    Left,
    /// The socket was lost and not resumed in time.
    Lost,
    /// Removed by the server.
    Removed,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(rename = "self")]
    self_id: Option<ParticipantId>,
    room: Option<JoinedRoom>,
    participants: Option<Vec<Participant>>,
    ice_servers: Option<Vec<IceServer>>,
    resume: Option<String>,
    removed: Option<Vec<ParticipantId>>,
    #[serde(borrow)]
    participant: Option<&'a RawValue>,
    reason: Option<Open<LeaveReason>>,
    from: Option<ParticipantId>,
    #[serde(borrow, default, deserialize_with = "present_raw")]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    code: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<Text<'a>>,
    retry_after_ms: Option<u64>,
}

impl<'a> ServerMessage<'a> {
    /// Decodes one text frame: the client's side of the wire.
    ///
    /// # Errors
    /// `too-large` for a frame over the limit, `bad-message` for the rest.
    pub fn decode(frame: &'a str) -> Result<Self, DecodeError> {
        if frame.len() > MAX_FRAME_BYTES {
            return Err(DecodeError {
                code: ErrorCode::TooLarge,
                detail: format!("a frame has at most {MAX_FRAME_BYTES} bytes"),
            });
        }
        nesting::check(frame)?;
        let envelope: Envelope<'a> = serde_json::from_str(frame)?;
        match envelope.kind.as_ref() {
            "joined" => Ok(Self::Joined {
                self_id: required(envelope.self_id, "self")?,
                room: required(envelope.room, "room")?,
                participants: required(envelope.participants, "participants")?
                    .into_iter()
                    .map(with_clean_name)
                    .collect(),
                ice_servers: required(envelope.ice_servers, "iceServers")?,
                resume: required(envelope.resume, "resume")?,
                removed: envelope.removed.unwrap_or_default(),
            }),
            "participant-joined" => Ok(Self::ParticipantJoined {
                participant: with_clean_name(typed(envelope.participant, "participant")?),
            }),
            "participant-left" => Ok(Self::ParticipantLeft {
                participant: typed(envelope.participant, "participant")?,
                reason: required(envelope.reason, "reason")?,
            }),
            "signal" => Ok(Self::Signal {
                from: required(envelope.from, "from")?,
                data: Cow::Borrowed(required(envelope.data, "data")?),
            }),
            "left" => Ok(Self::Left {}),
            "pong" => Ok(Self::Pong {
                ice_servers: envelope.ice_servers,
            }),
            "error" => Ok(Self::Error {
                code: typed(envelope.code, "code")?,
                message: required(envelope.message, "message")?.0,
                retry_after_ms: envelope.retry_after_ms,
            }),
            _ => Err(DecodeError::bad("unknown type")),
        }
    }
}

/// An earlier server sends names as they were given.
fn with_clean_name(participant: Participant) -> Participant {
    Participant {
        name: clean_name(&participant.name).into_owned(),
        ..participant
    }
}

/// `participant` is an object in one message and an ID in another, so it is typed once the message is known.
fn typed<'a, T: Deserialize<'a>>(
    value: Option<&'a RawValue>,
    field: &str,
) -> Result<T, DecodeError> {
    Ok(serde_json::from_str(required(value, field)?.get())?)
}

const SIGNAL_HEAD: &[u8] = br#"{"type":"signal","from":""#;
const SIGNAL_MIDDLE: &[u8] = br#"","data":"#;
const SIGNAL_TAIL: &[u8] = b"}";

/// How many bytes [`write_signal`] appends for `data`, so that a frame's header can be written first.
#[must_use]
pub fn signal_bytes(data: &RawValue) -> usize {
    SIGNAL_HEAD.len()
        + uuid::fmt::Hyphenated::LENGTH
        + SIGNAL_MIDDLE.len()
        + data.get().len()
        + SIGNAL_TAIL.len()
}

/// Appends the text of a [`ServerMessage::Signal`] to `out`: the relay's hot path, with the payload copied
/// once and nothing formatted but the sender's ID.
pub fn write_signal(from: ParticipantId, data: &RawValue, out: &mut Vec<u8>) {
    out.reserve(signal_bytes(data));
    out.extend_from_slice(SIGNAL_HEAD);
    let mut id = uuid::Uuid::encode_buffer();
    out.extend_from_slice(from.0.as_hyphenated().encode_lower(&mut id).as_bytes());
    out.extend_from_slice(SIGNAL_MIDDLE);
    out.extend_from_slice(data.get().as_bytes());
    out.extend_from_slice(SIGNAL_TAIL);
}
