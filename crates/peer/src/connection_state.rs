//! The state of a connection.

/// The state of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionState {
    /// Not connected yet.
    Connecting,
    /// A path works and DTLS is complete.
    Connected,
    /// The path went silent. It may recover, or an ICE restart may find another one.
    Reconnecting,
    /// No path works; media is no longer sent. An ICE restart may still find a path.
    Failed,
    /// Closed. No event follows.
    Closed,
}
