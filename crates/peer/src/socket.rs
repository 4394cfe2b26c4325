//! The tuned UDP socket, and the runtime the stack runs on.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use socket2::SockRef;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime,
    TokioRuntime,
};

use crate::checks::{CheckedSocket, Limiter};
use crate::config::Bind;
use crate::handshake::HandshakeSocket;
use crate::interfaces;
use crate::turn::{Streams, TurnSocket};

/// Asked of the kernel. The default of 208 KiB overflows at a few hundred Mbit/s.
const RECEIVE_BUFFER: usize = 4 << 20;
const SEND_BUFFER: usize = 1 << 20;
/// The stack waits for names in its one driver, where media waits too: a dead name server must not hold it.
const RESOLVE: Duration = Duration::from_millis(1500);
/// Least SCTP window: two messages of 64 KiB.
const LEAST_WINDOW: u32 = 128 << 10;

/// The receive buffer a socket of ours gets, in octets of payload: stock kernels grant less than asked for.
pub(crate) fn granted_receive_buffer() -> io::Result<usize> {
    let socket = UdpSocket::bind((IpAddr::from([127, 0, 0, 1]), 0))?;
    tune(&socket);
    let reported = SockRef::from(&socket).recv_buffer_size()?;
    // Linux doubles what it grants for its own bookkeeping (socket(7)).
    Ok(if cfg!(target_os = "linux") {
        reported / 2
    } else {
        reported
    })
}

/// The SCTP window for a receive buffer: never above it.
pub(crate) fn window(asked: u32, granted: usize) -> u32 {
    asked
        .min(u32::try_from(granted).unwrap_or(u32::MAX))
        .max(LEAST_WINDOW)
}

fn tune(socket: &UdpSocket) {
    let socket = SockRef::from(socket);
    // A refusal leaves the default, which works; the window follows what was granted.
    let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER);
    let _ = socket.set_send_buffer_size(SEND_BUFFER);
}

/// The addresses to open sockets on, looked up each time the stack asks: once at the start and again at
/// every ICE restart, which is how a new network is picked up.
pub(crate) struct Addresses(pub(crate) Bind);

impl ToSocketAddrs for Addresses {
    type Iter = std::vec::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        let addresses = match &self.0 {
            Bind::Addresses(addresses) => addresses.clone(),
            Bind::Interfaces => interfaces::usable()?
                .into_iter()
                .map(|ip| SocketAddr::new(ip, 0))
                .collect(),
        };
        Ok(addresses.into_iter())
    }
}

/// The addresses of `host:port`. An IPv6 address needs no brackets.
pub(crate) async fn resolve(name: &str) -> io::Result<Vec<SocketAddr>> {
    let resolved = tokio::time::timeout(RESOLVE, TokioRuntime.resolve_host(name));
    resolved
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// Tokio, with sockets tuned on their way in, connectivity checks held to a rate, and TURN servers behind them that are reached over streams.
/// Segmentation offload is the stack's own.
#[derive(Debug)]
pub(crate) struct TunedRuntime {
    streams: Arc<Streams>,
    checks: Arc<Mutex<Limiter>>,
}

impl TunedRuntime {
    /// `checks` is that of the connection: sockets come and go.
    pub(crate) fn new(streams: &Arc<Streams>, checks: &Arc<Mutex<Limiter>>) -> Self {
        Self {
            streams: Arc::clone(streams),
            checks: Arc::clone(checks),
        }
    }
}

impl Runtime for TunedRuntime {
    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) -> Box<dyn JoinHandle> {
        TokioRuntime.spawn(future)
    }

    fn wrap_udp_socket(&self, socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        tune(&socket);
        let udp = TokioRuntime.wrap_udp_socket(socket)?;
        let relayed = TurnSocket::new(udp, Arc::clone(&self.streams))?;
        let handshakes = HandshakeSocket::new(Arc::new(relayed));
        let checked = CheckedSocket::new(Arc::new(handshakes), Arc::clone(&self.checks))?;
        Ok(Arc::new(checked))
    }

    fn wrap_tcp_listener(
        &self,
        listener: std::net::TcpListener,
    ) -> io::Result<Arc<dyn AsyncTcpListener>> {
        TokioRuntime.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(
        &'a self,
        remote: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = io::Result<Arc<dyn AsyncTcpStream>>> + Send + 'a>> {
        Box::pin(async move { TokioRuntime.connect_tcp(remote).await })
    }

    fn resolve_host<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        Box::pin(async move {
            match self.streams.addresses(host) {
                Some(addresses) => Ok(addresses),
                None => resolve(host).await,
            }
        })
    }

    fn now(&self) -> std::time::Instant {
        crate::clock::now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        TokioRuntime.sleep(duration)
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        TokioRuntime.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        TokioRuntime.block_on(future);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_never_exceeds_what_the_kernel_granted() {
        assert_eq!(window(4 << 20, 208 << 10), 208 << 10);
        assert_eq!(window(1 << 20, 4 << 20), 1 << 20);
        assert_eq!(window(4 << 20, 1), LEAST_WINDOW);
    }

    #[test]
    fn a_tuned_socket_holds_more_than_a_default_one_or_says_so() {
        let plain = UdpSocket::bind("127.0.0.1:0").unwrap();
        let default = SockRef::from(&plain).recv_buffer_size().unwrap() / 2;
        assert!(granted_receive_buffer().unwrap() >= default);
    }
}
