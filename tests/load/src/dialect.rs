//! What clients say to the servers under test, and what they make of the answers.

use serde::Deserialize;

use crate::{frame, payload};

/// A way to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Maru's wire, version 1.
    Maru,
    /// Everything comes back as it was sent; nobody joins anything.
    Echo,
    /// Engine.IO 4 over its WebSocket transport, and Socket.IO 5 in it, with the events of
    /// `tests/bench/server.mjs`.
    SocketIo,
}

/// What a server's text means to a client.
#[derive(Debug, PartialEq, Eq)]
pub enum Incoming<'a> {
    /// A relayed message.
    Message,
    /// Say this; the conversation goes on.
    Answer(&'static str),
    /// The server is ready for `join`.
    Ready,
    /// In the room.
    Joined {
        /// Who was there already, if anybody.
        peer: Option<String>,
        /// Maru's secret to come back with.
        resume: Option<String>,
    },
    /// Somebody came.
    PeerJoined(String),
    /// Somebody went.
    PeerLeft,
    /// Out of the room, as asked.
    Left,
    /// No, and why.
    Refused(&'a str),
    /// Nothing to act on.
    Other,
    /// Not what this dialect allows.
    Nonsense,
}

#[derive(Deserialize)]
struct Person {
    id: String,
}

#[derive(Deserialize)]
struct JoinedBody {
    participants: Vec<Person>,
    resume: Option<String>,
}

#[derive(Deserialize)]
struct ParticipantJoinedBody {
    participant: Person,
}

#[derive(Deserialize)]
struct ErrorBody<'a> {
    code: &'a str,
}

impl Dialect {
    /// The HTTP request that opens the WebSocket (RFC 6455 §4.1).
    #[must_use]
    pub fn upgrade(self, host: &str) -> String {
        let (path, extra) = match self {
            Self::Maru => ("/ws", "Sec-WebSocket-Protocol: maru.v1\r\n"),
            Self::Echo => ("/", ""),
            Self::SocketIo => ("/socket.io/?EIO=4&transport=websocket", ""),
        };
        format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{extra}\r\n"
        )
    }

    /// What is said first, or whether there is nothing to say before `join`, or nothing at all.
    #[must_use]
    pub fn begins(self) -> Incoming<'static> {
        match self {
            Self::Maru => Incoming::Ready,
            Self::Echo => Incoming::Joined {
                peer: None,
                resume: None,
            },
            Self::SocketIo => Incoming::Other,
        }
    }

    /// Asks for a room.
    #[must_use]
    pub fn join(self, room: &str, resume: Option<&str>) -> Vec<u8> {
        frame::text(&match (self, resume) {
            (Self::Maru, Some(resume)) => {
                format!(r#"{{"type":"join","room":"{room}","name":"Load","resume":"{resume}"}}"#)
            }
            (Self::Maru, None) => format!(r#"{{"type":"join","room":"{room}","name":"Load"}}"#),
            (Self::SocketIo, _) => format!(r#"42["join",{{"room":"{room}","name":"Load"}}]"#),
            (Self::Echo, _) => String::new(),
        })
    }

    /// Says goodbye.
    #[must_use]
    pub fn leave(self) -> Vec<u8> {
        frame::text(match self {
            Self::Maru => r#"{"type":"leave"}"#,
            Self::SocketIo => r#"42["leave"]"#,
            Self::Echo => "",
        })
    }

    /// What a client that has nothing to say must say every five seconds.
    #[must_use]
    pub fn heartbeat(self) -> Option<Vec<u8>> {
        // Socket.IO's server asks (see `understand`), and an echo does not care.
        (self == Self::Maru).then(|| frame::text(r#"{"type":"ping"}"#))
    }

    /// A message to `peer` with the 1 KB payload. The echo gets the very frame that Maru gets.
    #[must_use]
    pub fn message(self, peer: &str) -> Vec<u8> {
        let data = payload::json();
        frame::text(&match self {
            Self::Maru | Self::Echo => {
                format!(r#"{{"type":"signal","to":"{peer}","data":{data}}}"#)
            }
            Self::SocketIo => format!(r#"42["signal",{{"to":"{peer}","data":{data}}}]"#),
        })
    }

    /// What a server's text means. Only the shape that decides is looked at, so that thousands of relayed
    /// messages a second cost the generator next to nothing.
    #[must_use]
    pub fn understand(self, text: &str) -> Incoming<'_> {
        match self {
            Self::Echo => Incoming::Message,
            Self::Maru => maru(text),
            Self::SocketIo => socket_io(text),
        }
    }
}

fn maru(text: &str) -> Incoming<'_> {
    let Some(rest) = text.strip_prefix(r#"{"type":""#) else {
        return Incoming::Nonsense;
    };
    let kind = rest.split('"').next().unwrap_or_default();
    match kind {
        "signal" => Incoming::Message,
        "joined" => joined(text),
        "participant-joined" => participant_joined(text),
        "participant-left" => Incoming::PeerLeft,
        "left" => Incoming::Left,
        "pong" => Incoming::Other,
        "error" => serde_json::from_str::<ErrorBody<'_>>(text)
            .map_or(Incoming::Nonsense, |body| Incoming::Refused(body.code)),
        _ => Incoming::Nonsense,
    }
}

fn socket_io(text: &str) -> Incoming<'_> {
    if text.starts_with("42[\"signal\"") {
        return Incoming::Message;
    }
    match text.as_bytes() {
        [b'2', ..] => return Incoming::Answer("3"),
        [b'0', ..] => return Incoming::Answer("40"),
        [b'4', b'0', ..] => return Incoming::Ready,
        _ => {}
    }
    let event = |name: &str| {
        text.strip_prefix("42[\"")?
            .strip_prefix(name)?
            .strip_prefix("\",")?
            .strip_suffix(']')
    };
    if let Some(body) = event("joined") {
        joined(body)
    } else if let Some(body) = event("participant-joined") {
        participant_joined(body)
    } else if event("participant-left").is_some() {
        Incoming::PeerLeft
    } else if event("refused").is_some() {
        Incoming::Refused("refused")
    } else {
        Incoming::Nonsense
    }
}

fn joined(body: &str) -> Incoming<'_> {
    serde_json::from_str::<JoinedBody>(body).map_or(Incoming::Nonsense, |body| Incoming::Joined {
        peer: body.participants.into_iter().next().map(|person| person.id),
        resume: body.resume,
    })
}

fn participant_joined(body: &str) -> Incoming<'_> {
    serde_json::from_str::<ParticipantJoinedBody>(body).map_or(Incoming::Nonsense, |body| {
        Incoming::PeerJoined(body.participant.id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn understands_maru() {
        let joined = r#"{"type":"joined","self":"a","room":{"id":"r","incarnation":"i","capacity":8},"participants":[{"id":"b","name":"B"}],"iceServers":[],"resume":"s"}"#;
        assert_eq!(
            Dialect::Maru.understand(joined),
            Incoming::Joined {
                peer: Some("b".into()),
                resume: Some("s".into())
            }
        );
        let refused = r#"{"type":"error","code":"room-full","message":"m"}"#;
        assert_eq!(
            Dialect::Maru.understand(refused),
            Incoming::Refused("room-full")
        );
        assert_eq!(Dialect::Maru.understand("{}"), Incoming::Nonsense);
    }

    #[test]
    fn understands_socket_io() {
        let understand = |text| Dialect::SocketIo.understand(text);
        assert_eq!(understand(r#"0{"sid":"x"}"#), Incoming::Answer("40"));
        assert_eq!(understand("2"), Incoming::Answer("3"));
        assert_eq!(
            understand(r#"42["joined",{"self":"a","participants":[{"id":"b","name":"B"}]}]"#),
            Incoming::Joined {
                peer: Some("b".into()),
                resume: None
            }
        );
    }
}
