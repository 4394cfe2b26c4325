//! Name resolution with a time limit.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use webrtc::runtime::{Runtime, TokioRuntime};

/// The stack resolves names in the one task that also moves media: an unreachable name server must not block it.
const TIMEOUT: Duration = Duration::from_millis(1500);

/// The addresses of `host:port`. An IPv6 address needs no brackets.
pub(crate) async fn resolve(name: &str) -> io::Result<Vec<SocketAddr>> {
    let resolved = tokio::time::timeout(TIMEOUT, TokioRuntime.resolve_host(name));
    resolved
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}
