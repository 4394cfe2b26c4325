//! Placeholder names and addresses for the servers that the stack cannot reach itself. No I/O.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use super::server::{MAX_SERVERS, StreamServer};

/// Servers remembered: those in use, those of the next ICE restart, and as many again.
const MAX_KNOWN: usize = 4 * MAX_SERVERS;
/// Never in the DNS (RFC 6761 §6.4).
const DOMAIN: &str = ".turn.invalid";
/// The port of every placeholder. Any port would do.
const PORT: u16 = 3478;
/// Reserved (RFC 1112 §4) and discard-only (RFC 6666) addresses: no host has one, so that none becomes unreachable, and
/// a datagram sent there by mistake is discarded.
const V4: u8 = 240;
const V6: [u16; 4] = [0x0100, 0, 0, 0];

/// Numbers servers. A server keeps its number while it is remembered, so that a change of credentials alone keeps the
/// allocations.
#[derive(Debug, Default)]
pub(super) struct Placeholders {
    /// Least recently used first.
    known: VecDeque<(u32, Arc<StreamServer>)>,
    next: u32,
}

impl Placeholders {
    /// The URL for the stack (RFC 7065).
    pub(super) fn url(&mut self, server: StreamServer) -> String {
        let at = self.known.iter().position(|(_, known)| **known == server);
        let entry = at.and_then(|at| self.known.remove(at)).unwrap_or_else(|| {
            // 24 bits fit into a placeholder IPv4 address.
            self.next = (self.next + 1) & 0x00FF_FFFF;
            (self.next, Arc::new(server))
        });
        let url = format!("turn:{}{DOMAIN}:{PORT}?transport=udp", entry.0);
        if self.known.len() == MAX_KNOWN {
            self.known.pop_front();
        }
        self.known.push_back(entry);
        url
    }

    /// The server behind a placeholder address. `None` for other ports than that of its URL: remote candidates may name
    /// any, and each would open another connection.
    pub(super) fn server(&self, address: SocketAddr) -> Option<Arc<StreamServer>> {
        let wanted = number(address).filter(|_| address.port() == PORT)?;
        let found = self.known.iter().find(|(number, _)| *number == wanted)?;
        Some(Arc::clone(&found.1))
    }
}

/// The addresses of a placeholder name (`host:port`), one per family; `None` for other names.
pub(crate) fn addresses(name: &str) -> Option<Vec<SocketAddr>> {
    let (host, port) = name.rsplit_once(':')?;
    let number: u32 = host.strip_suffix(DOMAIN)?.parse().ok()?;
    let port = port.parse().ok()?;
    let [_, a, b, c] = number.to_be_bytes();
    let [e, f, g, h] = V6;
    let low = u16::from_be_bytes([b, c]);
    Some(vec![
        SocketAddr::new(IpAddr::V4(Ipv4Addr::new(V4, a, b, c)), port),
        SocketAddr::new(
            IpAddr::V6(Ipv6Addr::new(e, f, g, h, 0, 0, u16::from(a), low)),
            port,
        ),
    ])
}

/// Whether this is a placeholder address. Called for every packet and therefore without a lock.
pub(super) fn is_placeholder(address: SocketAddr) -> bool {
    number(address).is_some()
}

fn number(address: SocketAddr) -> Option<u32> {
    match address.ip() {
        IpAddr::V4(ip) => {
            let [first, a, b, c] = ip.octets();
            (first == V4).then(|| u32::from_be_bytes([0, a, b, c]))
        }
        IpAddr::V6(ip) => {
            let [e, f, g, h, 0, 0, high, low] = ip.segments() else {
                return None;
            };
            ([e, f, g, h] == V6).then(|| u32::from(high) << 16 | u32::from(low))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: &str) -> StreamServer {
        StreamServer {
            url: format!("turns:{host}"),
            host: host.into(),
            port: 5349,
            secure: true,
        }
    }

    fn resolved(url: &str) -> Vec<SocketAddr> {
        let name = url
            .strip_prefix("turn:")
            .and_then(|rest| rest.strip_suffix("?transport=udp"))
            .unwrap();
        addresses(name).unwrap()
    }

    #[test]
    fn a_server_is_found_by_both_addresses_of_its_name() {
        let mut placeholders = Placeholders::default();
        let urls: Vec<_> = (0..8)
            .map(|index| placeholders.url(server(&format!("{index}"))))
            .collect();
        for (index, url) in urls.iter().enumerate() {
            let addresses = resolved(url);
            assert!(addresses[0].is_ipv4() && addresses[1].is_ipv6());
            for address in addresses {
                assert!(is_placeholder(address));
                assert_eq!(
                    placeholders.server(address).unwrap().host,
                    format!("{index}")
                );
            }
        }
    }

    #[test]
    fn a_placeholder_address_with_another_port_has_no_server() {
        let mut placeholders = Placeholders::default();
        let url = placeholders.url(server("turn.example.org"));
        for mut address in resolved(&url) {
            assert!(placeholders.server(address).is_some());
            address.set_port(PORT + 1);
            assert!(placeholders.server(address).is_none(), "{address}");
            assert!(is_placeholder(address), "never sent over UDP");
        }
    }

    #[test]
    fn a_server_in_use_keeps_its_name_and_old_ones_are_forgotten() {
        let mut placeholders = Placeholders::default();
        let first = placeholders.url(server("kept"));
        let second = placeholders.url(server("forgotten"));
        for index in 0..1000 {
            placeholders.url(server(&format!("{index}")));
            assert_eq!(placeholders.url(server("kept")), first);
        }
        assert_eq!(placeholders.known.len(), MAX_KNOWN);
        assert!(placeholders.server(resolved(&second)[0]).is_none());
    }

    #[test]
    fn other_names_and_addresses_are_not_placeholders() {
        for name in [
            "turn.example.org:3478",
            "x.turn.invalid:1",
            "1.turn.invalid",
            "::1:3478",
            "",
        ] {
            assert_eq!(addresses(name), None, "{name}");
        }
        for address in [
            "127.0.0.1:3478",
            "[::1]:3478",
            "[100:0:0:1::1]:1",
            "192.0.2.1:1",
        ] {
            assert!(!is_placeholder(address.parse().unwrap()), "{address}");
        }
        assert!(
            Placeholders::default()
                .server("240.0.0.1:3478".parse().unwrap())
                .is_none()
        );
    }
}
