//! The state of the offer/answer exchange.

use std::net::IpAddr;

use webrtc::peer_connection::RTCSessionDescription;

use crate::candidate_filter::CandidateFilter;
use crate::config::Bind;
use crate::description::Candidate;
use crate::interfaces;
use crate::negotiation::{DtlsRole, SignalingState, ice_ufrag};
use crate::rejection::RejectedSections;

/// The state of the exchange. Its lock is held across each operation, so that operations never interleave.
pub(super) struct Signaling {
    pub(super) state: SignalingState,
    pub(super) role: Option<DtlsRole>,
    /// The last remote offer was ignored, and errors of its candidates are too.
    pub(super) ignore_offer: bool,
    pub(super) has_remote_description: bool,
    /// Candidates that came before their description.
    pub(super) early_candidates: Vec<Candidate>,
    /// The next offer restarts ICE.
    pub(super) restart: bool,
    /// The pending offer restarts ICE.
    pub(super) restarting: bool,
    /// The pending offer, if it restarts ICE: it is applied only with its answer. The stack abandons the selected path as
    /// soon as it is applied, and without an answer there is no other: the remote peer may be away from the server, and
    /// the path may recover by itself.
    pub(super) deferred_offer: Option<RTCSessionDescription>,
    pub(super) candidate_filter: CandidateFilter,
    /// The local addresses at the time sockets were last opened; empty for [`Bind::Addresses`].
    pub(super) addresses: Vec<IpAddr>,
    /// The remote ICE user name fragment. A new one means another ICE generation (RFC 8445 §2.4).
    remote_ufrag: Option<String>,
    /// Media sections rejected by the last exchange.
    pub(super) rejected: RejectedSections,
    /// The last local offer.
    pub(super) offered: String,
}

impl Signaling {
    pub(super) fn new(bind: &Bind) -> Self {
        Self {
            state: SignalingState::Stable,
            role: None,
            ignore_offer: false,
            has_remote_description: false,
            early_candidates: Vec::new(),
            restart: false,
            restarting: false,
            deferred_offer: None,
            candidate_filter: CandidateFilter::default(),
            addresses: local_addresses(bind).unwrap_or_default(),
            remote_ufrag: None,
            rejected: RejectedSections::default(),
            offered: String::new(),
        }
    }

    /// Whether a description has the ICE credentials of the last remote one.
    pub(super) fn is_same_generation(&self, sdp: &str) -> bool {
        ice_ufrag(sdp) == self.remote_ufrag.as_deref()
    }

    /// A remote description was applied. Returns whether it restarted ICE.
    pub(super) fn on_remote_description(&mut self, sdp: &str) -> bool {
        let ufrag = ice_ufrag(sdp).map(str::to_owned);
        let before = std::mem::replace(&mut self.remote_ufrag, ufrag);
        before.is_some() && before != self.remote_ufrag
    }
}

/// The local addresses that sockets would be opened on now; `None` where they are configured or cannot be read.
pub(super) fn local_addresses(bind: &Bind) -> Option<Vec<IpAddr>> {
    match bind {
        Bind::Interfaces => interfaces::usable().ok(),
        Bind::Addresses(_) => None,
    }
}
