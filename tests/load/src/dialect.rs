//! Messages from the clients to the servers under test, and the meaning of the answers.

use serde::Deserialize;

use crate::{frame, payload};

/// The protocol of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Maru's wire, version 1.
    Maru,
    /// Everything is returned unchanged; there are no rooms.
    Echo,
    /// Engine.IO 4 over its WebSocket transport, and Socket.IO 5 in it, with the events of
    /// `tests/bench/server.mjs`.
    SocketIo,
}

/// The meaning of a server's text for a client.
#[derive(Debug, PartialEq, Eq)]
pub enum Incoming<'a> {
    /// A relayed message.
    Message,
    /// Send this and continue.
    Answer(&'static str),
    /// The server is ready for `join`.
    Ready,
    /// In the room.
    Joined {
        /// The participant who was there before, if any.
        peer: Option<String>,
        /// Maru's `resume` secret.
        resume: Option<String>,
    },
    /// A participant joined.
    PeerJoined(String),
    /// A participant left.
    PeerLeft,
    /// The client has left the room, as requested.
    Left,
    /// A refusal, with its code.
    Refused(&'a str),
    /// Needs no action.
    Other,
    /// Invalid in this dialect.
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

    /// The first message, or that there is none before `join`, or none at all.
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

    /// The message that joins a room.
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

    /// The message that leaves the room.
    #[must_use]
    pub fn leave(self) -> Vec<u8> {
        frame::text(match self {
            Self::Maru => r#"{"type":"leave"}"#,
            Self::SocketIo => r#"42["leave"]"#,
            Self::Echo => "",
        })
    }

    /// The message that an idle client must send every five seconds.
    #[must_use]
    pub fn heartbeat(self) -> Option<Vec<u8>> {
        // Socket.IO's server sends the ping (see `understand`), and an echo needs none.
        (self == Self::Maru).then(|| frame::text(r#"{"type":"ping"}"#))
    }

    /// A message to `peer` with the 1 KB payload. The echo gets the same frame as Maru.
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

    /// The meaning of a server's text. Reads only the part that decides, so that thousands of relayed messages a second
    /// cost the generator little.
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
