//! Offers, answers and candidates.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rtc::peer_connection::configuration::RTCOfferOptions;
use webrtc::peer_connection::{RTCIceCandidateInit, RTCSdpType, RTCSessionDescription};

use super::Inner;
use crate::error::Error;
use crate::events::{Candidate, Description, DescriptionKind, Event};
use crate::negotiation::{DtlsRole, Exchange, Outcome, Step, check, decide};

/// Candidates kept until their description comes.
const MAX_EARLY: usize = 64;

/// Where the exchange stands. Held across each step, so that steps never interleave.
pub(super) struct State {
    exchange: Exchange,
    role: Option<DtlsRole>,
    /// The last remote offer was ignored: its candidates will not fit.
    ignoring: bool,
    remote_known: bool,
    early: Vec<Candidate>,
    /// The next offer restarts ICE. Survives an offer that is taken back.
    restart: bool,
    /// The open offer restarts ICE.
    restarting: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            exchange: Exchange::Stable,
            role: None,
            ignoring: false,
            remote_known: false,
            early: Vec::new(),
            restart: false,
            restarting: false,
        }
    }
}

fn refused(error: webrtc::error::Error) -> Error {
    match error {
        webrtc::error::Error::ErrConnectionClosed => Error::Closed,
        error => Error::Description(error.to_string()),
    }
}

/// Takes an open offer back (RFC 9429 §4.1.10.2).
fn rollback() -> RTCSessionDescription {
    let mut back = RTCSessionDescription::default();
    back.sdp_type = RTCSdpType::Rollback;
    back
}

impl Inner {
    pub(super) async fn create_offer(&self) -> Result<Description, Error> {
        let mut state = self.exchange.lock().await;
        if state.exchange == Exchange::Offered {
            return Err(Error::OfferOpen);
        }
        // Not the stack's `restart_ice`: it replaces the sockets at once, before there is an offer to use them.
        let restarting = state.restart && state.remote_known;
        let options = RTCOfferOptions {
            ice_restart: restarting,
        };
        let offer = self
            .stack
            .create_offer(Some(options))
            .await
            .map_err(refused)?;
        self.stack
            .set_local_description(offer.clone())
            .await
            .map_err(refused)?;
        state.exchange = Exchange::Offered;
        state.restarting = restarting;
        self.note_sections(false).await;
        Ok(Description {
            kind: DescriptionKind::Offer,
            sdp: offer.sdp,
        })
    }

    pub(super) async fn restart_ice(self: &Arc<Self>) {
        self.exchange.lock().await.restart = true;
        self.tell(Event::NegotiationNeeded);
    }

    pub(super) async fn apply_description(
        self: &Arc<Self>,
        description: Description,
    ) -> Result<Outcome, Error> {
        check(&description.sdp).map_err(|missing| Error::Description(format!("no {missing}")))?;
        let mut state = self.exchange.lock().await;
        let step = decide(
            state.exchange,
            self.polite.load(Ordering::Relaxed),
            description.kind,
        );
        if description.kind == DescriptionKind::Offer {
            state.ignoring = step == Step::Ignore;
        }
        match step {
            Step::Ignore => Ok(Outcome::Ignored),
            Step::Stale => Ok(Outcome::Stale),
            Step::Settle => self.settle(&mut state, description.sdp).await,
            Step::Answer => self.answer(&mut state, description.sdp).await,
            Step::GiveWay => {
                // Read it first: an offer that cannot be read must not cost us ours.
                RTCSessionDescription::offer(description.sdp.clone()).map_err(refused)?;
                self.stack
                    .set_local_description(rollback())
                    .await
                    .map_err(refused)?;
                state.exchange = Exchange::Stable;
                self.forget_sections();
                let outcome = self.answer(&mut state, description.sdp).await;
                // What our offer was for is still wanted.
                self.tell(Event::NegotiationNeeded);
                outcome
            }
        }
    }

    async fn settle(self: &Arc<Self>, state: &mut State, sdp: String) -> Result<Outcome, Error> {
        let answer = RTCSessionDescription::answer(sdp).map_err(refused)?;
        let role = DtlsRole::from_remote_answer(&answer.sdp);
        self.stack
            .set_remote_description(answer)
            .await
            .map_err(refused)?;
        state.exchange = Exchange::Stable;
        state.role = state.role.or(role);
        if std::mem::take(&mut state.restarting) {
            state.restart = false;
        }
        self.settled(state).await;
        Ok(Outcome::Settled)
    }

    async fn answer(self: &Arc<Self>, state: &mut State, sdp: String) -> Result<Outcome, Error> {
        let offer = RTCSessionDescription::offer(sdp).map_err(refused)?;
        let answer = match self.answer_to(offer).await {
            Ok(answer) => answer,
            Err(error) => {
                // The stack stops half-way and stays there: back to where no offer is open.
                let _ = self.stack.set_remote_description(rollback()).await;
                return Err(refused(error));
            }
        };
        let role = *state
            .role
            .get_or_insert(DtlsRole::from_local_answer(&answer).unwrap_or(DtlsRole::Server));
        self.settled(state).await;
        Ok(Outcome::Answer(Description {
            kind: DescriptionKind::Answer,
            sdp: role.keep(&answer),
        }))
    }

    async fn answer_to(
        &self,
        offer: RTCSessionDescription,
    ) -> Result<String, webrtc::error::Error> {
        self.stack.set_remote_description(offer).await?;
        let answer = self.stack.create_answer(None).await?;
        self.stack.set_local_description(answer.clone()).await?;
        Ok(answer.sdp)
    }

    async fn settled(self: &Arc<Self>, state: &mut State) {
        if state.restart {
            // Asked for while an exchange was open, so the caller's offer was refused then.
            self.tell(Event::NegotiationNeeded);
        }
        state.remote_known = true;
        for candidate in std::mem::take(&mut state.early) {
            // One bad candidate among good ones costs a path, not the connection.
            let _ = self.hand_over(candidate).await;
        }
        self.note_sections(true).await;
    }

    pub(super) async fn add_candidate(&self, candidate: Candidate) -> Result<(), Error> {
        let mut state = self.exchange.lock().await;
        if !state.remote_known {
            if state.early.len() >= MAX_EARLY {
                return Err(Error::TooManyCandidates);
            }
            state.early.push(candidate);
            return Ok(());
        }
        match self.hand_over(candidate).await {
            Err(_) if state.ignoring => Ok(()),
            result => result,
        }
    }

    async fn hand_over(&self, candidate: Candidate) -> Result<(), Error> {
        // The end of candidates needs nothing from us: new ones may always come from the network itself.
        if candidate.candidate.is_empty() {
            return Ok(());
        }
        let candidate = RTCIceCandidateInit {
            candidate: candidate.candidate,
            sdp_mid: candidate.mid,
            sdp_mline_index: candidate.line,
            ..Default::default()
        };
        self.stack
            .add_ice_candidate(candidate)
            .await
            .map_err(|error| Error::Candidate(error.to_string()))
    }
}
