//! The command line, `maru [--server URL] [ROOM | LINK]`, and `MARU_SERVER`.

use maru_protocol::RoomId;
use maru_session::{InvalidServerUrl, ServerUrl};

use crate::room_link::{self, InvalidRoomLink, RoomLink};

const HELP: &str = "\
Maru: private calls from person to person.

Usage: maru [--server URL] [ROOM | LINK]

  ROOM           open the start screen with this room ID filled in
  LINK           the same with the link of a room, for example
                 https://maru.example.org/r/our-home; asks before another
                 server is used
  --server URL   use this server until the app ends, whatever the settings say
                 (also MARU_SERVER), for example https://maru.example.org
  --help         print this text
  --version      print the version

If Maru is running already, it opens ROOM or LINK there, and asks before it
leaves a call or uses another server.
";

/// Options from the command line and the environment.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// Overrides the setting for this run.
    pub(crate) server: Option<ServerUrl>,
    /// Filled in on the start screen; the person still has to join.
    pub(crate) room: Option<RoomId>,
    /// The server of the room, if a link named it. The person is asked before it is used.
    pub(crate) link_server: Option<ServerUrl>,
}

/// Why the app does not start.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stop {
    /// `--help` or `--version`: print and exit with success.
    #[error("{0}")]
    Print(String),
    #[error("--server: {0}")]
    Server(InvalidServerUrl),
    #[error("MARU_SERVER: {0}")]
    Environment(InvalidServerUrl),
    #[error("--server needs an address")]
    NoServer,
    #[error("the room: {0}")]
    Room(maru_protocol::InvalidRoomId),
    #[error("the link: {0}")]
    Link(InvalidRoomLink),
    #[error("unknown option; try --help")]
    Unknown,
}

impl Options {
    /// `arguments` without the program's name; `environment` is `MARU_SERVER`. The command line wins.
    ///
    /// # Errors
    /// See [`Stop`]; its text is printed.
    pub(crate) fn parse(
        arguments: impl IntoIterator<Item = String>,
        environment: Option<&str>,
    ) -> Result<Self, Stop> {
        let mut options = Self {
            server: environment
                .filter(|text| !text.is_empty())
                .map(ServerUrl::parse)
                .transpose()
                .map_err(Stop::Environment)?,
            ..Self::default()
        };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--help" | "-h" => return Err(Stop::Print(HELP.into())),
                "--version" | "-V" => {
                    return Err(Stop::Print(
                        concat!("maru ", env!("CARGO_PKG_VERSION"), "\n").into(),
                    ));
                }
                "--server" => {
                    let text = arguments.next().ok_or(Stop::NoServer)?;
                    options.server = Some(ServerUrl::parse(&text).map_err(Stop::Server)?);
                }
                text if text.starts_with("--server=") => {
                    let text = text.trim_start_matches("--server=");
                    options.server = Some(ServerUrl::parse(text).map_err(Stop::Server)?);
                }
                // A room ID may begin with '-', but not with '--': a mistyped option is not a room.
                text if text.starts_with("--") || options.room.is_some() => {
                    return Err(Stop::Unknown);
                }
                text if room_link::is_link(text) => {
                    let link = RoomLink::parse(text).map_err(Stop::Link)?;
                    options.room = Some(link.room);
                    options.link_server = Some(link.server);
                }
                text => options.room = Some(RoomId::parse(text).map_err(Stop::Room)?),
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str], environment: Option<&str>) -> Result<Options, Stop> {
        Options::parse(arguments.iter().map(|text| (*text).into()), environment)
    }

    #[test]
    fn everything_is_optional() {
        assert_eq!(parse(&[], None), Ok(Options::default()));
        assert_eq!(parse(&[], Some("")), Ok(Options::default()));
    }

    #[test]
    fn the_command_line_wins_over_the_environment() {
        let options = parse(&["--server", "http://a:1", "우리집"], Some("http://b:2")).unwrap();
        assert_eq!(options.server.unwrap().origin(), "http://a:1");
        assert_eq!(options.room.unwrap().as_str(), "우리집");
        let options = parse(&["--server=http://a:1"], None).unwrap();
        assert_eq!(options.server.unwrap().origin(), "http://a:1");
        let options = parse(&[], Some("http://b:2")).unwrap();
        assert_eq!(options.server.unwrap().origin(), "http://b:2");
    }

    #[test]
    fn a_link_names_a_room_and_its_server_and_overrides_nothing() {
        let options = parse(&["https://a.example/r/daily"], Some("http://b:2")).unwrap();
        assert_eq!(options.server.unwrap().origin(), "http://b:2");
        assert_eq!(options.room.unwrap().as_str(), "daily");
        assert_eq!(options.link_server.unwrap().origin(), "https://a.example");
    }

    #[test]
    fn each_mistake_has_its_error() {
        assert_eq!(
            parse(&["--server", "x"], None),
            Err(Stop::Server(InvalidServerUrl::NotAUrl))
        );
        assert_eq!(
            parse(&[], Some("x")),
            Err(Stop::Environment(InvalidServerUrl::NotAUrl))
        );
        assert_eq!(parse(&["--server"], None), Err(Stop::NoServer));
        assert_eq!(parse(&["--srv"], None), Err(Stop::Unknown));
        assert_eq!(parse(&["a", "b"], None), Err(Stop::Unknown));
        assert!(matches!(parse(&["a b"], None), Err(Stop::Room(_))));
        assert_eq!(
            parse(&["https://a.example/daily"], None),
            Err(Stop::Link(InvalidRoomLink::NotARoom))
        );
        assert!(matches!(parse(&["--help"], None), Err(Stop::Print(_))));
    }
}
