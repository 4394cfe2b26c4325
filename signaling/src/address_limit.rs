//! Limits the number of connections per IP address, so that one person cannot use up the server's connections.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

/// Counts connections per address. IPv6 addresses are counted per /64, the prefix of one household. Loopback is not
/// counted: behind a reverse proxy all connections come from there, and the proxy can limit them itself.
#[derive(Debug)]
pub struct AddressLimiter {
    counts: Mutex<HashMap<IpAddr, u32>>,
    limit: u32,
}

/// One counted connection; the count goes down when it is dropped.
#[derive(Debug)]
pub struct AddressPermit {
    counted: Option<(Arc<AddressLimiter>, IpAddr)>,
    within_limit: bool,
}

impl AddressPermit {
    /// False if the address has more connections than the limit: send this one the reason and close it.
    #[must_use]
    pub fn is_within_limit(&self) -> bool {
        self.within_limit
    }
}

impl AddressLimiter {
    /// At most `limit` connections per address; 0 for no limit.
    #[must_use]
    pub fn new(limit: u32) -> Arc<Self> {
        Arc::new(Self {
            counts: Mutex::new(HashMap::new()),
            limit,
        })
    }

    /// A permit for one more connection from `address`. The first `limit` permits are within the limit, the next
    /// `limit` are for connections that are to be refused with a reason. `None` beyond that.
    #[must_use]
    pub fn try_acquire(self: &Arc<Self>, address: IpAddr) -> Option<AddressPermit> {
        let address = network(address.to_canonical());
        if self.limit == 0 || address.is_loopback() {
            return Some(AddressPermit {
                counted: None,
                within_limit: true,
            });
        }
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_insert(0);
        if *count >= self.limit.saturating_mul(2) {
            return None;
        }
        *count += 1;
        Some(AddressPermit {
            within_limit: *count <= self.limit,
            counted: Some((Arc::clone(self), address)),
        })
    }
}

impl Drop for AddressPermit {
    fn drop(&mut self) {
        let Some((limiter, address)) = self.counted.take() else {
            return;
        };
        let mut counts = limiter
            .counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&address);
            }
        }
    }
}

/// The address that is counted.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) if !v6.is_loopback() => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("a valid address")
    }

    fn is_within_limit(permit: &Option<AddressPermit>) -> Option<bool> {
        permit.as_ref().map(AddressPermit::is_within_limit)
    }

    #[test]
    fn permits_beyond_the_limit_are_marked_and_beyond_twice_the_limit_denied() {
        let limiter = AddressLimiter::new(2);
        let mut permits: Vec<_> = (0..5)
            .map(|_| limiter.try_acquire(address("203.0.113.7")))
            .collect();
        let within: Vec<_> = permits.iter().map(is_within_limit).collect();
        assert_eq!(
            within,
            [Some(true), Some(true), Some(false), Some(false), None]
        );
        let other = limiter.try_acquire(address("203.0.113.8"));
        assert_eq!(is_within_limit(&other), Some(true));
        permits.truncate(1);
        let again = limiter.try_acquire(address("203.0.113.7"));
        assert_eq!(is_within_limit(&again), Some(true));
    }

    #[test]
    fn ipv6_is_counted_per_64_bit_prefix_and_mapped_ipv4_as_ipv4() {
        let limiter = AddressLimiter::new(1);
        let _held = ["2001:db8:1:2::1", "::ffff:198.51.100.1"]
            .map(|text| limiter.try_acquire(address(text)).expect("the first"));
        for (text, expected) in [
            ("2001:db8:1:2:ffff::9", false),
            ("2001:db8:1:3::1", true),
            ("198.51.100.1", false),
        ] {
            let permit = limiter.try_acquire(address(text));
            assert_eq!(is_within_limit(&permit), Some(expected), "{text}");
        }
    }

    #[test]
    fn loopback_is_not_counted() {
        let limiter = AddressLimiter::new(1);
        let permits: Vec<_> = (0..10)
            .map(|_| limiter.try_acquire(address("127.0.0.1")))
            .collect();
        assert!(
            permits
                .iter()
                .all(|permit| is_within_limit(permit) == Some(true))
        );
    }
}
