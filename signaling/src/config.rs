//! The options of a server. [`crate::arguments`] reads them.

use std::{net::SocketAddr, time::Duration};

use maru_protocol::{IceServer, limits};

/// The options of one server.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Access token that a `join` needs; `None` for none.
    pub token: Option<String>,
    /// Sent to clients for `RTCConfiguration.iceServers`.
    pub ice_servers: Vec<IceServer>,
    /// Origins, besides the server's own and the desktop app's, whose pages may connect.
    pub allow_origins: Vec<String>,
    /// Maximum number of participants per room, at least 1.
    pub room_capacity: usize,
    /// Maximum number of rooms.
    pub max_rooms: usize,
    /// Maximum number of WebSocket connections.
    pub max_connections: usize,
    /// Maximum number of connections per address; 0 for no limit.
    pub connections_per_address: u32,
    /// Messages per second and connection on average; 0 for no limit.
    pub message_rate: u32,
    /// Heartbeat and time-outs of a connection.
    pub timeouts: Timeouts,
    /// How long a participant can resume after its socket was lost.
    pub resume_window: Duration,
}

/// Heartbeat and time-outs of a connection. They are checked every 500 ms.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// A client that has been silent for this long is pinged.
    pub ping_interval: Duration,
    /// A client that has been silent for this long is closed with `timed-out`.
    pub dead_after: Duration,
    /// A client that has been in no room for this long is closed with `timed-out`.
    pub join: Duration,
    /// Time for the client to close its side after a close frame.
    pub close: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([0, 0, 0, 0], 7880)),
            token: None,
            ice_servers: Vec::new(),
            allow_origins: Vec::new(),
            room_capacity: limits::DEFAULT_ROOM_CAPACITY,
            max_rooms: 100_000,
            max_connections: 100_000,
            connections_per_address: 64,
            message_rate: 200,
            timeouts: Timeouts {
                ping_interval: Duration::from_millis(limits::PING_INTERVAL_MS),
                dead_after: Duration::from_millis(limits::DEAD_AFTER_MS),
                join: Duration::from_secs(15),
                close: Duration::from_secs(2),
            },
            resume_window: Duration::from_millis(limits::RESUME_WINDOW_MS),
        }
    }
}
