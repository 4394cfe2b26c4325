//! Links of rooms, `https://maru.example.org/r/daily`. The page reads them in `ui/src/host/room-link.ts`.

use maru_protocol::{InvalidRoomId, RoomId};
use maru_session::{InvalidServerUrl, ServerUrl};
use percent_encoding::percent_decode_str;
use url::Url;

/// Limit of a link, in bytes.
const MAX_LENGTH: usize = 2048;

/// A room and its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoomLink {
    pub(crate) server: ServerUrl,
    pub(crate) room: RoomId,
}

/// Why a text is not the link of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidRoomLink {
    #[error("a link has at most {MAX_LENGTH} bytes")]
    TooLong,
    #[error("the link of a room looks like https://maru.example.org/r/our-home")]
    NotARoom,
    #[error("{0}")]
    Server(InvalidServerUrl),
    #[error("{0}")]
    Room(InvalidRoomId),
}

/// The text is meant as a link: a room ID contains no colon.
pub(crate) fn is_link(text: &str) -> bool {
    text.contains("://")
}

impl RoomLink {
    /// Query and fragment are ignored: messengers and mailing lists append theirs.
    ///
    /// # Errors
    /// See [`InvalidRoomLink`].
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidRoomLink> {
        if text.len() > MAX_LENGTH {
            return Err(InvalidRoomLink::TooLong);
        }
        let mut url = Url::parse(text.trim()).map_err(|_| InvalidRoomLink::NotARoom)?;
        let path = url.path().trim_start_matches('/').to_owned();
        let segment = path
            .strip_prefix("r/")
            .map(|rest| rest.strip_suffix('/').unwrap_or(rest))
            .filter(|segment| !segment.is_empty() && !segment.contains('/'))
            .ok_or(InvalidRoomLink::NotARoom)?;
        let room = percent_decode_str(segment)
            .decode_utf8()
            .map_err(|_| InvalidRoomLink::NotARoom)?;
        let room = RoomId::parse(&room).map_err(InvalidRoomLink::Room)?;
        url.set_path("");
        url.set_query(None);
        url.set_fragment(None);
        let server = ServerUrl::parse(url.as_str()).map_err(InvalidRoomLink::Server)?;
        Ok(Self { server, room })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_has_a_server_and_a_room() {
        for (text, server, room) in [
            (
                "https://Maru.Example.org/r/daily",
                "https://maru.example.org",
                "daily",
            ),
            (
                " http://localhost:7880/r/%EC%9A%B0%EB%A6%AC%EC%A7%91/ ",
                "http://localhost:7880",
                "우리집",
            ),
            (
                "https://maru.example.org//r/우리집?fbclid=x#a",
                "https://maru.example.org",
                "우리집",
            ),
        ] {
            let link = RoomLink::parse(text).unwrap();
            assert_eq!((link.server.origin(), link.room.as_str()), (server, room));
        }
    }

    #[test]
    fn each_mistake_has_its_error() {
        let long = format!("https://example.org/r/{}", "a".repeat(MAX_LENGTH));
        for (text, error) in [
            (long.as_str(), InvalidRoomLink::TooLong),
            ("daily", InvalidRoomLink::NotARoom),
            ("https://example.org/", InvalidRoomLink::NotARoom),
            ("https://example.org/r/", InvalidRoomLink::NotARoom),
            ("https://example.org/r/a/b", InvalidRoomLink::NotARoom),
            ("https://example.org/maru/r/a", InvalidRoomLink::NotARoom),
            ("https://example.org/r/%E0%A4%A", InvalidRoomLink::NotARoom),
            (
                "ftp://example.org/r/a",
                InvalidRoomLink::Server(InvalidServerUrl::Scheme),
            ),
            (
                "https://a:b@example.org/r/a",
                InvalidRoomLink::Server(InvalidServerUrl::Credentials),
            ),
        ] {
            assert_eq!(RoomLink::parse(text), Err(error), "{text}");
        }
        assert!(matches!(
            RoomLink::parse("https://example.org/r/a%20b"),
            Err(InvalidRoomLink::Room(_))
        ));
    }
}
