//! The server: binding, accepting connections, and shutting down.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use maru_protocol::ErrorCode;
use tokio::net::{TcpListener, TcpSocket};

use crate::{config::Config, heartbeat, http, state::ServerState};

/// Length of the kernel's accept queue. After a restart all clients connect at once; with the usual 128 most of
/// them would wait a second to retransmit their SYN.
const BACKLOG: u32 = 8192;
/// How long a shutdown may take.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(3);
/// Pause after `accept` failed. Without file descriptors it fails at once each time, which would be a busy loop.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(50);

/// A bound server, not yet running.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    state: Arc<ServerState>,
}

impl Server {
    /// Binds the address of `config`.
    ///
    /// # Errors
    /// The operating system's error, most often that the address is in use.
    pub fn bind(config: Config) -> io::Result<Self> {
        let socket = if config.listen.is_ipv4() {
            TcpSocket::new_v4()?
        } else {
            TcpSocket::new_v6()?
        };
        socket.set_reuseaddr(true)?;
        socket.bind(config.listen)?;
        let listener = socket.listen(BACKLOG)?;
        let state = ServerState::new(config);
        Ok(Self { listener, state })
    }

    /// The bound address, with the actual port.
    ///
    /// # Errors
    /// The operating system's error.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The state shared by the connections, for tests and embedding programs.
    #[must_use]
    pub fn state(&self) -> Arc<ServerState> {
        Arc::clone(&self.state)
    }

    /// Serves until `shutdown` completes. Then sends `shutting-down` to every client, closes the connections, and
    /// waits at most 3 s until they have ended.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let heartbeat = tokio::spawn(heartbeat::run(Arc::clone(&self.state)));
        tokio::select! {
            () = accept(&self.listener, &self.state) => {}
            () = shutdown => {}
        }
        drop(self.listener);
        drain(&self.state).await;
        heartbeat.abort();
    }
}

/// Accepts connections for ever.
async fn accept(listener: &TcpListener, state: &Arc<ServerState>) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Without a permit the connection is dropped without an answer: refusals hold sockets too.
                if let Some(permit) = state.addresses.try_acquire(peer.ip()) {
                    tokio::spawn(http::serve(Arc::clone(state), stream, permit));
                }
            }
            Err(error) => {
                // Out of file descriptors, or the connection died in the accept queue: go on in both cases.
                tracing::warn!(%error, "cannot accept");
                tokio::time::sleep(ACCEPT_RETRY_DELAY).await;
            }
        }
    }
}

async fn drain(state: &ServerState) {
    state.start_draining();
    for client in state.clients_where(|_| true) {
        let code = ErrorCode::ShuttingDown;
        client.close_with_error(state.now(), code, "the server is going away");
    }
    let deadline = Instant::now() + DRAIN_TIMEOUT;
    while state.connections() > 0 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
