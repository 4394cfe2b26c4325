//! Opening a connection to a TURN server.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_rustls::rustls::pki_types::ServerName;

use super::server::StreamServer;
use super::tls::Tls;
use crate::error::ServerError;
use crate::resolve::resolve;

/// Time for name resolution, connection and TLS handshake. The stack retransmits its Allocate request for 7.8 s.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(7);
/// "Connection Attempt Delay" of RFC 8305 §5.
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);
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
    let mut addresses = resolve(&name).await.map_err(|_| ServerError::Name)?;
    addresses.retain(|address| address.is_ipv4() == from.is_ipv4());
    addresses.truncate(MAX_ADDRESSES);
    race(addresses, |to| connect_to(to, from)).await
}

/// The first success. Each attempt starts [`ATTEMPT_DELAY`] after the one before, or as soon as any has failed: one after
/// the other, a first address that drops every packet would use up [`CONNECT_TIMEOUT`].
async fn race<T, F>(
    addresses: Vec<SocketAddr>,
    connect: impl Fn(SocketAddr) -> F,
) -> Result<T, ServerError>
where
    F: Future<Output = io::Result<T>>,
{
    let mut remaining = addresses.into_iter();
    let mut attempts = FuturesUnordered::new();
    let mut last = ServerError::Name;
    loop {
        if let Some(address) = remaining.next() {
            attempts.push(connect(address));
        } else if attempts.is_empty() {
            return Err(last);
        }
        let has_more = remaining.len() > 0;
        tokio::select! {
            Some(result) = attempts.next() => match result {
                Ok(stream) => return Ok(stream),
                Err(error) => last = ServerError::Connection(error.kind()),
            },
            () = sleep(ATTEMPT_DELAY), if has_more => {}
        }
    }
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

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    fn addresses(count: u8) -> Vec<SocketAddr> {
        (1..=count)
            .map(|last| SocketAddr::from(([192, 0, 2, last], 443)))
            .collect()
    }

    #[tokio::test(start_paused = true)]
    async fn addresses_that_do_not_answer_delay_the_next_only_a_little() {
        let start = Instant::now();
        let connected = race(addresses(4), |to| async move {
            if to != addresses(4)[3] {
                std::future::pending::<()>().await;
            }
            Ok(to)
        });
        assert_eq!(connected.await, Ok(addresses(4)[3]));
        assert!(start.elapsed() <= ATTEMPT_DELAY * 3 + Duration::from_millis(5));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_starts_the_next_attempt_at_once_and_the_last_error_is_returned() {
        let start = Instant::now();
        let refused = race(addresses(3), |to| async move {
            let error = if to == addresses(3)[2] {
                io::ErrorKind::ConnectionReset
            } else {
                io::ErrorKind::ConnectionRefused
            };
            io::Result::<()>::Err(error.into())
        });
        let expected = ServerError::Connection(io::ErrorKind::ConnectionReset);
        assert_eq!(refused.await, Err(expected));
        assert_eq!(start.elapsed(), Duration::ZERO);
        let none = race(Vec::new(), |to| async move { Ok(to) });
        assert_eq!(none.await, Err(ServerError::Name));
    }
}
