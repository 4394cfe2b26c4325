//! Limits on remote candidates: each makes us send to an address that the remote peer chose (RFC 8445 §19.5.1).

use std::collections::BTreeSet;

/// Candidates of one ICE generation, from all media sections and descriptions. A browser with four interfaces and a TURN
/// server over UDP, TCP and TLS has some 30.
pub(crate) const MAX_CANDIDATES: usize = 64;
/// Candidates with the same address: the ports of a TURN server, or of a peer that does not bundle.
pub(crate) const MAX_PER_ADDRESS: usize = 16;

/// Decides which remote candidates of the current ICE generation are used.
#[derive(Debug, Default)]
pub(crate) struct CandidateFilter {
    /// Address, port and type. A repetition adds no candidate pair.
    accepted: BTreeSet<(String, u16, String)>,
}

impl CandidateFilter {
    /// A new ICE generation begins (RFC 8445 §2.4): the stack forgets the candidates of the last one.
    pub(crate) fn reset(&mut self) {
        self.accepted.clear();
    }

    /// Whether to use the candidate of this line, with or without `a=` (RFC 8839 §5.1).
    pub(crate) fn accept(&mut self, line: &str) -> bool {
        let Some(candidate) = parse(line) else {
            return false;
        };
        if self.accepted.contains(&candidate) {
            return true;
        }
        let same_address = |known: &&(String, u16, String)| known.0 == candidate.0;
        if self.accepted.len() >= MAX_CANDIDATES
            || self.accepted.iter().filter(same_address).count() >= MAX_PER_ADDRESS
        {
            return false;
        }
        self.accepted.insert(candidate)
    }
}

/// Address, port and type. `None` for a line that cannot be parsed, for TCP, as we have no TCP candidates to pair it
/// with, and for addresses that are not a host's.
fn parse(line: &str) -> Option<(String, u16, String)> {
    let line = line.trim_end();
    let line = line.strip_prefix("a=").unwrap_or(line);
    let line = line.strip_prefix("candidate:").unwrap_or(line);
    let mut words = line.split_ascii_whitespace().skip(2);
    let transport = words.next()?;
    let address = words.nth(1)?.to_ascii_lowercase();
    let port: u16 = words.next()?.parse().ok()?;
    let kind = words.nth(1)?.to_owned();
    if !transport.eq_ignore_ascii_case("udp") || port == 0 {
        return None;
    }
    if let Ok(ip) = address.parse::<std::net::IpAddr>() {
        let broadcast = matches!(ip, std::net::IpAddr::V4(ip) if ip.is_broadcast());
        if ip.is_unspecified() || ip.is_multicast() || broadcast {
            return None;
        }
    }
    Some((address, port, kind))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(address: &str, port: u16) -> String {
        format!("candidate:1 1 udp 2122260223 {address} {port} typ host generation 0")
    }

    #[test]
    fn candidates_are_limited_per_address_and_in_total() {
        let mut filter = CandidateFilter::default();
        let of_one = (1000..1400)
            .filter(|port| filter.accept(&line("10.9.3.2", *port)))
            .count();
        assert_eq!(of_one, MAX_PER_ADDRESS);
        let of_many = (0..255_u8)
            .filter(|last| filter.accept(&line(&format!("10.9.4.{last}"), 5000)))
            .count();
        assert_eq!(of_one + of_many, MAX_CANDIDATES);
        // Repetitions do not count.
        assert!(filter.accept(&format!("a={}\r\n", line("10.9.3.2", 1000))));
        assert!(!filter.accept(&line("10.9.9.9", 1000)));
        filter.reset();
        assert!(filter.accept(&line("10.9.9.9", 1000)));
    }

    #[test]
    fn tcp_and_addresses_that_are_not_a_hosts_are_not_used() {
        let mut filter = CandidateFilter::default();
        for line in [
            line("224.0.0.251", 5353),
            line("255.255.255.255", 9),
            line("0.0.0.0", 9),
            line("ff02::1", 9),
            line("10.0.0.1", 0),
            "candidate:1 1 tcp 1518280447 10.0.0.1 9 typ host tcptype active".into(),
            "candidate:1 1 tcp 1518280447 10.0.0.1 22 typ host tcptype passive".into(),
            "candidate:1 1 udp".into(),
            String::new(),
        ] {
            assert!(!filter.accept(&line), "{line}");
        }
        for address in [
            "10.0.0.1",
            "2001:db8::1",
            "8a8a4a5c-5a5c-4a8a-9c3c-1f2e3d4c5b6a.local",
        ] {
            assert!(filter.accept(&line(address, 5000)), "{address}");
        }
    }

    proptest! {
        #[test]
        fn memory_is_bounded(
            candidates in prop::collection::vec((0..9_u8, any::<u16>(), any::<bool>()), 0..200),
            junk: String,
        ) {
            let mut filter = CandidateFilter::default();
            filter.accept(&junk);
            for (last, port, relayed) in candidates {
                let kind = if relayed { "relay" } else { "host" };
                filter.accept(&format!("candidate:1 1 UDP 1 10.0.0.{last} {port} typ {kind}"));
            }
            prop_assert!(filter.accepted.len() <= MAX_CANDIDATES);
            for (address, _, _) in &filter.accepted {
                let same_address = filter.accepted.iter().filter(|known| known.0 == *address);
                prop_assert!(same_address.count() <= MAX_PER_ADDRESS);
            }
        }
    }
}
