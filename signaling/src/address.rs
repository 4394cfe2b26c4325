//! How many connections an address has: one person must not take all the places.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

/// Counts connections by address; an IPv6 host counts by its /64, which is what one household has. Loopback is
/// not counted: behind a reverse proxy everybody comes from there, and the proxy has limits of its own.
#[derive(Debug)]
pub struct Addresses {
    counts: Mutex<HashMap<IpAddr, u32>>,
    most: u32,
}

/// One counted connection; gives its place back when dropped.
#[derive(Debug, Default)]
pub struct AddressSlot(Option<(Arc<Addresses>, IpAddr)>);

impl Addresses {
    /// At most `most` connections per address; 0 for no limit.
    #[must_use]
    pub fn new(most: u32) -> Arc<Self> {
        Arc::new(Self {
            counts: Mutex::new(HashMap::new()),
            most,
        })
    }

    /// A place for one more connection from `address`, or `None`.
    #[must_use]
    pub fn admit(self: &Arc<Self>, address: IpAddr) -> Option<AddressSlot> {
        let address = network(address.to_canonical());
        if self.most == 0 || address.is_loopback() {
            return Some(AddressSlot(None));
        }
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_insert(0);
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(AddressSlot(Some((Arc::clone(self), address))))
    }
}

impl Drop for AddressSlot {
    fn drop(&mut self) {
        let Some((addresses, address)) = self.0.take() else {
            return;
        };
        let mut counts = addresses
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

    #[test]
    fn a_place_is_given_back_when_its_connection_ends() {
        let addresses = Addresses::new(2);
        let ip: IpAddr = "203.0.113.7".parse().expect("address");
        let first = addresses.admit(ip).expect("first");
        let _second = addresses.admit(ip).expect("second");
        assert!(addresses.admit(ip).is_none());
        assert!(
            addresses
                .admit("203.0.113.8".parse().expect("address"))
                .is_some()
        );
        drop(first);
        assert!(addresses.admit(ip).is_some());
    }

    #[test]
    fn an_ipv6_household_is_one_and_mapped_ipv4_is_itself() {
        let addresses = Addresses::new(1);
        let _one = addresses
            .admit("2001:db8:1:2::1".parse().expect("address"))
            .expect("first");
        assert!(
            addresses
                .admit("2001:db8:1:2:ffff::9".parse().expect("address"))
                .is_none()
        );
        assert!(
            addresses
                .admit("2001:db8:1:3::1".parse().expect("address"))
                .is_some()
        );
        let _four = addresses
            .admit("::ffff:198.51.100.1".parse().expect("address"))
            .expect("mapped");
        assert!(
            addresses
                .admit("198.51.100.1".parse().expect("address"))
                .is_none()
        );
    }

    #[test]
    fn loopback_is_not_counted() {
        let addresses = Addresses::new(1);
        let slots: Vec<_> = (0..10)
            .map(|_| addresses.admit(IpAddr::from([127, 0, 0, 1])))
            .collect();
        assert!(slots.iter().all(Option::is_some));
    }
}
