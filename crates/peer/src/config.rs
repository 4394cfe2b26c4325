//! Configuration of a peer.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;

/// One STUN or TURN server, as browsers write it (RFC 7064, RFC 7065).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IceServer {
    /// `stun:host:port`; `turn:host:port` or with `?transport=udp` (TURN over UDP) or `?transport=tcp` (over
    /// TCP); `turns:host:port` (over TLS, whose certificate must be for `host`). The port is 3478 where there is
    /// none, 5349 for `turns:`. An IPv6 address has brackets. `turns:` over UDP, which is DTLS, is not supported.
    /// 8 are used at most, over UDP before TCP before TLS; the others are reported as
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
    /// The addresses of the machine, looked up again at each ICE restart: 24 at most, those with a default route first
    /// and those of containers last. Loopback only if there is nothing else; link-local addresses never.
    #[default]
    Interfaces,
    /// These addresses: for tests, for machines with addresses that must not be revealed, and for further connections
    /// over the path of another one. Port 0 is any free port. An ICE restart binds them again, and fails the connection
    /// if the machine has none of them any more. TURN servers are used from these addresses too, if there are any in
    /// [`Config::ice_servers`].
    Addresses(Vec<SocketAddr>),
}

/// When a path counts as lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Silence after which the state becomes `Reconnecting`.
    pub disconnected: Duration,
    /// Further silence after which it becomes `Failed`.
    pub failed: Duration,
    /// Interval of the checks of the selected path (RFC 7675).
    pub keepalive: Duration,
}

impl Default for Timing {
    /// 1.5 s, 15 s, 0.5 s. The stack's default of 5 s would be 5 s of a frozen picture without an explanation; below
    /// 1.5 s a Wi-Fi roam would count as a loss. Browsers give up after 15 s or more, so we do not give up earlier.
    fn default() -> Self {
        Self {
            disconnected: Duration::from_millis(1500),
            failed: Duration::from_secs(15),
            keepalive: Duration::from_millis(500),
        }
    }
}

/// Configuration of a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Audio and video can be negotiated. Without, the connection has data channels only: its offers have one section,
    /// `m=application`, remote descriptions with other sections are refused, and nothing of media is set up.
    pub media: bool,
    /// STUN and TURN servers.
    pub ice_servers: Vec<IceServer>,
    /// Use relayed paths only (`iceTransportPolicy: "relay"`), so that the remote peer does not learn our addresses.
    pub relay_only: bool,
    /// Where sockets are opened.
    pub bind: Bind,
    /// When a path counts as lost.
    pub timing: Timing,
    /// SCTP receive window, in bytes of payload: what the remote peer may have in flight on all data channels. Reduced to the socket's
    /// receive buffer if that is smaller: beyond it the kernel drops, and SCTP stalls for seconds.
    pub receive_window: u32,
    /// Bytes of receive buffer that each socket requests. The kernel may grant less: 208 KiB on stock Linux
    /// (`net.core.rmem_max`), which overflows at a few hundred Mbit/s.
    pub receive_buffer: usize,
    /// Bytes that the data channels of the connection may have unacknowledged together, at most; further messages wait in
    /// [`crate::ChannelSender::send`]. On a slow path fewer, so that a message does not wait long for those of other channels:
    /// what the path delivers in a round trip and 250 ms, or in four round trips, but at least 32 KiB; 128 KiB before that is
    /// known. Limits the throughput to this many bytes per round trip: 1 MiB in 20 ms is 50 MB/s.
    /// More than 1 MiB is not safe: after many losses an acknowledgment may not fit into a packet (decision 0010). One
    /// message of any size may exceed it.
    pub send_buffer: usize,
    /// Certificate authorities accepted for `turns:` servers in addition to the system's: one DER certificate each. One
    /// that cannot be parsed makes every `turns:` server unusable.
    pub extra_roots: Vec<Bytes>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            media: true,
            ice_servers: Vec::new(),
            relay_only: false,
            bind: Bind::Interfaces,
            timing: Timing::default(),
            receive_window: 4 << 20,
            receive_buffer: 4 << 20,
            send_buffer: 1 << 20,
            extra_roots: Vec::new(),
        }
    }
}
