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
#[derive(Debug)]
pub struct AddressSlot {
    counted: Option<(Arc<Addresses>, IpAddr)>,
    within: bool,
}

impl AddressSlot {
    /// False where the address has more connections than it may: this one is only to be told so.
    #[must_use]
    pub fn is_within_limit(&self) -> bool {
        self.within
    }
}

impl Addresses {
    /// At most `most` connections per address; 0 for no limit.
    #[must_use]
    pub fn new(most: u32) -> Arc<Self> {
        Arc::new(Self {
            counts: Mutex::new(HashMap::new()),
            most,
        })
    }

    /// A place for one more connection from `address`. Beyond the limit as many again are admitted to be told
    /// why they are refused ([`AddressSlot::is_within_limit`]); then `None`.
    #[must_use]
    pub fn admit(self: &Arc<Self>, address: IpAddr) -> Option<AddressSlot> {
        let address = network(address.to_canonical());
        if self.most == 0 || address.is_loopback() {
            return Some(AddressSlot {
                counted: None,
                within: true,
            });
        }
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_insert(0);
        if *count >= self.most.saturating_mul(2) {
            return None;
        }
        *count += 1;
        Some(AddressSlot {
            within: *count <= self.most,
            counted: Some((Arc::clone(self), address)),
        })
    }
}

impl Drop for AddressSlot {
    fn drop(&mut self) {
        let Some((addresses, address)) = self.counted.take() else {
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
        let within = |address: IpAddr| {
            let slot = addresses.admit(address);
            (slot.as_ref().map(AddressSlot::is_within_limit), slot)
        };
        let (first, slot) = within(ip);
        let (second, _second) = within(ip);
        assert_eq!((first, second), (Some(true), Some(true)));
        let (third, _third) = within(ip);
        let (fourth, _fourth) = within(ip);
        assert_eq!((third, fourth), (Some(false), Some(false)));
        assert!(addresses.admit(ip).is_none(), "twice the limit");
        let (other, _other) = within("203.0.113.8".parse().expect("address"));
        assert_eq!(other, Some(true));
        drop((slot, _second, _third));
        assert_eq!(within(ip).0, Some(true));
    }

    #[test]
    fn an_ipv6_household_is_one_and_mapped_ipv4_is_itself() {
        let addresses = Addresses::new(1);
        let _one = addresses
            .admit("2001:db8:1:2::1".parse().expect("address"))
            .expect("first");
        let within = |text: &str| {
            addresses
                .admit(text.parse().expect("address"))
                .is_some_and(|slot| slot.is_within_limit())
        };
        assert!(!within("2001:db8:1:2:ffff::9"));
        assert!(within("2001:db8:1:3::1"));
        let _four = addresses
            .admit("::ffff:198.51.100.1".parse().expect("address"))
            .expect("mapped");
        assert!(!within("198.51.100.1"));
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
