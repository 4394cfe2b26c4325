//! Which of the other side's candidates are used: every one makes us send, to an address it chose (RFC 8445 §19.5.1).

use std::collections::BTreeSet;

/// Candidates of one ICE generation, of sections and descriptions together. A browser with four interfaces and a TURN
/// server over UDP, TCP and TLS has some 30.
pub(crate) const MAX_CANDIDATES: usize = 64;
/// Of one address: the ports of a TURN server, or of somebody who does not bundle.
pub(crate) const MAX_PER_ADDRESS: usize = 16;

/// The candidates of the other side's present ICE generation.
#[derive(Debug, Default)]
pub(crate) struct RemoteCandidates {
    /// Address, port and type: the same again makes no pairs of its own.
    known: BTreeSet<(String, u16, String)>,
}

impl RemoteCandidates {
    /// Another generation begins (RFC 8445 §2.4): the stack forgets those before.
    pub(crate) fn begin(&mut self) {
        self.known.clear();
    }

    /// Whether to use a candidate: its line, with or without `a=` (RFC 8839 §5.1).
    pub(crate) fn admit(&mut self, line: &str) -> bool {
        let Some(candidate) = read(line) else {
            return false;
        };
        if self.known.contains(&candidate) {
            return true;
        }
        let same = |known: &&(String, u16, String)| known.0 == candidate.0;
        if self.known.len() >= MAX_CANDIDATES
            || self.known.iter().filter(same).count() >= MAX_PER_ADDRESS
        {
            return false;
        }
        self.known.insert(candidate)
    }

    /// A description without those of its candidates that are not used, and how many these are.
    pub(crate) fn thin(&mut self, sdp: &str) -> (String, u64) {
        let mut left_out = 0;
        let kept = sdp
            .split_inclusive('\n')
            .filter(|line| {
                let kept = !line.starts_with("a=candidate:") || self.admit(line);
                left_out += u64::from(!kept);
                kept
            })
            .collect();
        (kept, left_out)
    }
}

/// Address, port and type. `None` for what cannot be read, for TCP, where we have no candidates of our own to pair it
/// with, and for addresses that are nobody's in particular.
fn read(line: &str) -> Option<(String, u16, String)> {
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
    fn so_many_of_an_address_and_so_many_in_all() {
        let mut candidates = RemoteCandidates::default();
        let of_one = (1000..1400)
            .filter(|port| candidates.admit(&line("10.9.3.2", *port)))
            .count();
        assert_eq!(of_one, MAX_PER_ADDRESS);
        let of_many = (0..255_u8)
            .filter(|last| candidates.admit(&line(&format!("10.9.4.{last}"), 5000)))
            .count();
        assert_eq!(of_one + of_many, MAX_CANDIDATES);
        // Those that are known are not counted again.
        assert!(candidates.admit(&format!("a={}\r\n", line("10.9.3.2", 1000))));
        assert!(!candidates.admit(&line("10.9.9.9", 1000)));
        candidates.begin();
        assert!(candidates.admit(&line("10.9.9.9", 1000)));
    }

    #[test]
    fn lines_of_a_description_count_like_those_that_trickle() {
        let mut candidates = RemoteCandidates::default();
        let mut sdp = String::from("v=0\r\na=mid:0\r\n");
        for port in 1000..1400 {
            sdp += &format!("a={}\r\n", line("10.9.3.2", port));
        }
        sdp += "a=end-of-candidates\r\n";
        let (thin, left_out) = candidates.thin(&sdp);
        assert_eq!(thin.matches("a=candidate").count(), MAX_PER_ADDRESS);
        assert_eq!(left_out, 400 - 16);
        assert!(thin.starts_with("v=0\r\na=mid:0\r\na=candidate:"));
        assert!(thin.ends_with("a=end-of-candidates\r\n"));
        assert!(!candidates.admit(&line("10.9.3.2", 999)));
    }

    #[test]
    fn what_leads_nowhere_in_particular_is_not_used() {
        let mut candidates = RemoteCandidates::default();
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
            assert!(!candidates.admit(&line), "{line}");
        }
        for address in [
            "10.0.0.1",
            "2001:db8::1",
            "8a8a4a5c-5a5c-4a8a-9c3c-1f2e3d4c5b6a.local",
        ] {
            assert!(candidates.admit(&line(address, 5000)), "{address}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_kept_without_a_bound(
            told in prop::collection::vec((0..9_u8, any::<u16>(), any::<bool>()), 0..200),
            odd: String,
        ) {
            let mut candidates = RemoteCandidates::default();
            candidates.admit(&odd);
            for (last, port, relayed) in told {
                let kind = if relayed { "relay" } else { "host" };
                candidates.admit(&format!("candidate:1 1 UDP 1 10.0.0.{last} {port} typ {kind}"));
            }
            prop_assert!(candidates.known.len() <= MAX_CANDIDATES);
            for (address, _, _) in &candidates.known {
                let of_one = candidates.known.iter().filter(|known| known.0 == *address);
                prop_assert!(of_one.count() <= MAX_PER_ADDRESS);
            }
        }
    }
}
