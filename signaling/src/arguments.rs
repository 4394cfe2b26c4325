//! Reads the options: from flags, from `MARU_…` in the environment, and from a TOML file, in this order of precedence.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::Parser;
use maru_protocol::IceServer;
use serde::Deserialize;

use crate::config::Config;

/// Maru's signaling server: introduces the participants of a call to each other and serves the web client.
/// Media never passes through it.
///
/// Every option can also be set as MARU_… in the environment (--room-capacity as MARU_ROOM_CAPACITY) or in a
/// TOML file (room-capacity = 8). A flag beats the environment, which beats the file.
#[derive(Debug, Parser)]
#[command(name = "maru-signaling", version, max_term_width = 100)]
pub struct Arguments {
    /// TOML file with options.
    #[arg(long, env = "MARU_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Format of the log.
    #[arg(
        long,
        env = "MARU_LOG_FORMAT",
        value_name = "FORMAT",
        default_value = "text"
    )]
    pub log_format: LogFormat,
    #[command(flatten)]
    options: Options,
}

/// Format of the log on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// One readable line per event.
    Text,
    /// One JSON object per event.
    Json,
}

/// The options that can also be in the file.
#[derive(Debug, Default, Clone, clap::Args, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Options {
    /// Address and port to listen on [default: 0.0.0.0:7880]. Port 0 takes a free one.
    #[arg(
        long,
        env = "MARU_LISTEN",
        value_name = "ADDRESS",
        help_heading = "Network"
    )]
    listen: Option<SocketAddr>,
    /// Origin of other web pages that may use this server, e.g. <https://calls.example.org>. The server's own
    /// pages and the desktop app always may. May be repeated.
    #[arg(
        long,
        env = "MARU_ALLOW_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        help_heading = "Network"
    )]
    allow_origin: Option<Vec<String>>,
    /// STUN or TURN server given to clients: "stun:host:port", or "turn:host:port,username,credential". May
    /// be repeated; separate several by spaces in the environment.
    #[arg(
        long,
        env = "MARU_ICE_SERVER",
        value_name = "SERVER",
        value_delimiter = ' ',
        help_heading = "Network"
    )]
    ice_server: Option<Vec<String>>,
    /// Access token that clients need to join. Without one, anyone who knows a room ID can join.
    #[arg(
        long,
        env = "MARU_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true,
        help_heading = "Access"
    )]
    token: Option<String>,
    /// Most participants in a room [default: 8].
    #[arg(
        long,
        env = "MARU_ROOM_CAPACITY",
        value_name = "N",
        help_heading = "Limits"
    )]
    room_capacity: Option<usize>,
    /// Most rooms at once [default: 100000].
    #[arg(
        long,
        env = "MARU_MAX_ROOMS",
        value_name = "N",
        help_heading = "Limits"
    )]
    max_rooms: Option<usize>,
    /// Most connections at once [default: 100000].
    #[arg(
        long,
        env = "MARU_MAX_CONNECTIONS",
        value_name = "N",
        help_heading = "Limits"
    )]
    max_connections: Option<usize>,
    /// Most connections from one address (IPv6: one /64), 0 for no limit [default: 64]. Loopback is not
    /// counted, so behind a proxy on the same machine let the proxy limit them.
    #[arg(
        long,
        env = "MARU_CONNECTIONS_PER_ADDRESS",
        value_name = "N",
        help_heading = "Limits"
    )]
    connections_per_address: Option<u32>,
    /// Messages per second a connection may send on average, 0 for no limit [default: 200].
    #[arg(
        long,
        env = "MARU_MESSAGE_RATE",
        value_name = "N",
        help_heading = "Limits"
    )]
    message_rate: Option<u32>,
    /// Seconds a connection may stay without joining a room [default: 15].
    #[arg(
        long,
        env = "MARU_JOIN_TIMEOUT",
        value_name = "SECONDS",
        help_heading = "Limits"
    )]
    join_timeout: Option<u64>,
}

/// Why the options are invalid.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Path of the file.
        path: PathBuf,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// The file is not TOML, or has an unknown key or a value of the wrong type.
    #[error("{path}: {source}")]
    Parse {
        /// Path of the file.
        path: PathBuf,
        /// Position and reason.
        source: Box<toml::de::Error>,
    },
    /// An ICE server is not of the form described in `--help`.
    #[error("'{0}' is not an ICE server: use stun:host:port or turn:host:port,username,credential")]
    IceServer(String),
    /// The room capacity is 0.
    #[error("room-capacity must be at least 1")]
    Capacity,
}

impl Options {
    fn read(path: PathBuf) -> Result<Self, ConfigError> {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(source) => return Err(ConfigError::Read { path, source }),
        };
        toml::from_str(&text).map_err(|source| ConfigError::Parse {
            path,
            source: Box::new(source),
        })
    }
}

impl Arguments {
    /// Reads the file, if one is given, and combines all options.
    ///
    /// # Errors
    /// [`ConfigError`] names the file or the option.
    pub fn into_config(self) -> Result<Config, ConfigError> {
        let file = self.config.map_or(Ok(Options::default()), Options::read)?;
        let given = self.options;
        let mut config = Config::default();
        macro_rules! set {
            ($($option:ident => $place:expr),+ $(,)?) => {
                $(if let Some(value) = given.$option.or(file.$option) { $place = value; })+
            };
        }
        set!(
            listen => config.listen,
            allow_origin => config.allow_origins,
            room_capacity => config.room_capacity,
            max_rooms => config.max_rooms,
            max_connections => config.max_connections,
            connections_per_address => config.connections_per_address,
            message_rate => config.message_rate,
        );
        config.token = given.token.or(file.token).filter(|token| !token.is_empty());
        if let Some(seconds) = given.join_timeout.or(file.join_timeout) {
            config.timeouts.join = Duration::from_secs(seconds);
        }
        for server in given.ice_server.or(file.ice_server).unwrap_or_default() {
            config.ice_servers.push(ice_server(&server)?);
        }
        if config.room_capacity == 0 {
            return Err(ConfigError::Capacity);
        }
        Ok(config)
    }
}

/// Parses the form described in `--help`.
fn ice_server(text: &str) -> Result<IceServer, ConfigError> {
    let bad = || ConfigError::IceServer(text.split(',').next().unwrap_or_default().to_owned());
    let mut parts = text.split(',');
    let url = parts.next().filter(|url| !url.is_empty()).ok_or_else(bad)?;
    let (username, credential) = (
        parts.next().map(str::to_owned),
        parts.next().map(str::to_owned),
    );
    let known = match url.split(':').next() {
        Some("stun" | "stuns") => username.is_none(),
        Some("turn" | "turns") => username.is_some() && credential.is_some(),
        _ => false,
    };
    if !known || parts.next().is_some() {
        return Err(bad());
    }
    Ok(IceServer {
        urls: vec![url.to_owned()],
        username,
        credential,
    })
}
