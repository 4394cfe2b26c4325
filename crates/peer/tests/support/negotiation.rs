//! The caller's side of perfect negotiation (W3C WebRTC §10.7), without losses: what the tests need of
//! `maru-negotiation`.

use std::sync::Arc;

use maru_peer::{Candidate, Error, Peer};

/// A session description.
#[derive(Debug, Clone)]
pub enum Description {
    Offer(String),
    Answer(String),
}

pub struct Negotiation {
    peer: Arc<Peer>,
    polite: bool,
    /// Offers are made.
    pub may_offer: bool,
    pub needs_offer: bool,
    pub needs_restart: bool,
    pending: bool,
    /// The last remote offer was ignored, and its candidates are too.
    ignores_offer: bool,
}

impl Negotiation {
    pub fn new(peer: Arc<Peer>, polite: bool) -> Self {
        Self {
            peer,
            polite,
            may_offer: false,
            needs_offer: false,
            needs_restart: false,
            pending: false,
            ignores_offer: false,
        }
    }

    /// The offer to send now, if one is needed and possible.
    pub async fn offer_if_needed(&mut self) -> Option<Description> {
        if !self.may_offer || self.pending || !(self.needs_offer || self.needs_restart) {
            return None;
        }
        let offer = self.peer.create_offer(self.needs_restart).await.unwrap();
        self.needs_offer = false;
        self.needs_restart = false;
        self.pending = true;
        Some(Description::Offer(offer))
    }

    /// Takes a remote description. Returns the answer to send; [`Self::offer_if_needed`] follows.
    pub async fn apply(&mut self, description: Description) -> Option<Description> {
        match description {
            Description::Offer(offer) => {
                self.ignores_offer = self.pending && !self.polite;
                if self.ignores_offer {
                    return None;
                }
                let answer = self.peer.apply_offer(&offer).await.unwrap();
                self.needs_offer |= std::mem::take(&mut self.pending);
                Some(Description::Answer(answer))
            }
            Description::Answer(answer) => {
                if self.pending {
                    self.peer.apply_answer(&answer).await.unwrap();
                    self.pending = false;
                } else {
                    // Its offer was rolled back.
                    let refused = self.peer.apply_answer(&answer).await;
                    assert_eq!(refused, Err(Error::NoOfferPending));
                }
                None
            }
        }
    }

    pub async fn add_candidate(&self, candidate: Candidate) {
        let added = self.peer.add_candidate(candidate).await;
        assert!(added.is_ok() || self.ignores_offer, "{added:?}");
    }
}
