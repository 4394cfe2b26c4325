//! Configurations of the connections of a link.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use maru_negotiation::{Negotiator, Options};
use maru_peer::{Bind, Config};

use super::handle::LinkConfig;

/// The configuration of the first connection.
pub(super) fn peer_config(config: &LinkConfig) -> Config {
    Config {
        ice_servers: ice_servers(&config.ice_servers),
        bind: config.bind.clone(),
        media: false,
        receive_buffer: config.limits.receive_buffer,
        ..Config::default()
    }
}

/// A receiver takes bulk messages in any order, but the stack sends nothing of an ordered channel while an unordered one of
/// its connection has something to send (docs/upstream/rtc-sctp-order-of-channels.md): a cancellation would wait for the end
/// of the transfer. So ours are sent in order, which costs nothing that could be measured.
pub(super) const BULK_ORDERED: bool = true;

/// Bytes that a stripe has unacknowledged at most. Less than the first connection: there are many, and on a path with losses,
/// for which they are made, more would only wait in the association.
pub(super) const STRIPE_SEND_BUFFER: usize = 384 << 10;

/// The configuration of a stripe on the path of the first connection, which has this local address. Stripes are made where
/// that path is direct: none needs a relay, and each would reserve an address of it.
pub(super) fn stripe_config(config: &LinkConfig, local: IpAddr) -> Config {
    Config {
        send_buffer: STRIPE_SEND_BUFFER,
        bind: stripe_bind(local),
        ice_servers: without_relays(ice_servers(&config.ice_servers)),
        ..peer_config(config)
    }
}

/// Other addresses of the machine cost sockets and checks, and tell the other side nothing that helps.
pub(super) fn stripe_bind(local: IpAddr) -> Bind {
    Bind::Addresses(vec![SocketAddr::new(local, 0)])
}

/// Without TURN (`turn:` and `turns:`, RFC 7065).
fn without_relays(mut servers: Vec<maru_peer::IceServer>) -> Vec<maru_peer::IceServer> {
    let is_relay = |url: &str| url.to_ascii_lowercase().starts_with("turn");
    for server in &mut servers {
        server.urls.retain(|url| !is_relay(url));
    }
    servers.retain(|server| !server.urls.is_empty());
    servers
}

pub(super) fn negotiator(config: &LinkConfig, offer_first: bool) -> Negotiator {
    Negotiator::new(
        Options {
            polite: config.polite,
            offer_first,
            seed: fastrand::u64(..),
        },
        Instant::now(),
    )
}

pub(super) fn ice_servers(servers: &[maru_protocol::IceServer]) -> Vec<maru_peer::IceServer> {
    servers
        .iter()
        .map(|server| maru_peer::IceServer {
            urls: server.urls.clone(),
            username: server.username.clone(),
            credential: server.credential.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stripes_have_no_relays() {
        let server = |urls: &[&str]| maru_protocol::IceServer {
            urls: urls.iter().map(|url| (*url).to_owned()).collect(),
            username: None,
            credential: None,
        };
        let all = [
            server(&["stun:a", "turn:a?transport=udp"]),
            server(&["TURNS:b"]),
        ];
        let left = without_relays(ice_servers(&all));
        let urls: Vec<_> = left.iter().map(|server| server.urls.clone()).collect();
        assert_eq!(urls, [["stun:a"]]);
    }
}
