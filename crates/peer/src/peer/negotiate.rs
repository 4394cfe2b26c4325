//! Offers and answers.

use std::net::IpAddr;
use std::sync::Arc;

use rtc::peer_connection::configuration::RTCOfferOptions;
use webrtc::peer_connection::{RTCSdpType, RTCSessionDescription};

use super::inner::Inner;
use super::media::NegotiatedSections;
use super::signaling::{PendingOffer, Signaling, local_addresses};
use crate::candidate::Candidate;
use crate::dtls_role::DtlsRole;
use crate::error::Error;
use crate::kind::Kind;
use crate::lock::lock;
use crate::rejection::{RejectedSections, first_accepted, with_mids};
use crate::sdp::{SdpType, take_candidates};
use crate::validation::{check_answer, check_sections, dry_run};

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
    pub(super) async fn create_offer(&self, ice_restart: bool) -> Result<String, Error> {
        let mut signaling = self.signaling.lock().await;
        if signaling.pending_offer.is_some() {
            return Err(Error::OfferPending);
        }
        let ice_restart = ice_restart && signaling.has_remote_description;
        if ice_restart && let Some(now) = self.local_addresses() {
            // The new sockets could not reach anything, and the offer would stay pending.
            if is_offline(&now) && !is_offline(&signaling.addresses) {
                return Err(Error::NoNetwork);
            }
        }
        let options = RTCOfferOptions { ice_restart };
        let offer = self
            .stack
            .create_offer(Some(options))
            .await
            .map_err(description_error)?;
        let sdp = signaling.rejected.to_remote(&offer.sdp);
        self.set_candidate_section(&sdp);
        let deferred = if ice_restart {
            Some(offer)
        } else {
            self.stack
                .set_local_description(offer)
                .await
                .map_err(description_error)?;
            None
        };
        signaling.pending_offer = Some(PendingOffer {
            sdp: sdp.clone(),
            deferred,
        });
        self.update_local_tracks(None).await;
        Ok(sdp)
    }

    /// See [`local_addresses`].
    fn local_addresses(&self) -> Option<Vec<IpAddr>> {
        local_addresses(&lock(&self.bind))
    }

    /// Candidates from now on are for the first section of `sdp` that is not rejected: browsers drop candidates of
    /// rejected sections. The stack does not name a section.
    fn set_candidate_section(&self, sdp: &str) {
        *lock(&self.candidate_section) = first_accepted(sdp);
    }

    pub(super) async fn lacks_codec(&self, kind: Kind) -> bool {
        self.signaling.lock().await.rejected.lacks_codec(kind)
    }

    pub(super) async fn apply_offer(self: &Arc<Self>, sdp: &str) -> Result<String, Error> {
        check_sections(sdp, self.media)?;
        let (sdp, candidates) = take_candidates(sdp);
        let mut signaling = self.signaling.lock().await;
        let rejected = signaling.rejected.after_offer(&sdp);
        let offer = rejected.to_stack(SdpType::Offer, &sdp);
        // First: for an invalid offer the local one must not be rolled back.
        dry_run(&offer, self.media)?;
        let offer = RTCSessionDescription::offer(offer).map_err(description_error)?;
        if signaling.pending_offer.is_some() {
            // An offer that the stack cannot roll back is not pending in it.
            let _ = self.roll_back_pending_offer(&mut signaling).await;
        }
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
            // The answer to the remote restart opened new sockets.
            signaling.addresses = self.local_addresses().unwrap_or_default();
        }
        self.on_stable(&mut signaling, &sdp, candidates).await;
        Ok(role.write_into(&answer))
    }

    pub(super) async fn apply_answer(self: &Arc<Self>, sdp: &str) -> Result<(), Error> {
        let mut signaling = self.signaling.lock().await;
        let pending = signaling.pending_offer.as_ref();
        let offer = &pending.ok_or(Error::NoOfferPending)?.sdp;
        let sdp = with_mids(sdp, offer);
        check_sections(&sdp, self.media)?;
        check_answer(offer, &sdp)?;
        let (sdp, candidates) = take_candidates(&sdp);
        let rejected = signaling.rejected.after_answer(&sdp);
        let answer = rejected.to_stack(SdpType::Answer, &sdp);
        dry_run(&answer, self.media)?;
        let answer = RTCSessionDescription::answer(answer).map_err(description_error)?;
        let role = DtlsRole::from_remote_answer(&sdp);
        let mut applied = self.apply_deferred_offer(&mut signaling).await;
        if applied.is_ok() {
            let answered = self.stack.set_remote_description(answer).await;
            applied = answered.map_err(description_error);
        }
        // Also after an error: the stack ends the exchange before it reads all of the answer.
        signaling.pending_offer = None;
        if applied.is_err() {
            self.on_rollback();
            return applied;
        }
        signaling.role = signaling.role.or(role);
        signaling.rejected = rejected;
        signaling.on_remote_description(&sdp);
        self.on_stable(&mut signaling, &sdp, candidates).await;
        Ok(())
    }

    pub(super) async fn roll_back(&self) -> Result<(), Error> {
        let mut signaling = self.signaling.lock().await;
        if signaling.pending_offer.is_none() {
            return Err(Error::NoOfferPending);
        }
        self.roll_back_pending_offer(&mut signaling).await
    }

    /// Applies the offer that was deferred until its answer came.
    async fn apply_deferred_offer(&self, signaling: &mut Signaling) -> Result<(), Error> {
        let pending = signaling.pending_offer.as_mut();
        let Some(offer) = pending.and_then(|pending| pending.deferred.take()) else {
            return Ok(());
        };
        signaling.addresses = self.local_addresses().unwrap_or_default();
        self.stack
            .set_local_description(offer)
            .await
            .map_err(description_error)
    }

    async fn roll_back_pending_offer(&self, signaling: &mut Signaling) -> Result<(), Error> {
        // The stack discards the offer's ICE credentials only if it was applied.
        let mut result = self.apply_deferred_offer(signaling).await;
        if result.is_ok() {
            let rolled_back = self.stack.set_local_description(rollback()).await;
            result = rolled_back.map_err(description_error);
        }
        // Also after an error: otherwise no offer could follow.
        signaling.pending_offer = None;
        self.on_rollback();
        result
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

    /// The exchange is complete: `remote` is the remote description, without its `candidates`.
    async fn on_stable(&self, signaling: &mut Signaling, remote: &str, candidates: Vec<Candidate>) {
        signaling.has_remote_description = true;
        let early = std::mem::take(&mut signaling.early_candidates);
        for candidate in candidates.into_iter().chain(early) {
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
