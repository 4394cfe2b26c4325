//! A TURN server over TCP or TLS.

/// Server URLs used: each costs requests from every interface.
pub(super) const MAX_SERVERS: usize = 8;

/// A TURN server that is reached over TCP or TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StreamServer {
    /// As configured, for events.
    pub(super) url: String,
    /// A name, or an address without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    /// TLS.
    pub(super) secure: bool,
}
