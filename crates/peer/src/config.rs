//! What a peer is made with.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;

/// One STUN or TURN server, as browsers write it (RFC 7064, RFC 7065).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IceServer {
    /// `stun:host:port`; `turn:host:port` or with `?transport=udp` (TURN over UDP) or `?transport=tcp` (over
    /// TCP); `turns:host:port` (over TLS, whose certificate must be for `host`). The port is 3478 where there is
    /// none, 5349 for `turns:`. An IPv6 address has brackets. `turns:` over UDP, which is DTLS, is not supported.
    /// 8 are used at most, over UDP before TCP before TLS; the others are told as
    /// [`crate::Event::ServerUnusable`].
    pub urls: Vec<String>,
    /// TURN only.
    pub username: Option<String>,
    /// TURN only.
    pub credential: Option<String>,
}

/// Where sockets are opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Bind {
    /// The addresses the machine has, looked up anew at each ICE restart: 24 at most, those that the machine itself
    /// would use first and those of containers last. Loopback only where there is nothing else. Link-local addresses
    /// are left out.
    #[default]
    Interfaces,
    /// These, for tests and for machines with addresses that must not be shown.
    Addresses(Vec<SocketAddr>),
}

/// When a path counts as lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Silence after which the state becomes `Reconnecting`.
    pub disconnected: Duration,
    /// Silence after that until `Failed`.
    pub failed: Duration,
    /// Between two checks of the path in use.
    pub keepalive: Duration,
}

impl Default for Timing {
    /// 1.5 s, 15 s, 0.5 s. The stack's own 5 s of silence is a frozen picture nobody explains; sooner than
    /// 1.5 s a Wi-Fi roam looks like an end. Browsers give up after 15 s or more, so we do not before them.
    fn default() -> Self {
        Self {
            disconnected: Duration::from_millis(1500),
            failed: Duration::from_secs(15),
            keepalive: Duration::from_millis(500),
        }
    }
}

/// What a peer is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// STUN and TURN servers.
    pub ice_servers: Vec<IceServer>,
    /// Use relayed paths only, so that the other side does not learn our addresses.
    pub relay_only: bool,
    /// Perfect negotiation (W3C WebRTC §10.7): this side gives way when both offer. Exactly one side is polite.
    pub polite: bool,
    /// Where sockets are opened.
    pub bind: Bind,
    /// When a path counts as lost.
    pub timing: Timing,
    /// Octets the other side may have in flight on data channels. Bounded by what the socket's receive buffer
    /// holds, whatever is asked for: beyond that the kernel drops, and SCTP stalls for seconds.
    pub receive_window: u32,
    /// Certificate authorities that `turns:` servers may have beside those the system trusts: one certificate
    /// each, DER. One that cannot be read makes every `turns:` server unusable.
    pub extra_roots: Vec<Bytes>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            ice_servers: Vec::new(),
            relay_only: false,
            polite: false,
            bind: Bind::Interfaces,
            timing: Timing::default(),
            receive_window: 4 << 20,
            extra_roots: Vec::new(),
        }
    }
}
