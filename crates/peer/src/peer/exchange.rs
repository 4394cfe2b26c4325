//! Offers, answers and candidates.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rtc::ice::candidate::unmarshal_candidate;
use rtc::peer_connection::configuration::RTCOfferOptions;
use webrtc::peer_connection::{RTCIceCandidateInit, RTCSdpType, RTCSessionDescription};

use super::Inner;
use super::media::Agreed;
use crate::candidates::RemoteCandidates;
use crate::config::Bind;
use crate::error::Error;
use crate::events::{Candidate, Description, DescriptionKind, Event};
use crate::interfaces;
use crate::negotiation::{DtlsRole, Exchange, Outcome, Step, check, decide, ice_user};
use crate::refusal::{Refusals, first_in_use, with_mids};
use crate::tracks::Kind;

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
    /// The next offer restarts ICE.
    restart: bool,
    /// The open offer restarts ICE.
    restarting: bool,
    /// That offer, not applied yet: the stack gives the path in use up for it, and until its answer comes there is
    /// nothing to put in its place. The other side may be away from the server, and the path come back by itself.
    held: Option<RTCSessionDescription>,
    candidates: RemoteCandidates,
    /// The addresses that sockets were last opened on; empty where they are given.
    addresses: Vec<IpAddr>,
    /// The other side's ICE user name: another one is another path (RFC 8445 §2.4).
    remote: Option<String>,
    /// Sections that the last exchange refused.
    refused: Refusals,
    /// The last offer of ours.
    offered: String,
}

impl State {
    pub(super) fn new(bind: &Bind) -> Self {
        Self {
            exchange: Exchange::Stable,
            role: None,
            ignoring: false,
            remote_known: false,
            early: Vec::new(),
            restart: false,
            restarting: false,
            held: None,
            candidates: RemoteCandidates::default(),
            addresses: addresses(bind).unwrap_or_default(),
            remote: None,
            refused: Refusals::default(),
            offered: String::new(),
        }
    }

    /// Their description is in force now; true where it asks for another path than before.
    fn described(&mut self, sdp: &str) -> bool {
        let user = ice_user(sdp).map(str::to_owned);
        let before = std::mem::replace(&mut self.remote, user);
        before.is_some() && before != self.remote
    }
}

/// What sockets would be opened on now; `None` where that does not change.
fn addresses(bind: &Bind) -> Option<Vec<IpAddr>> {
    match bind {
        Bind::Interfaces => interfaces::usable().ok(),
        Bind::Addresses(_) => None,
    }
}

fn is_offline(addresses: &[IpAddr]) -> bool {
    addresses.iter().all(IpAddr::is_loopback)
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
        if restarting && let Some(now) = addresses(&self.bind) {
            // It would open sockets that lead nowhere, and its answer would be waited for.
            if is_offline(&now) && !is_offline(&state.addresses) {
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
            .map_err(refused)?;
        let sdp = state.refused.for_them(&offer.sdp);
        self.tell_candidates_for(&sdp);
        if restarting {
            state.held = Some(offer);
        } else {
            self.stack
                .set_local_description(offer)
                .await
                .map_err(refused)?;
        }
        state.exchange = Exchange::Offered;
        state.restarting = restarting;
        state.restart &= !restarting;
        state.offered.clone_from(&sdp);
        self.note_sections(None).await;
        Ok(Description {
            kind: DescriptionKind::Offer,
            sdp,
        })
    }

    pub(super) async fn restart_ice(self: &Arc<Self>) {
        let mut state = self.exchange.lock().await;
        // An open offer that does it already is enough: sockets are opened when its answer comes.
        if !state.restarting {
            state.restart = true;
        }
        drop(state);
        self.tell(Event::NegotiationNeeded);
    }

    /// Candidates that are found from now on belong to a section of `sdp` that is not refused: a browser drops those
    /// of one that is. The stack names none of its own.
    fn tell_candidates_for(&self, sdp: &str) {
        *super::guard(&self.candidate_section) = first_in_use(sdp);
    }

    pub(super) async fn lacks_codec(&self, kind: Kind) -> bool {
        self.exchange.lock().await.refused.lacks_codec(kind)
    }

    pub(super) async fn restart_wanted(&self) -> bool {
        self.exchange.lock().await.restart
    }

    pub(super) async fn is_repeated(&self, answer: &str) -> Option<bool> {
        let state = self.exchange.lock().await;
        state
            .restarting
            .then(|| ice_user(answer) == state.remote.as_deref())
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
            Step::Settle => {
                let settled = self.settle(&mut state, description.sdp).await;
                if settled.is_err() {
                    // No other answer would be better; what it was for is still wanted.
                    let _ = self.take_back(&mut state).await;
                    state.exchange = Exchange::Stable;
                }
                settled
            }
            Step::Answer => self.answer(&mut state, description.sdp).await,
            Step::GiveWay => {
                // Read it first: an offer that cannot be read must not cost us ours.
                RTCSessionDescription::offer(description.sdp.clone()).map_err(refused)?;
                self.take_back(&mut state).await?;
                let outcome = self.answer(&mut state, description.sdp).await;
                // What our offer was for is still wanted.
                self.tell(Event::NegotiationNeeded);
                outcome
            }
        }
    }

    /// Applies the offer that was held until its answer came.
    async fn apply_held(&self, state: &mut State) -> Result<(), Error> {
        let Some(held) = state.held.take() else {
            return Ok(());
        };
        state.addresses = addresses(&self.bind).unwrap_or_default();
        self.stack
            .set_local_description(held)
            .await
            .map_err(refused)
    }

    async fn take_back(&self, state: &mut State) -> Result<(), Error> {
        // The stack must know of it to forget the credentials that it has.
        self.apply_held(state).await?;
        self.stack
            .set_local_description(rollback())
            .await
            .map_err(refused)?;
        state.exchange = Exchange::Stable;
        state.restart |= std::mem::take(&mut state.restarting);
        self.forget_sections();
        Ok(())
    }

    /// A description without the candidates that are too many.
    fn thin(&self, state: &mut State, sdp: &str) -> String {
        if ice_user(sdp) != state.remote.as_deref() {
            state.candidates.begin();
        }
        let (sdp, left_out) = state.candidates.thin(sdp);
        self.candidates_left_out
            .fetch_add(left_out, Ordering::Relaxed);
        sdp
    }

    async fn settle(self: &Arc<Self>, state: &mut State, sdp: String) -> Result<Outcome, Error> {
        let sdp = with_mids(&self.thin(state, &sdp), &state.offered);
        let refusals = state.refused.after_answer(&sdp);
        let answer = refusals.for_stack(DescriptionKind::Answer, &sdp);
        let answer = RTCSessionDescription::answer(answer).map_err(refused)?;
        let role = DtlsRole::from_remote_answer(&sdp);
        self.apply_held(state).await?;
        self.stack
            .set_remote_description(answer)
            .await
            .map_err(refused)?;
        state.exchange = Exchange::Stable;
        state.role = state.role.or(role);
        state.restarting = false;
        state.refused = refusals;
        state.described(&sdp);
        self.settled(state, &sdp).await;
        Ok(Outcome::Settled)
    }

    async fn answer(self: &Arc<Self>, state: &mut State, sdp: String) -> Result<Outcome, Error> {
        let sdp = self.thin(state, &sdp);
        let refusals = state.refused.after_offer(&sdp);
        let offer = refusals.for_stack(DescriptionKind::Offer, &sdp);
        let offer = RTCSessionDescription::offer(offer).map_err(refused)?;
        let answer = match self.answer_to(offer, &refusals).await {
            Ok(answer) => answer,
            Err(error) => {
                // The stack stops half-way and stays there: back to where no offer is open.
                let _ = self.stack.set_remote_description(rollback()).await;
                return Err(refused(error));
            }
        };
        state.refused = refusals;
        let role = *state
            .role
            .get_or_insert(DtlsRole::from_local_answer(&answer).unwrap_or(DtlsRole::Server));
        if state.described(&sdp) {
            // Answering it opened sockets anew: a restart of ours would only do that again.
            state.restart = false;
            state.addresses = addresses(&self.bind).unwrap_or_default();
        }
        self.settled(state, &sdp).await;
        Ok(Outcome::Answer(Description {
            kind: DescriptionKind::Answer,
            sdp: role.keep(&answer),
        }))
    }

    /// The answer for the other side.
    async fn answer_to(
        &self,
        offer: RTCSessionDescription,
        refused: &Refusals,
    ) -> Result<String, webrtc::error::Error> {
        self.stack.set_remote_description(offer).await?;
        let answer = self.stack.create_answer(None).await?;
        let sdp = refused.for_them(&answer.sdp);
        self.tell_candidates_for(&sdp);
        self.stack.set_local_description(answer).await?;
        Ok(sdp)
    }

    /// `theirs` is in force now, and an answer with it.
    async fn settled(self: &Arc<Self>, state: &mut State, theirs: &str) {
        if state.restart {
            // Asked for while an exchange was open, so the caller's offer was refused then.
            self.tell(Event::NegotiationNeeded);
        }
        state.remote_known = true;
        for candidate in std::mem::take(&mut state.early) {
            // One bad candidate among good ones costs a path, not the connection.
            let _ = self.hand_over(state, candidate).await;
        }
        let agreed = Agreed {
            theirs,
            refused: &state.refused,
        };
        self.note_sections(Some(agreed)).await;
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
        match self.hand_over(&mut state, candidate).await {
            Err(_) if state.ignoring => Ok(()),
            result => result,
        }
    }

    async fn hand_over(&self, state: &mut State, candidate: Candidate) -> Result<(), Error> {
        // The end of candidates needs nothing from us: new ones may always come from the network itself.
        if candidate.candidate.is_empty() {
            return Ok(());
        }
        let text = candidate.candidate.trim_start_matches("candidate:");
        unmarshal_candidate(text).map_err(|error| Error::Candidate(error.to_string()))?;
        if !state.candidates.admit(text) {
            self.candidates_left_out.fetch_add(1, Ordering::Relaxed);
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
