//! Our offers: when one is made, and when it is sent again.

use std::time::{Duration, Instant};

use maru_protocol::SdpType;

use super::{MIN_RESEND, Negotiator, Operation, RESEND};
use crate::pending_offer::PendingOffer;
use crate::{Action, NoOffer, SessionDescription, sdp};

impl Negotiator {
    pub(super) fn wants_offer(&self) -> bool {
        self.begun && (self.needs_offer || self.needs_restart)
    }

    /// Makes an offer if one is needed and no offer is pending. A need that arises during an exchange waits for its end.
    pub(super) fn offer_if_needed(&mut self, now: Instant) {
        if !self.wants_offer() || self.operation.is_some() {
            return;
        }
        if self.pending_offer.is_some() {
            if self.needs_restart {
                // The pending offer delays the restart, and may have been lost with the signaling socket.
                self.resend_offer(MIN_RESEND, now);
            }
            return;
        }
        if self.offer_at.is_some_and(|at| now < at) {
            return;
        }
        self.offer_at = None;
        // A change from now on may be too late for this offer.
        self.needs_offer = false;
        let ice_restart = self.needs_restart;
        self.perform(Operation::CreateOffer, Action::CreateOffer { ice_restart });
    }

    pub(super) fn on_offer_created(
        &mut self,
        outcome: Result<SessionDescription, NoOffer>,
        now: Instant,
    ) {
        self.operation = None;
        match outcome {
            Ok(mut offer) => {
                self.offers += 1;
                offer.offer_id = Some(format!("{}{}", self.offer_id_prefix(), self.offers));
                let restarts = self.local_ufrag.is_some()
                    && self.local_ufrag.as_deref() != sdp::ice_ufrag(&offer.sdp);
                self.needs_restart &= !restarts;
                self.send(SdpType::Offer, offer.clone());
                self.pending_offer = Some(PendingOffer {
                    offer,
                    restarts,
                    sent: now,
                    times: 1,
                });
            }
            // The next restart tries again: without a network, nobody would receive the offer.
            Err(NoOffer::NoNetwork) => self.needs_offer = true,
            Err(NoOffer::Error(detail)) => {
                self.needs_offer = true;
                self.offer_at = Some(now + RESEND);
                self.fail(format!("offer: {detail}"), now);
            }
        }
    }

    /// Sends the pending offer again, if it was last sent at least `after` ago.
    pub(super) fn resend_offer(&mut self, after: Duration, now: Instant) {
        if let Some(pending) = &mut self.pending_offer
            && now.saturating_duration_since(pending.sent) >= after
        {
            pending.times = pending.times.saturating_add(1);
            pending.sent = now;
            let offer = pending.offer.clone();
            self.send(SdpType::Offer, offer);
        }
    }

    /// True if there was one. If it was for a restart, the restart is due again.
    pub(super) fn roll_back_offer(&mut self) -> bool {
        let Some(pending) = self.pending_offer.take() else {
            return false;
        };
        self.needs_restart |= pending.restarts;
        true
    }

    pub(super) fn offer_id_prefix(&self) -> String {
        format!("{:016x}-", self.seed)
    }
}
