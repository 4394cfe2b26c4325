//! Opening a connection to a TURN server.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::rustls::pki_types::ServerName;

use super::server::StreamServer;
use super::tls::Tls;
use crate::error::ServerError;
use crate::resolve::resolve;

/// Time for name resolution, connection and TLS handshake. The stack retransmits its Allocate request for 7.8 s.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(7);
/// Time for one of several addresses: an unreachable one must leave time for the next.
const ADDRESS_TIMEOUT: Duration = Duration::from_secs(3);
/// Addresses of a name that are tried.
const MAX_ADDRESSES: usize = 4;
/// Unsent bytes in the kernel: 0.13 s at 500 kbit/s. Everything else waits in our own queue, which drops it when it is too
/// old.
#[cfg(any(target_os = "linux", target_os = "android"))]
const MAX_UNSENT: u32 = 8 << 10;
/// For kernels without such a limit, the send buffer in bytes, which also holds unacknowledged data. 64 KiB per round
/// trip of 100 ms are 5 Mbit/s, more than a call sends.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const SEND_BUFFER: usize = 64 << 10;

pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Connects from the local address `from`, so that each interface gets its own allocation, as with UDP, and no other
/// address is revealed.
pub(super) async fn dial(
    server: &StreamServer,
    from: IpAddr,
    tls: &Tls,
) -> Result<Box<dyn Stream>, ServerError> {
    let ready = async {
        let stream = connect(server, from).await?;
        if !server.secure {
            return Ok(Box::new(stream) as Box<dyn Stream>);
        }
        let refused = |error: &dyn std::fmt::Display| ServerError::Tls(error.to_string());
        let name = ServerName::try_from(server.host.clone()).map_err(|error| refused(&error))?;
        let connector = tls.connector().map_err(|error| refused(&error))?;
        let stream = connector.connect(name, stream).await;
        Ok(Box::new(stream.map_err(|error| refused(&error))?) as Box<dyn Stream>)
    };
    let late = Err(ServerError::Connection(io::ErrorKind::TimedOut));
    timeout(CONNECT_TIMEOUT, ready).await.unwrap_or(late)
}

async fn connect(server: &StreamServer, from: IpAddr) -> Result<TcpStream, ServerError> {
    let name = format!("{}:{}", server.host, server.port);
    let resolved = resolve(&name).await.map_err(|_| ServerError::Name)?;
    let mut last = ServerError::Name;
    let same_family = |address: &SocketAddr| address.is_ipv4() == from.is_ipv4();
    for to in resolved.into_iter().filter(same_family).take(MAX_ADDRESSES) {
        let attempt = timeout(ADDRESS_TIMEOUT, connect_to(to, from)).await;
        match attempt.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = ServerError::Connection(error.kind()),
        }
    }
    Err(last)
}

async fn connect_to(to: SocketAddr, from: IpAddr) -> io::Result<TcpStream> {
    let socket = if to.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }?;
    socket.bind(SocketAddr::new(from, 0))?;
    let options = SockRef::from(&socket);
    // Nagle's algorithm would delay small audio packets by a round trip.
    options.set_tcp_nodelay(true)?;
    #[cfg(any(target_os = "linux", target_os = "android"))]
    options.set_tcp_notsent_lowat(MAX_UNSENT)?;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    options.set_send_buffer_size(SEND_BUFFER)?;
    socket.connect(to).await
}
