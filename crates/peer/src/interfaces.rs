//! The local addresses that sockets are bound to.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

/// Addresses used: each costs a socket, and a candidate pair with each remote candidate.
const MAX_ADDRESSES: usize = 24;
/// Name prefixes of bridges and ports of containers and virtual machines. They lead only to guests of this machine.
const VIRTUAL_PREFIXES: [&str; 12] = [
    "docker",
    "br-",
    "veth",
    "virbr",
    "vmnet",
    "vboxnet",
    "vethernet",
    "podman",
    "cni",
    "flannel",
    "cali",
    "lxdbr",
];

/// An address of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Interface {
    pub(crate) name: String,
    pub(crate) ip: IpAddr,
    /// Up, with a carrier (RFC 2863 `ifOperStatus`).
    pub(crate) running: bool,
}

/// All addresses of the machine.
pub(crate) fn all() -> io::Result<Vec<Interface>> {
    let found = if_addrs::get_if_addrs()?;
    Ok(found
        .into_iter()
        .map(|interface| Interface {
            ip: interface.ip(),
            running: interface.is_oper_up(),
            name: interface.name,
        })
        .collect())
}

/// Addresses that may be reached from elsewhere, or loopback if there is none; in numerical order.
pub(crate) fn usable() -> io::Result<Vec<IpAddr>> {
    Ok(choose(&all()?, &default_routes()))
}

/// The addresses to use, [`MAX_ADDRESSES`] at most. If there are more, those with a default route come first and those
/// of containers and virtual machines last. IPv4 and IPv6 get half each; what one does not need goes to the other.
fn choose(found: &[Interface], routes: &[IpAddr]) -> Vec<IpAddr> {
    let reachable = |interface: &&Interface| is_reachable(&interface.ip);
    let mut usable: Vec<&Interface> = found
        .iter()
        .filter(reachable)
        .filter(|interface| interface.running)
        .collect();
    if usable.is_empty() {
        // Not every system reports the carrier.
        usable = found.iter().filter(reachable).collect();
    }
    let rank = |interface: &Interface| {
        let name = interface.name.to_ascii_lowercase();
        let is_virtual = VIRTUAL_PREFIXES
            .iter()
            .any(|prefix| name.starts_with(prefix));
        (!routes.contains(&interface.ip), is_virtual, interface.ip)
    };
    usable.sort_by_key(|interface| rank(interface));
    let mut ips: Vec<IpAddr> = Vec::new();
    for interface in usable {
        if !ips.contains(&interface.ip) {
            ips.push(interface.ip);
        }
    }
    let (mut v4, mut v6): (Vec<IpAddr>, Vec<IpAddr>) = ips.into_iter().partition(IpAddr::is_ipv4);
    let half = MAX_ADDRESSES / 2;
    let (of_v4, of_v6) = (v4.len(), v6.len());
    v4.truncate(MAX_ADDRESSES - of_v6.min(half));
    v6.truncate(MAX_ADDRESSES - of_v4.min(half));
    let mut chosen = [v4, v6].concat();
    if chosen.is_empty() {
        chosen = found.iter().map(|interface| interface.ip).collect();
        chosen.retain(IpAddr::is_loopback);
    }
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

fn is_reachable(ip: &IpAddr) -> bool {
    let local = match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    };
    !local && !ip.is_loopback() && !ip.is_unspecified() && !ip.is_multicast()
}

/// Source addresses of the default routes. Connecting a UDP socket looks up the route and sends nothing.
fn default_routes() -> Vec<IpAddr> {
    // Reserved for documentation (RFC 5737), and unassigned global unicast: no interface has a route of its own to them.
    let destinations: [(IpAddr, IpAddr); 2] = [
        (
            Ipv4Addr::UNSPECIFIED.into(),
            Ipv4Addr::new(192, 0, 2, 1).into(),
        ),
        (
            Ipv6Addr::UNSPECIFIED.into(),
            Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 1).into(),
        ),
    ];
    let source = |(any, destination): (IpAddr, IpAddr)| {
        let socket = UdpSocket::bind((any, 0)).ok()?;
        socket.connect((destination, 9)).ok()?;
        Some(socket.local_addr().ok()?.ip())
    };
    destinations.into_iter().filter_map(source).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn interface(name: &str, ip: &str) -> Interface {
        Interface {
            name: name.into(),
            ip: ip.parse().unwrap(),
            running: true,
        }
    }

    fn bridges(count: usize) -> Vec<Interface> {
        (0..count)
            .map(|at| interface(&format!("br-{at:012x}"), &format!("10.0.{at}.1")))
            .collect()
    }

    #[test]
    fn many_bridges_do_not_displace_the_real_network() {
        let mut found = bridges(200);
        found.push(interface("docker0", "172.17.0.1"));
        found.push(interface("wlan0", "192.168.50.2"));
        found.push(interface("wlan0", "2001:db8::2"));
        let chosen = choose(&found, &[]);
        assert_eq!(chosen.len(), MAX_ADDRESSES);
        for real in ["192.168.50.2", "2001:db8::2"] {
            assert!(chosen.contains(&real.parse().unwrap()), "{chosen:?}");
        }
        // If the names say nothing, the routing table decides.
        for (at, interface) in found.iter_mut().enumerate() {
            interface.name = format!("eth{at}");
        }
        let routes = ["192.168.50.2".parse().unwrap()];
        assert!(!choose(&found, &[]).contains(&routes[0]));
        assert!(choose(&found, &routes).contains(&routes[0]));
    }

    #[test]
    fn interfaces_that_are_down_and_link_local_addresses_are_not_used() {
        let mut found = vec![
            interface("lo", "127.0.0.1"),
            interface("eth0", "169.254.7.7"),
            interface("eth0", "fe80::1"),
            interface("eth1", "10.1.1.1"),
        ];
        assert_eq!(choose(&found, &[]), ["10.1.1.1".parse::<IpAddr>().unwrap()]);
        found.push(interface("eth2", "10.2.2.2"));
        found[3].running = false;
        assert_eq!(choose(&found, &[]), ["10.2.2.2".parse::<IpAddr>().unwrap()]);
        // If no interface reports a carrier, the report is ignored.
        found[4].running = false;
        assert_eq!(choose(&found, &[]).len(), 2);
        found.truncate(3);
        assert_eq!(
            choose(&found, &[]),
            ["127.0.0.1".parse::<IpAddr>().unwrap()]
        );
    }

    #[test]
    fn each_family_gets_half_and_what_the_other_does_not_need() {
        let v6 = |at: usize| interface("eth0", &format!("2001:db8::{:x}", at + 1));
        let mixed: Vec<_> = bridges(50).into_iter().chain((0..50).map(v6)).collect();
        let chosen = choose(&mixed, &[]);
        assert_eq!(chosen.iter().filter(|ip| ip.is_ipv4()).count(), 12);
        assert_eq!(chosen.len(), 24);
        let few: Vec<_> = bridges(50).into_iter().chain((0..2).map(v6)).collect();
        assert_eq!(
            choose(&few, &[]).iter().filter(|ip| ip.is_ipv6()).count(),
            2
        );
        assert_eq!(choose(&few, &[]).len(), 24);
    }

    proptest! {
        #[test]
        fn the_default_route_is_always_chosen(
            addresses in prop::collection::btree_set(any::<[u8; 4]>(), 1..80),
            at: prop::sample::Index,
        ) {
            let found: Vec<Interface> = addresses
                .iter()
                .map(|bytes| interface("eth0", &IpAddr::from(*bytes).to_string()))
                .collect();
            let route = found[at.index(found.len())].ip;
            let chosen = choose(&found, &[route]);
            prop_assert!(chosen.len() <= MAX_ADDRESSES);
            prop_assert!(chosen.contains(&route) || !is_reachable(&route));
            prop_assert!(chosen.is_sorted());
        }
    }

    #[test]
    fn there_is_always_an_address_to_bind() {
        assert!(!usable().unwrap().is_empty());
    }
}
