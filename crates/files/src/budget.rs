//! The memory that all transfers share (docs/transfer.md, "Memory"). No I/O.
//!
//! Each claim gets at most a part of what the others leave, such as two thirds: the thresholds of Choudhury and Hahne
//! ("Dynamic queue length thresholds for shared-memory packet switches", 1998). So there is always something left for a new
//! claim, `n` claims that need much come to the same share, which is 2 / (2n + 1) for two thirds, and one that needs little
//! leaves the rest to the others.

use std::collections::BTreeMap;

/// Bytes of content in memory: read and not sent, sent and not acknowledged, received and not written.
const CONTENT: u64 = 24 << 20;
/// Bytes that were read for one recipient of an offer and are kept for the others.
const KEPT: u64 = 6 << 20;
/// Every claim gets so much, also when others hold everything: nothing ever stands still. A few messages.
pub(crate) const MIN: u64 = 512 << 10;

/// Who claims memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Claimant<L> {
    /// What a link has read and not sent.
    Reading(L),
    /// What the connections of a link send and is not acknowledged.
    Sending(L),
    /// What a link may receive and has not written.
    Receiving(L),
}

impl<L> Claimant<L> {
    /// The link that it is of.
    pub(crate) fn link(self) -> L {
        match self {
            Self::Reading(link) | Self::Sending(link) | Self::Receiving(link) => link,
        }
    }
}

/// See the module. `C` names a claim.
#[derive(Debug)]
pub(crate) struct Budget<C> {
    total: u64,
    /// A claim gets `part` / (`part` + 1) of what the others leave.
    part: u64,
    claims: BTreeMap<C, u64>,
    claimed: u64,
}

impl<C: Copy + Ord> Budget<C> {
    /// For the content that links transfer.
    pub(crate) const fn for_content() -> Self {
        Self::new(CONTENT, 2)
    }

    /// For what is kept for the other recipients of an offer. There are few offers to several at once.
    pub(crate) const fn for_kept() -> Self {
        Self::new(KEPT, 7)
    }

    const fn new(total: u64, part: u64) -> Self {
        Self {
            total,
            part,
            claims: BTreeMap::new(),
            claimed: 0,
        }
    }

    /// What `claimant` could get.
    pub(crate) fn share(&self, claimant: C) -> u64 {
        let own = self.claims.get(&claimant).copied().unwrap_or_default();
        let free = self.total.saturating_sub(self.claimed - own);
        (free / (self.part + 1) * self.part).max(MIN)
    }

    /// Claims `needed` bytes, of which `held` are in use. Returns how many it may use from now on: those in use count until
    /// the next claim says that they are free.
    pub(crate) fn claim(&mut self, claimant: C, needed: u64, held: u64) -> u64 {
        let granted = needed.min(self.share(claimant));
        let claim = granted.max(held);
        let own = self.claims.insert(claimant, claim).unwrap_or_default();
        self.claimed = self.claimed - own + claim;
        if claim == 0 {
            self.claims.remove(&claimant);
        }
        granted
    }

    /// Nothing is claimed any more by those of which this holds.
    pub(crate) fn release(&mut self, of: impl Fn(C) -> bool) {
        self.claims.retain(|claimant, _| !of(*claimant));
        self.claimed = self.claims.values().sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1_000_000;

    fn budget() -> Budget<Claimant<u8>> {
        Budget::new(30 * MB, 2)
    }

    #[test]
    fn claims_that_need_much_come_to_the_same_share_and_leave_some() {
        for count in 1..=8 {
            let mut budget = budget();
            for _ in 0..30 {
                for link in 0..count {
                    budget.claim(Claimant::Reading(link), 100 * MB, 0);
                }
            }
            let share = 2 * 30 * MB / (2 * u64::from(count) + 1);
            for link in 0..count {
                let claim = budget.claims[&Claimant::Reading(link)];
                assert!(claim.abs_diff(share) < MB / 10, "{count}: {claim}");
            }
            assert!(budget.claimed <= 30 * MB);
        }
    }

    #[test]
    fn a_claim_that_needs_little_leaves_the_rest() {
        let mut budget = budget();
        assert_eq!(budget.claim(Claimant::Receiving(1), MB, 0), MB);
        let alone = budget.claim(Claimant::Reading(2), 100 * MB, 0);
        assert!(alone > 19 * MB, "{alone}");
    }

    #[test]
    fn one_that_stands_still_leaves_room_for_a_new_one_at_once() {
        let mut budget = budget();
        let stalled = budget.claim(Claimant::Receiving(1), 100 * MB, 0);
        assert_eq!(stalled, 20 * MB);
        let new = budget.claim(Claimant::Receiving(2), 100 * MB, 0);
        assert!(new > 6 * MB, "{new}");
        // It holds what it had, and may not have more.
        assert!(budget.claim(Claimant::Receiving(1), 100 * MB, 20 * MB) < 20 * MB);
        assert!(budget.claimed <= 30 * MB);
    }

    #[test]
    fn however_much_others_hold_every_claim_gets_something() {
        let mut budget = budget();
        for link in 0..20 {
            let granted = budget.claim(Claimant::Sending(link), 100 * MB, 0);
            assert!(granted >= MIN);
            assert_eq!(
                budget.claim(Claimant::Sending(link), 100 * MB, granted),
                granted
            );
        }
        // All but the last ones fit into the whole.
        assert!(budget.claimed < 30 * MB + 20 * MIN);
    }

    #[test]
    fn what_is_released_is_free_again() {
        let mut budget = budget();
        budget.claim(Claimant::Reading(1), 100 * MB, 0);
        budget.claim(Claimant::Sending(1), 100 * MB, 0);
        budget.release(|claimant| claimant == Claimant::Reading(1));
        assert_eq!(budget.claim(Claimant::Sending(1), 0, 0), 0);
        assert_eq!((budget.claimed, budget.claims.len()), (0, 0));
    }
}
