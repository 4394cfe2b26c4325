//! TCP to whichever of a server's addresses answers first ("Happy Eyeballs", RFC 8305). `TcpStream::connect` tries them
//! one after the other: a first address that drops every packet (IPv6 through a broken router) would use up the whole
//! timeout of each attempt.

use std::{future::Future, io, net::SocketAddr};

use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::{
    net::{TcpStream, lookup_host},
    time::{Duration, sleep},
};

/// "Connection Attempt Delay" of RFC 8305 §5.
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);
/// Limit of addresses tried; further ones are ignored.
const MAX_ADDRESSES: usize = 8;

/// # Errors
/// Those of the resolver, or of the address that failed last.
pub(crate) async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let addresses = interleave_families(lookup_host((host, port)).await?);
    race(addresses, TcpStream::connect).await
}

/// Alternates between IPv6 and IPv4 (RFC 8305 §4), beginning with the family of the resolver's first address and
/// keeping the resolver's order within each.
fn interleave_families(addresses: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let mut addresses = addresses.peekable();
    let first_is_v6 = addresses.peek().is_some_and(SocketAddr::is_ipv6);
    let (preferred, other): (Vec<_>, Vec<_>) =
        addresses.partition(|address| address.is_ipv6() == first_is_v6);
    let (mut preferred, mut other) = (preferred.into_iter(), other.into_iter());
    let mut all = Vec::new();
    while all.len() < MAX_ADDRESSES {
        let before = all.len();
        all.extend(preferred.next());
        all.extend(other.next());
        if all.len() == before {
            break;
        }
    }
    all.truncate(MAX_ADDRESSES);
    all
}

/// The first success. Each attempt starts [`ATTEMPT_DELAY`] after the one before, or as soon as any has failed.
async fn race<T, F>(addresses: Vec<SocketAddr>, connect: impl Fn(SocketAddr) -> F) -> io::Result<T>
where
    F: Future<Output = io::Result<T>>,
{
    let mut remaining = addresses.into_iter();
    let mut attempts = FuturesUnordered::new();
    let mut last_error = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    loop {
        if let Some(address) = remaining.next() {
            attempts.push(connect(address));
        } else if attempts.is_empty() {
            return Err(last_error);
        }
        let has_more = remaining.len() > 0;
        tokio::select! {
            Some(result) = attempts.next() => match result {
                Ok(stream) => return Ok(stream),
                Err(error) => last_error = error,
            },
            () = sleep(ATTEMPT_DELAY), if has_more => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::pending, sync::Mutex};

    use super::*;

    fn v6(last: u16) -> SocketAddr {
        SocketAddr::new([0x2001, 0xdb8, 0, 0, 0, 0, 0, last].into(), 443)
    }

    fn v4(last: u8) -> SocketAddr {
        SocketAddr::new([192, 0, 2, last].into(), 443)
    }

    #[test]
    fn address_families_alternate() {
        let all = interleave_families([v6(1), v6(2), v4(1), v4(2), v4(3)].into_iter());
        assert_eq!(all, [v6(1), v4(1), v6(2), v4(2), v4(3)]);
        let all = interleave_families([v4(1), v6(1)].into_iter());
        assert_eq!(all, [v4(1), v6(1)]);
        assert!(interleave_families(std::iter::empty()).is_empty());
        let many = (0..99).map(v4);
        assert_eq!(interleave_families(many).len(), MAX_ADDRESSES);
    }

    #[tokio::test]
    async fn an_address_that_drops_everything_delays_nothing() {
        let connected = race(vec![v6(1), v6(2), v4(1)], |address| async move {
            if address.is_ipv6() {
                pending::<()>().await;
            }
            Ok(address)
        });
        assert_eq!(connected.await.expect("the third answers"), v4(1));
    }

    #[tokio::test]
    async fn a_failure_starts_the_next_attempt_at_once_and_the_last_one_is_reported() {
        let tried = Mutex::new(Vec::new());
        let failed: io::Result<()> = race(vec![v6(1), v4(1)], |address| {
            tried.lock().expect("no panic").push(address);
            async move { Err(io::Error::other(address.to_string())) }
        })
        .await;
        assert_eq!(*tried.lock().expect("no panic"), [v6(1), v4(1)]);
        assert_eq!(
            failed.expect_err("none answers").to_string(),
            v4(1).to_string()
        );
        let none: io::Result<()> = race(vec![], |_| async { Ok(()) }).await;
        assert_eq!(
            none.expect_err("nothing to try").kind(),
            io::ErrorKind::NotFound
        );
    }

    #[tokio::test]
    async fn a_name_with_both_families_reaches_a_server_on_one() {
        let server = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let port = server.local_addr().expect("bound").port();
        let stream = connect("localhost", port).await.expect("reached");
        assert_eq!(stream.peer_addr().expect("connected").port(), port);
    }
}
