//! Descriptions of the other side: which ones are applied, answered again, or ignored.

use std::time::Instant;

use maru_protocol::SdpType;

use super::{Answered, MIN_RESEND, Negotiator, Operation, RESEND};
use crate::history::Identity;
use crate::pending_offer::DuplicateAnswers;
use crate::recovery::RecoveryEvent;
use crate::remote::Remote;
use crate::{Action, OfferTarget, RemoteDescription, SessionDescription, Status, sdp};

impl Negotiator {
    pub(super) fn on_description(&mut self, remote: RemoteDescription, now: Instant) {
        debug_assert!(self.operation.is_none(), "one action at a time");
        match remote.kind {
            SdpType::Offer => self.on_offer(remote.description, now),
            SdpType::Answer => self.on_answer(remote.description, now),
        }
    }

    fn on_offer(&mut self, offer: SessionDescription, now: Instant) {
        let identity = Identity::of(&offer);
        if let Some(answered) = self.answered.as_ref().filter(|last| last.offer == identity) {
            // The answer was lost, or crossed this copy. Applying the offer again would roll back a newer one of ours.
            let answer = answered.answer.clone();
            return self.send(SdpType::Answer, answer);
        }
        if self.applied_offers.contains(&identity) {
            // A late copy: its author has the answer already.
            return;
        }
        let target = if self.pending_offer.is_some() && !self.yields_to(&offer) {
            // The two offers crossed, and ours stands, even against an offer of another connection: two sides that each
            // replaced their connection for the other's offer would do so for ever. Or ours was lost with a signaling
            // socket.
            return self.resend_offer(MIN_RESEND, now);
        } else if self.remote.is_another_session(&offer.sdp) {
            OfferTarget::New
        } else {
            let first = !self.begun;
            self.begun = true;
            self.begin_at = None;
            OfferTarget::Current { first }
        };
        let operation = Operation::ApplyOffer {
            offer: offer.clone(),
            target,
            needed_offer: std::mem::take(&mut self.needs_offer),
        };
        self.perform(operation, Action::ApplyOffer { offer, target });
    }

    /// Our pending offer is given up for this one. Our first, or a restart of ICE, is for an offer of Firefox, whichever
    /// side is polite: as the controlling ICE agent, Firefox offers these itself (decision 0066).
    fn yields_to(&self, offer: &SessionDescription) -> bool {
        if self.polite {
            return true;
        }
        let restarts = self.pending_offer.as_ref().is_some_and(|own| own.restarts);
        sdp::is_of_firefox(&offer.sdp) && (restarts || self.remote == Remote::default())
    }

    pub(super) fn on_offer_applied(
        &mut self,
        outcome: Result<SessionDescription, String>,
        needs_offer: bool,
        now: Instant,
    ) {
        let Some(Operation::ApplyOffer {
            offer,
            target,
            needed_offer,
        }) = self.operation.take()
        else {
            debug_assert!(false, "no offer was to be applied");
            return;
        };
        let replaced = target == OfferTarget::New;
        match outcome {
            Ok(mut answer) => {
                if replaced {
                    self.begin_again(now);
                    self.begun = true;
                }
                // What our pending offer was for is either part of this exchange or reported in `needs_offer`.
                self.roll_back_offer();
                self.needs_offer |= needs_offer;
                self.local_ufrag = sdp::ice_ufrag(&answer.sdp).map(str::to_owned);
                answer.offer_id.clone_from(&offer.offer_id);
                let identity = Identity::of(&offer);
                self.applied_offers.add(identity.clone());
                self.answered = Some(Answered {
                    offer: identity,
                    answer: answer.clone(),
                });
                self.send(SdpType::Answer, answer);
                self.on_description_accepted(&offer, now);
            }
            Err(detail) => {
                // A pending offer of ours stays pending, and one that is needed is made.
                self.needs_offer |= needed_offer;
                if target == (OfferTarget::Current { first: true }) {
                    self.begin();
                }
                self.fail(format!("description: {detail}"), now);
                self.offer_if_needed(now);
            }
        }
    }

    fn on_answer(&mut self, answer: SessionDescription, now: Instant) {
        if !self.is_awaited(&answer, now) {
            if self.was_rolled_back(&answer) {
                // The other side applied a late copy of that offer, so it lost what was agreed on since: offer it again.
                self.needs_offer = true;
                self.offer_at = Some(now + MIN_RESEND);
            }
            return;
        }
        if self.remote.is_another_connection(&answer.sdp) {
            // The other side has a new connection, and took our offer, which is for the old one, as its first. While ours
            // works, that is either wrong or will show soon.
            self.replaced_by_remote = true;
            return self.replace_if_useless();
        }
        self.perform(
            Operation::ApplyAnswer(answer.clone()),
            Action::ApplyAnswer(answer),
        );
    }

    /// Replaces a connection that has no partner and no path any more.
    pub(super) fn replace_if_useless(&mut self) {
        let works = self.recovery.status == Status::Connected;
        if self.replaced_by_remote && !works && self.operation.is_none() {
            self.replaced_by_remote = false;
            self.perform(Operation::Replace, Action::Replace);
        }
    }

    /// `answer` is for the pending offer. Without an offer ID that is a guess.
    fn is_awaited(&mut self, answer: &SessionDescription, now: Instant) -> bool {
        let Some(pending) = &self.pending_offer else {
            return false;
        };
        if answer.offer_id.is_some() {
            return answer.offer_id == pending.offer.offer_id;
        }
        if self.applied_answers.contains(&Identity::of(answer)) {
            self.duplicates.take(now);
            return false;
        }
        // New credentials answer a restart, however many other answers may still come.
        let restarts = pending.restarts && !self.remote.has_credentials_of(&answer.sdp);
        restarts || !self.duplicates.take(now)
    }

    /// `answer` is for an offer of ours that was never answered before.
    fn was_rolled_back(&self, answer: &SessionDescription) -> bool {
        let ours = |id: &String| id.starts_with(&self.offer_id_prefix());
        let pending = self
            .pending_offer
            .as_ref()
            .and_then(|pending| pending.offer.offer_id.as_ref());
        answer.offer_id.as_ref().is_some_and(|id| {
            ours(id) && pending != Some(id) && !self.applied_answers.contains(&Identity::of(answer))
        })
    }

    pub(super) fn on_answer_applied(&mut self, outcome: Result<(), String>, now: Instant) {
        let (Some(Operation::ApplyAnswer(answer)), Some(pending)) =
            (self.operation.take(), self.pending_offer.take())
        else {
            debug_assert!(false, "no answer was to be applied");
            return;
        };
        match outcome {
            Ok(()) => {
                self.applied_answers.add(Identity::of(&answer));
                self.duplicates = DuplicateAnswers::expect(pending.times, now);
                self.local_ufrag = sdp::ice_ufrag(&pending.offer.sdp).map(str::to_owned);
                self.answered = None;
                self.on_description_accepted(&answer, now);
            }
            Err(detail) => {
                // Another copy of the answer would not help. What the offer was for is offered again later.
                self.needs_offer = true;
                self.needs_restart |= pending.restarts;
                self.offer_at = Some(now + RESEND);
                self.fail(format!("description: {detail}"), now);
            }
        }
    }

    fn on_description_accepted(&mut self, description: &SessionDescription, now: Instant) {
        self.replaced_by_remote = false;
        let restarted = self.remote.accept(&description.sdp);
        // This exchange has new credentials of both sides: a restart of ours would only repeat it.
        self.needs_restart &= !restarted;
        self.on_recovery_event(RecoveryEvent::DescriptionApplied { restarted }, now);
        self.offer_if_needed(now);
    }
}
