//! Reaching a server by whichever of its addresses answers first ("Happy Eyeballs", RFC 8305). One after the other,
//! as `TcpStream::connect` takes them, a first address that swallows everything (IPv6 through a broken router) would
//! use up the whole time a connection has, at every try.

use std::{future::Future, io, net::SocketAddr};

use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::{
    net::{TcpStream, lookup_host},
    time::{Duration, sleep},
};

/// "Connection Attempt Delay" of RFC 8305 §5.
const STAGGER: Duration = Duration::from_millis(250);
/// A name with more addresses than this is not a server's.
const MAX_ADDRESSES: usize = 8;

/// Errors are the resolver's, or those of the address that failed last.
pub(super) async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let addresses = interleaved(lookup_host((host, port)).await?);
    first_of(addresses, TcpStream::connect).await
}

/// The families in turns, each in the resolver's order (RFC 8305 §4), the resolver's first choice first.
fn interleaved(addresses: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let mut addresses = addresses.peekable();
    let first_is_v6 = addresses.peek().is_some_and(SocketAddr::is_ipv6);
    let (ours, others): (Vec<_>, Vec<_>) =
        addresses.partition(|address| address.is_ipv6() == first_is_v6);
    let (mut ours, mut others) = (ours.into_iter(), others.into_iter());
    let mut all = Vec::new();
    while all.len() < MAX_ADDRESSES {
        let before = all.len();
        all.extend(ours.next());
        all.extend(others.next());
        if all.len() == before {
            break;
        }
    }
    all.truncate(MAX_ADDRESSES);
    all
}

/// Each is begun [`STAGGER`] after the one before, or as soon as that has failed.
async fn first_of<T, F>(
    addresses: Vec<SocketAddr>,
    connect: impl Fn(SocketAddr) -> F,
) -> io::Result<T>
where
    F: Future<Output = io::Result<T>>,
{
    let mut waiting = addresses.into_iter();
    let mut trying = FuturesUnordered::new();
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    loop {
        if let Some(address) = waiting.next() {
            trying.push(connect(address));
        } else if trying.is_empty() {
            return Err(failure);
        }
        let more = waiting.len() > 0;
        tokio::select! {
            Some(result) = trying.next() => match result {
                Ok(stream) => return Ok(stream),
                Err(error) => failure = error,
            },
            () = sleep(STAGGER), if more => {}
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
    fn families_take_turns() {
        let all = interleaved([v6(1), v6(2), v4(1), v4(2), v4(3)].into_iter());
        assert_eq!(all, [v6(1), v4(1), v6(2), v4(2), v4(3)]);
        let all = interleaved([v4(1), v6(1)].into_iter());
        assert_eq!(all, [v4(1), v6(1)]);
        assert!(interleaved(std::iter::empty()).is_empty());
        let many = (0..99).map(v4);
        assert_eq!(interleaved(many).len(), MAX_ADDRESSES);
    }

    #[tokio::test]
    async fn an_address_that_swallows_everything_holds_nobody_up() {
        let reached = first_of(vec![v6(1), v6(2), v4(1)], |address| async move {
            if address.is_ipv6() {
                pending::<()>().await;
            }
            Ok(address)
        });
        assert_eq!(reached.await.expect("the third answers"), v4(1));
    }

    #[tokio::test]
    async fn the_next_is_tried_as_soon_as_one_fails_and_the_last_failure_is_told() {
        let tried = Mutex::new(Vec::new());
        let failed: io::Result<()> = first_of(vec![v6(1), v4(1)], |address| {
            tried.lock().expect("no panic").push(address);
            async move { Err(io::Error::other(address.to_string())) }
        })
        .await;
        assert_eq!(*tried.lock().expect("no panic"), [v6(1), v4(1)]);
        assert_eq!(
            failed.expect_err("none answers").to_string(),
            v4(1).to_string()
        );
        let none: io::Result<()> = first_of(vec![], |_| async { Ok(()) }).await;
        assert_eq!(
            none.expect_err("nothing to try").kind(),
            io::ErrorKind::NotFound
        );
    }

    #[tokio::test]
    async fn a_server_on_one_family_is_found_under_a_name_of_both() {
        let server = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let port = server.local_addr().expect("bound").port();
        let stream = connect("localhost", port).await.expect("reached");
        assert_eq!(stream.peer_addr().expect("connected").port(), port);
    }
}
