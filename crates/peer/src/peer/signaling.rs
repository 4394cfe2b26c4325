//! The state of the offer/answer exchange.

use std::net::IpAddr;

use webrtc::peer_connection::RTCSessionDescription;

use crate::candidate::Candidate;
use crate::candidate_filter::CandidateFilter;
use crate::config::Bind;
use crate::dtls_role::DtlsRole;
use crate::interfaces;
use crate::rejection::RejectedSections;
use crate::sdp::ice_ufrag;

/// A local offer without an answer (signaling state `have-local-offer`, W3C WebRTC §4.3.1).
pub(super) struct PendingOffer {
    /// As it was sent.
    pub(super) sdp: String,
    /// Set if it restarts ICE: it is applied only with its answer. The stack abandons the selected path as soon as it is
    /// applied, and without an answer there is no other: the remote peer may be away from the server, and the path may
    /// recover by itself.
    pub(super) deferred: Option<RTCSessionDescription>,
}

/// The state of the exchange. Its lock is held across each operation, so that operations never interleave. An offer is
/// answered as soon as it is applied, so that there is no pending remote offer.
pub(super) struct Signaling {
    pub(super) pending_offer: Option<PendingOffer>,
    pub(super) role: Option<DtlsRole>,
    pub(super) has_remote_description: bool,
    /// Candidates that came before their description.
    pub(super) early_candidates: Vec<Candidate>,
    pub(super) candidate_filter: CandidateFilter,
    /// The local addresses at the time sockets were last opened; empty for [`Bind::Addresses`].
    pub(super) addresses: Vec<IpAddr>,
    /// The remote ICE user name fragment. A new one means another ICE generation (RFC 8445 §2.4).
    remote_ufrag: Option<String>,
    /// Media sections rejected by the last exchange.
    pub(super) rejected: RejectedSections,
}

impl Signaling {
    pub(super) fn new(bind: &Bind) -> Self {
        Self {
            pending_offer: None,
            role: None,
            has_remote_description: false,
            early_candidates: Vec::new(),
            candidate_filter: CandidateFilter::default(),
            addresses: local_addresses(bind).unwrap_or_default(),
            remote_ufrag: None,
            rejected: RejectedSections::default(),
        }
    }

    /// A remote description was applied. Returns whether it restarted ICE.
    pub(super) fn on_remote_description(&mut self, sdp: &str) -> bool {
        let ufrag = ice_ufrag(sdp).map(str::to_owned);
        let before = std::mem::replace(&mut self.remote_ufrag, ufrag);
        if before == self.remote_ufrag {
            return false;
        }
        self.candidate_filter.reset();
        before.is_some()
    }
}

/// The local addresses that sockets would be opened on now; `None` where they are configured or cannot be read.
pub(super) fn local_addresses(bind: &Bind) -> Option<Vec<IpAddr>> {
    match bind {
        Bind::Interfaces => interfaces::usable().ok(),
        Bind::Addresses(_) => None,
    }
}
