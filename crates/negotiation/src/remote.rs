//! Whose descriptions are in force.

use crate::sdp;

/// The other side as its last accepted description showed it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Remote {
    session: Option<String>,
    fingerprint: Option<String>,
    ice_ufrag: Option<String>,
}

impl Remote {
    pub(crate) fn of(description: &str) -> Self {
        Self {
            session: sdp::session(description),
            fingerprint: sdp::fingerprint(description).map(str::to_owned),
            ice_ufrag: sdp::ice_ufrag(description).map(str::to_owned),
        }
    }

    /// `offer` is out of another connection: the other side began again.
    pub(crate) fn is_another_session(&self, offer: &str) -> bool {
        self.session.is_some() && self.session != sdp::session(offer)
    }

    /// `answer` is out of another connection. By the certificate as well: there are peers that write another `o=` line
    /// into each description (aiortc), and an offer of theirs may be given a new connection where an answer cannot.
    pub(crate) fn is_another_connection(&self, answer: &str) -> bool {
        let fingerprint = sdp::fingerprint(answer);
        self.is_another_session(answer)
            && self.fingerprint.is_some()
            && fingerprint.is_some()
            && self.fingerprint.as_deref() != fingerprint
    }

    /// `description` has the ICE credentials in force.
    pub(crate) fn has_credentials_of(&self, description: &str) -> bool {
        self.ice_ufrag.as_deref() == sdp::ice_ufrag(description)
    }

    /// A description took effect; true where it restarted ICE.
    pub(crate) fn accept(&mut self, description: &str) -> bool {
        let restarted = self.ice_ufrag.is_some() && !self.has_credentials_of(description);
        *self = Self::of(description);
        restarted
    }
}
