//! Which connectivity check may leave now. Pure: pairs and the time go in.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Ta (RFC 8445 §14.2): checks of an agent are this far apart on average.
const TA: Duration = Duration::from_millis(50);
/// Checks in a burst: all pairs of two machines with a few addresses each, at once.
const BURST: f64 = 100.0;
/// Most pairs checked (RFC 8445 §6.1.2.5, which suggests 100 and wants it to be settable): some machines have twenty
/// addresses, and which of them lead somewhere is not known before.
const MAX_PAIRS: usize = 256;
/// A pair that the stack has not checked for so long is given up; it checks each five times a second.
const IDLE: Duration = Duration::from_secs(1);
/// An answer vouches for its pair so long. Paths in use are checked twice a second.
const HEARD: Duration = Duration::from_secs(5);

/// Checks of a pair that may be answered yet: a round trip of three seconds.
const MAX_OPEN: usize = 16;

/// A check's transaction ID (RFC 8489 §5): nobody answers one they did not get.
pub(crate) type Transaction = [u8; 12];

/// Where a check leaves and where it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Pair {
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    /// Who it is for, where `remote` relays it; 0 where it does not.
    pub(crate) relayed: u64,
}

#[derive(Debug)]
struct Known {
    wanted: Instant,
    sent: Option<Instant>,
    heard: Option<Instant>,
    open: VecDeque<Transaction>,
}

impl Known {
    fn leaves(&mut self, transaction: Transaction, now: Instant) {
        self.sent = Some(now);
        if self.open.len() >= MAX_OPEN {
            self.open.pop_front();
        }
        self.open.push_back(transaction);
    }

    fn vouched(&self, now: Instant) -> bool {
        self.heard
            .is_some_and(|heard| now.saturating_duration_since(heard) < HEARD)
    }
}

/// The checks of one connection, over all its sockets. Who answers is checked as the stack likes; towards everybody
/// else it is 100 checks at once and then 20 a second, each pair in its turn.
#[derive(Debug)]
pub(crate) struct Limiter {
    pairs: HashMap<Pair, Known>,
    /// Checks that may leave, and since when.
    tokens: f64,
    counted: Option<Instant>,
    held_back: u64,
    path: Option<SocketAddr>,
}

impl Default for Limiter {
    fn default() -> Self {
        Self {
            pairs: HashMap::new(),
            tokens: BURST,
            counted: None,
            held_back: 0,
            path: None,
        }
    }
}

impl Limiter {
    /// A check is about to leave; false where it must not.
    pub(crate) fn admit(&mut self, pair: Pair, transaction: Transaction, now: Instant) -> bool {
        self.forget(now);
        let admitted = self.may_leave(pair, transaction, now);
        self.held_back += u64::from(!admitted);
        admitted
    }

    fn may_leave(&mut self, pair: Pair, transaction: Transaction, now: Instant) -> bool {
        if self.pairs.len() >= MAX_PAIRS && !self.pairs.contains_key(&pair) {
            return false;
        }
        let known = self.pairs.entry(pair).or_insert(Known {
            wanted: now,
            sent: None,
            heard: None,
            open: VecDeque::new(),
        });
        known.wanted = now;
        if known.vouched(now) {
            known.leaves(transaction, now);
            return true;
        }
        let sent = known.sent;
        let unheard = self.pairs.values().filter(|known| !known.vouched(now));
        // RFC 8445 §14.3: pairs take turns.
        let turn = TA * u32::try_from(unheard.count()).unwrap_or(u32::MAX);
        if sent.is_some_and(|sent| now.saturating_duration_since(sent) < turn)
            || !self.take_token(now)
        {
            return false;
        }
        if let Some(known) = self.pairs.get_mut(&pair) {
            known.leaves(transaction, now);
        }
        true
    }

    /// An answer came.
    pub(crate) fn answered(&mut self, pair: Pair, transaction: &Transaction, now: Instant) {
        if let Some(known) = self.pairs.get_mut(&pair)
            && known.open.contains(transaction)
        {
            known.heard = Some(now);
            self.path = Some(pair.local);
        }
    }

    /// Where the last check that was answered had left. While there is a path, only that is checked.
    pub(crate) fn path(&self) -> Option<SocketAddr> {
        self.path
    }

    /// Checks that did not leave so far.
    pub(crate) fn held_back(&self) -> u64 {
        self.held_back
    }

    fn forget(&mut self, now: Instant) {
        self.pairs
            .retain(|_, known| now.saturating_duration_since(known.wanted) < IDLE);
    }

    fn take_token(&mut self, now: Instant) -> bool {
        let passed = self
            .counted
            .map_or(Duration::ZERO, |then| now.saturating_duration_since(then));
        self.counted = Some(now);
        self.tokens = (self.tokens + passed.as_secs_f64() / TA.as_secs_f64()).min(BURST);
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(remote: u16) -> Pair {
        Pair {
            local: SocketAddr::from(([10, 0, 0, 1], 5000)),
            remote: SocketAddr::from(([10, 9, 3, 2], remote)),
            relayed: 0,
        }
    }

    /// The stack's way: all pairs every 200 ms, for so many seconds. How often each was checked.
    fn check_all(limiter: &mut Limiter, pairs: u16, start: Instant, seconds: u64) -> Vec<usize> {
        let mut checked = vec![0; pairs.into()];
        for round in 0..seconds * 5 {
            let now = start + Duration::from_millis(200 * round);
            for remote in 0..pairs {
                let admitted = limiter.admit(pair(remote), [0; 12], now);
                checked[usize::from(remote)] += usize::from(admitted);
            }
        }
        checked
    }

    #[test]
    fn few_pairs_are_checked_as_often_as_the_stack_likes() {
        let checked = check_all(&mut Limiter::default(), 4, Instant::now(), 10);
        assert_eq!(checked, [50; 4]);
    }

    #[test]
    fn many_take_turns_and_all_of_them_get_theirs() {
        for pairs in [10, 40, 100] {
            let checked = check_all(&mut Limiter::default(), pairs, Instant::now(), 60);
            let sum: usize = checked.iter().sum();
            assert!(sum <= 60 * 20 + 100, "{pairs}: {sum}");
            assert!(sum >= 60 * 15, "{pairs}: {sum}");
            let (least, most) = (checked.iter().min(), checked.iter().max());
            assert!(most.unwrap() - least.unwrap() <= 2, "{checked:?}");
        }
    }

    #[test]
    fn a_flood_of_pairs_costs_no_more() {
        let mut limiter = Limiter::default();
        let checked = check_all(&mut limiter, 1_000, Instant::now(), 4);
        assert!(checked.iter().sum::<usize>() <= 4 * 20 + 100);
        assert!(limiter.pairs.len() <= MAX_PAIRS);
        // Nor does one that changes its ports all the time, as new descriptions could.
        let start = Instant::now();
        let mut limiter = Limiter::default();
        let admitted = (0..2_000_u16)
            .filter(|port| {
                let now = start + Duration::from_millis(u64::from(*port) * 5);
                limiter.admit(pair(*port), [0; 12], now)
            })
            .count();
        assert!(admitted <= 10 * 20 + 100, "{admitted}");
    }

    #[test]
    fn who_answers_is_checked_at_once_among_many_who_do_not() {
        let start = Instant::now();
        let mut limiter = Limiter::default();
        check_all(&mut limiter, 90, start, 1);
        let second = start + Duration::from_secs(1);
        let later = start + Duration::from_millis(1100);
        // An answer to what was never asked is somebody else's invention.
        limiter.answered(pair(6), &[9; 12], second);
        assert!(!limiter.admit(pair(6), [1; 12], later));
        limiter.answered(pair(7), &[0; 12], second);
        assert!(limiter.admit(pair(7), [1; 12], later));
        assert!(limiter.admit(pair(7), [2; 12], later));
        assert!(!limiter.admit(pair(8), [1; 12], later));
        limiter.answered(pair(60_000), &[0; 12], later);
        assert!(limiter.pairs.len() <= 90);
        // It vouches for a while.
        let much_later = later + HEARD;
        assert!(!limiter.pairs[&pair(7)].vouched(much_later));
    }
}
