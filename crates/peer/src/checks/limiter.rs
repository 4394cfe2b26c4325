//! Decides which connectivity checks may be sent. No I/O: pairs and times are passed in.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::stun::Transaction;

/// Ta (RFC 8445 §14.2): the average interval between an agent's checks.
const TA: Duration = Duration::from_millis(50);
/// Checks in a burst: all pairs of two machines with a few addresses each, at once.
const BURST: f64 = 100.0;
/// Candidate pairs that are checked. RFC 8445 §6.1.2.5 suggests 100 and allows other limits: some machines have twenty
/// addresses, and it is not known in advance which of them work.
const MAX_PAIRS: usize = 256;
/// A pair that the stack has not tried to check for this long was given up; it checks each five times a second.
const PAIR_TIMEOUT: Duration = Duration::from_secs(1);
/// For this long after a response a pair is exempt from the limit. Selected pairs are checked twice a second.
const RESPONSE_VALIDITY: Duration = Duration::from_secs(5);
/// Unanswered checks remembered per pair: those of a round trip of three seconds.
const MAX_PENDING: usize = 16;

/// The local and the remote transport address of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Pair {
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    /// The peer behind `remote` where that is a TURN server; 0 where it is not.
    pub(crate) relayed: u64,
}

impl Pair {
    /// The TURN channel (RFC 8656 §12) by which `relayed` is reached, if it is reached by one.
    pub(crate) fn channel(&self) -> Option<u16> {
        u16::try_from(self.relayed)
            .ok()
            .filter(|channel| *channel != 0)
    }
}

#[derive(Debug)]
struct PairState {
    /// When the stack last tried to send a check.
    attempted: Instant,
    sent: Option<Instant>,
    responded: Option<Instant>,
    /// Checks without a response so far. A response to any other transaction is forged.
    pending: VecDeque<Transaction>,
}

impl PairState {
    fn on_sent(&mut self, transaction: Transaction, now: Instant) {
        self.sent = Some(now);
        if self.pending.len() >= MAX_PENDING {
            self.pending.pop_front();
        }
        self.pending.push_back(transaction);
    }

    fn is_responsive(&self, now: Instant) -> bool {
        self.responded
            .is_some_and(|at| now.saturating_duration_since(at) < RESPONSE_VALIDITY)
    }
}

/// Limits the checks of one connection, over all its sockets. Pairs that respond are checked as often as the stack
/// wants; all others share 100 checks at once and 20 a second, each pair in its turn.
#[derive(Debug)]
pub(crate) struct CheckLimiter {
    pairs: HashMap<Pair, PairState>,
    /// Token bucket: one token per check.
    tokens: f64,
    refilled: Option<Instant>,
    suppressed: u64,
    responsive_local: Option<SocketAddr>,
    answered: Option<Pair>,
}

impl Default for CheckLimiter {
    fn default() -> Self {
        Self {
            pairs: HashMap::new(),
            tokens: BURST,
            refilled: None,
            suppressed: 0,
            responsive_local: None,
            answered: None,
        }
    }
}

impl CheckLimiter {
    /// Whether this check may be sent now.
    pub(crate) fn admit(&mut self, pair: Pair, transaction: Transaction, now: Instant) -> bool {
        self.remove_idle(now);
        let admitted = self.try_admit(pair, transaction, now);
        self.suppressed += u64::from(!admitted);
        admitted
    }

    fn try_admit(&mut self, pair: Pair, transaction: Transaction, now: Instant) -> bool {
        if self.pairs.len() >= MAX_PAIRS && !self.pairs.contains_key(&pair) {
            return false;
        }
        let state = self.pairs.entry(pair).or_insert(PairState {
            attempted: now,
            sent: None,
            responded: None,
            pending: VecDeque::new(),
        });
        state.attempted = now;
        if state.is_responsive(now) {
            state.on_sent(transaction, now);
            return true;
        }
        let sent = state.sent;
        let unresponsive = self.pairs.values().filter(|pair| !pair.is_responsive(now));
        // RFC 8445 §14.3: pairs take turns.
        let turn = TA * u32::try_from(unresponsive.count()).unwrap_or(u32::MAX);
        if sent.is_some_and(|sent| now.saturating_duration_since(sent) < turn)
            || !self.take_token(now)
        {
            return false;
        }
        if let Some(state) = self.pairs.get_mut(&pair) {
            state.on_sent(transaction, now);
        }
        true
    }

    /// A response arrived.
    pub(crate) fn on_response(&mut self, pair: Pair, transaction: &Transaction, now: Instant) {
        if let Some(state) = self.pairs.get_mut(&pair)
            && state.pending.contains(transaction)
        {
            state.responded = Some(now);
            self.responsive_local = Some(pair.local);
            self.answered = Some(pair);
        }
    }

    /// The pair of the last check that got a response, once for each response.
    pub(crate) fn take_answered(&mut self) -> Option<Pair> {
        self.answered.take()
    }

    /// The local address of the last check that got a response. Once a path is selected, only that path is checked, so
    /// that this is its local address.
    pub(crate) fn responsive_local(&self) -> Option<SocketAddr> {
        self.responsive_local
    }

    /// Checks that were not sent.
    pub(crate) fn suppressed(&self) -> u64 {
        self.suppressed
    }

    fn remove_idle(&mut self, now: Instant) {
        self.pairs
            .retain(|_, pair| now.saturating_duration_since(pair.attempted) < PAIR_TIMEOUT);
    }

    fn take_token(&mut self, now: Instant) -> bool {
        let elapsed = self
            .refilled
            .map_or(Duration::ZERO, |then| now.saturating_duration_since(then));
        self.refilled = Some(now);
        self.tokens = (self.tokens + elapsed.as_secs_f64() / TA.as_secs_f64()).min(BURST);
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

    /// Tries all pairs every 200 ms, as the stack does. Returns how often each was checked.
    fn check_all(
        limiter: &mut CheckLimiter,
        pairs: u16,
        start: Instant,
        seconds: u64,
    ) -> Vec<usize> {
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
    fn few_pairs_are_not_limited() {
        let checked = check_all(&mut CheckLimiter::default(), 4, Instant::now(), 10);
        assert_eq!(checked, [50; 4]);
    }

    #[test]
    fn many_pairs_take_turns() {
        for pairs in [10, 40, 100] {
            let checked = check_all(&mut CheckLimiter::default(), pairs, Instant::now(), 60);
            let sum: usize = checked.iter().sum();
            assert!(sum <= 60 * 20 + 100, "{pairs}: {sum}");
            assert!(sum >= 60 * 15, "{pairs}: {sum}");
            let (fewest, most) = (checked.iter().min(), checked.iter().max());
            assert!(most.unwrap() - fewest.unwrap() <= 2, "{checked:?}");
        }
    }

    #[test]
    fn a_flood_of_pairs_does_not_raise_the_rate() {
        let mut limiter = CheckLimiter::default();
        let checked = check_all(&mut limiter, 1_000, Instant::now(), 4);
        assert!(checked.iter().sum::<usize>() <= 4 * 20 + 100);
        assert!(limiter.pairs.len() <= MAX_PAIRS);
        // Nor do ports that change all the time, as new descriptions could bring.
        let start = Instant::now();
        let mut limiter = CheckLimiter::default();
        let admitted = (0..2_000_u16)
            .filter(|port| {
                let now = start + Duration::from_millis(u64::from(*port) * 5);
                limiter.admit(pair(*port), [0; 12], now)
            })
            .count();
        assert!(admitted <= 10 * 20 + 100, "{admitted}");
    }

    #[test]
    fn a_pair_that_responds_is_exempt_from_the_limit_for_a_while() {
        let start = Instant::now();
        let mut limiter = CheckLimiter::default();
        check_all(&mut limiter, 90, start, 1);
        let second = start + Duration::from_secs(1);
        let later = start + Duration::from_millis(1100);
        // A response without a request is forged.
        limiter.on_response(pair(6), &[9; 12], second);
        assert!(!limiter.admit(pair(6), [1; 12], later));
        limiter.on_response(pair(7), &[0; 12], second);
        assert!(limiter.admit(pair(7), [1; 12], later));
        assert!(limiter.admit(pair(7), [2; 12], later));
        assert!(!limiter.admit(pair(8), [1; 12], later));
        limiter.on_response(pair(60_000), &[0; 12], later);
        assert!(limiter.pairs.len() <= 90);
        let much_later = later + RESPONSE_VALIDITY;
        assert!(!limiter.pairs[&pair(7)].is_responsive(much_later));
    }
}
