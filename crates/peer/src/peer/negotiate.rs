//! Offers and answers.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rtc::peer_connection::configuration::RTCOfferOptions;
use webrtc::peer_connection::{RTCSdpType, RTCSessionDescription};

use super::inner::Inner;
use super::media::NegotiatedSections;
use super::signaling::{Signaling, local_addresses};
use crate::description::{Description, DescriptionKind};
use crate::error::Error;
use crate::events::Event;
use crate::kind::Kind;
use crate::lock::lock;
use crate::negotiation::{Action, DtlsRole, Outcome, SignalingState, check, decide};
use crate::rejection::{RejectedSections, first_accepted, with_mids};

fn is_offline(addresses: &[IpAddr]) -> bool {
    addresses.iter().all(IpAddr::is_loopback)
}

/// An error of the stack about a description.
fn description_error(error: webrtc::error::Error) -> Error {
    match error {
        webrtc::error::Error::ErrConnectionClosed => Error::Closed,
        error => Error::Description(error.to_string()),
    }
}

/// A rollback of the pending offer (RFC 9429 §4.1.10.2).
fn rollback() -> RTCSessionDescription {
    let mut rollback = RTCSessionDescription::default();
    rollback.sdp_type = RTCSdpType::Rollback;
    rollback
}

impl Inner {
    pub(super) async fn create_offer(&self) -> Result<Description, Error> {
        let mut signaling = self.signaling.lock().await;
        if signaling.state == SignalingState::HaveLocalOffer {
            return Err(Error::OfferOpen);
        }
        // Not the stack's `restart_ice`, which replaces the sockets at once, before there is an offer.
        let restarting = signaling.restart && signaling.has_remote_description;
        if restarting && let Some(now) = local_addresses(&self.bind) {
            // The new sockets could not reach anything, and the offer would stay pending.
            if is_offline(&now) && !is_offline(&signaling.addresses) {
                return Err(Error::NoNetwork);
            }
        }
        let options = RTCOfferOptions {
            ice_restart: restarting,
        };
        let offer = self
            .stack
            .create_offer(Some(options))
            .await
            .map_err(description_error)?;
        let sdp = signaling.rejected.to_remote(&offer.sdp);
        self.set_candidate_section(&sdp);
        if restarting {
            signaling.deferred_offer = Some(offer);
        } else {
            self.stack
                .set_local_description(offer)
                .await
                .map_err(description_error)?;
        }
        signaling.state = SignalingState::HaveLocalOffer;
        signaling.restarting = restarting;
        signaling.restart &= !restarting;
        signaling.offered.clone_from(&sdp);
        self.update_local_tracks(None).await;
        Ok(Description {
            kind: DescriptionKind::Offer,
            sdp,
        })
    }

    pub(super) async fn restart_ice(self: &Arc<Self>) {
        let mut signaling = self.signaling.lock().await;
        // A pending restart is enough: its sockets are opened when the answer comes.
        if !signaling.restarting {
            signaling.restart = true;
        }
        drop(signaling);
        self.emit(Event::NegotiationNeeded);
    }

    /// Candidates from now on are for the first section of `sdp` that is not rejected: browsers drop candidates of
    /// rejected sections. The stack does not name a section.
    fn set_candidate_section(&self, sdp: &str) {
        *lock(&self.candidate_section) = first_accepted(sdp);
    }

    pub(super) async fn lacks_codec(&self, kind: Kind) -> bool {
        self.signaling.lock().await.rejected.lacks_codec(kind)
    }

    pub(super) async fn restart_wanted(&self) -> bool {
        self.signaling.lock().await.restart
    }

    pub(super) async fn is_repeated(&self, answer: &str) -> Option<bool> {
        let signaling = self.signaling.lock().await;
        signaling
            .restarting
            .then(|| signaling.is_same_generation(answer))
    }

    pub(super) async fn apply_description(
        self: &Arc<Self>,
        description: Description,
    ) -> Result<Outcome, Error> {
        let valid =
            check(&description.sdp).map_err(|missing| Error::Description(format!("no {missing}")));
        let mut signaling = self.signaling.lock().await;
        let action = decide(
            signaling.state,
            self.polite.load(Ordering::Relaxed),
            description.kind,
        );
        if description.kind == DescriptionKind::Offer {
            signaling.ignore_offer = action == Action::Ignore;
        }
        match action {
            Action::Ignore => Ok(Outcome::Ignored),
            Action::IgnoreStale => Ok(Outcome::Stale),
            Action::ApplyAnswer => {
                let applied = match valid {
                    Ok(()) => self.apply_answer(&mut signaling, description.sdp).await,
                    Err(error) => Err(error),
                };
                if applied.is_err() {
                    // No better answer will come: roll the offer back, so that another one can be made.
                    let _ = self.roll_back(&mut signaling).await;
                    signaling.state = SignalingState::Stable;
                }
                applied
            }
            Action::Answer => {
                valid?;
                self.answer(&mut signaling, description.sdp).await
            }
            Action::RollBackAndAnswer => {
                valid?;
                // Parsed first: for an invalid offer the local one must not be rolled back.
                RTCSessionDescription::offer(description.sdp.clone()).map_err(description_error)?;
                self.roll_back(&mut signaling).await?;
                let outcome = self.answer(&mut signaling, description.sdp).await;
                // The changes in the offer that was rolled back are still to be negotiated.
                self.emit(Event::NegotiationNeeded);
                outcome
            }
        }
    }

    /// Applies the offer that was deferred until its answer came.
    async fn apply_deferred_offer(&self, signaling: &mut Signaling) -> Result<(), Error> {
        let Some(offer) = signaling.deferred_offer.take() else {
            return Ok(());
        };
        signaling.addresses = local_addresses(&self.bind).unwrap_or_default();
        self.stack
            .set_local_description(offer)
            .await
            .map_err(description_error)
    }

    /// Rolls the pending offer back.
    async fn roll_back(&self, signaling: &mut Signaling) -> Result<(), Error> {
        // The stack discards the offer's ICE credentials only if it was applied.
        self.apply_deferred_offer(signaling).await?;
        self.stack
            .set_local_description(rollback())
            .await
            .map_err(description_error)?;
        signaling.state = SignalingState::Stable;
        signaling.restart |= std::mem::take(&mut signaling.restarting);
        self.on_rollback();
        Ok(())
    }

    /// Removes candidates beyond the limits from a remote description.
    fn filter_candidates(&self, signaling: &mut Signaling, sdp: &str) -> String {
        if !signaling.is_same_generation(sdp) {
            signaling.candidate_filter.reset();
        }
        let (sdp, removed) = signaling.candidate_filter.filter_description(sdp);
        self.candidates_ignored
            .fetch_add(removed, Ordering::Relaxed);
        sdp
    }

    async fn apply_answer(
        self: &Arc<Self>,
        signaling: &mut Signaling,
        sdp: String,
    ) -> Result<Outcome, Error> {
        let sdp = with_mids(&self.filter_candidates(signaling, &sdp), &signaling.offered);
        let rejected = signaling.rejected.after_answer(&sdp);
        let answer = rejected.to_stack(DescriptionKind::Answer, &sdp);
        let answer = RTCSessionDescription::answer(answer).map_err(description_error)?;
        let role = DtlsRole::from_remote_answer(&sdp);
        self.apply_deferred_offer(signaling).await?;
        self.stack
            .set_remote_description(answer)
            .await
            .map_err(description_error)?;
        signaling.state = SignalingState::Stable;
        signaling.role = signaling.role.or(role);
        signaling.restarting = false;
        signaling.rejected = rejected;
        signaling.on_remote_description(&sdp);
        self.on_stable(signaling, &sdp).await;
        Ok(Outcome::Settled)
    }

    async fn answer(
        self: &Arc<Self>,
        signaling: &mut Signaling,
        sdp: String,
    ) -> Result<Outcome, Error> {
        let sdp = self.filter_candidates(signaling, &sdp);
        let rejected = signaling.rejected.after_offer(&sdp);
        let offer = rejected.to_stack(DescriptionKind::Offer, &sdp);
        let offer = RTCSessionDescription::offer(offer).map_err(description_error)?;
        let answer = match self.make_answer(offer, &rejected).await {
            Ok(answer) => answer,
            Err(error) => {
                // The stack keeps an offer that it applied only in part.
                let _ = self.stack.set_remote_description(rollback()).await;
                return Err(description_error(error));
            }
        };
        signaling.rejected = rejected;
        let role = *signaling
            .role
            .get_or_insert(DtlsRole::from_local_answer(&answer).unwrap_or(DtlsRole::Server));
        if signaling.on_remote_description(&sdp) {
            // The answer to the remote restart opened new sockets: a local restart would only repeat that.
            signaling.restart = false;
            signaling.addresses = local_addresses(&self.bind).unwrap_or_default();
        }
        self.on_stable(signaling, &sdp).await;
        Ok(Outcome::Answer(Description {
            kind: DescriptionKind::Answer,
            sdp: role.write_into(&answer),
        }))
    }

    /// Applies an offer and makes the answer for the remote peer.
    async fn make_answer(
        &self,
        offer: RTCSessionDescription,
        rejected: &RejectedSections,
    ) -> Result<String, webrtc::error::Error> {
        self.stack.set_remote_description(offer).await?;
        let answer = self.stack.create_answer(None).await?;
        let sdp = rejected.to_remote(&answer.sdp);
        self.set_candidate_section(&sdp);
        self.stack.set_local_description(answer).await?;
        Ok(sdp)
    }

    /// The exchange is complete: `remote` is the remote description.
    async fn on_stable(self: &Arc<Self>, signaling: &mut Signaling, remote: &str) {
        if signaling.restart {
            // Requested while an offer was pending, so that the caller could not make another one then.
            self.emit(Event::NegotiationNeeded);
        }
        signaling.has_remote_description = true;
        for candidate in std::mem::take(&mut signaling.early_candidates) {
            // An invalid candidate costs a path, not the connection.
            let _ = self.apply_candidate(signaling, candidate).await;
        }
        let negotiated = NegotiatedSections {
            remote,
            rejected: &signaling.rejected,
        };
        self.update_local_tracks(Some(negotiated)).await;
    }
}
