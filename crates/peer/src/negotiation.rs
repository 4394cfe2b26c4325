//! Perfect negotiation (W3C WebRTC §10.7) and the DTLS role that goes with it. No I/O.

use crate::description::{Description, DescriptionKind};

/// The result of applying a remote description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// An offer was applied; send this answer back.
    Answer(Description),
    /// An answer was applied.
    Settled,
    /// An offer was ignored: both peers offered, and this one is impolite. The offer's candidates are ignored too.
    Ignored,
    /// An answer was ignored: the offer it is for was rolled back.
    Stale,
}

/// The signaling state (W3C WebRTC §4.3.1). Answers are made as soon as an offer is applied, so that
/// `have-remote-offer` is never visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignalingState {
    /// No offer is pending.
    Stable,
    /// A local offer is pending.
    HaveLocalOffer,
}

/// What to do with a remote description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Apply the offer and answer it.
    Answer,
    /// Roll the local offer back, apply the remote one and answer it. Negotiation is needed again afterwards.
    RollBackAndAnswer,
    /// Apply the answer.
    ApplyAnswer,
    /// Ignore the offer.
    Ignore,
    /// Ignore the answer: its offer was rolled back.
    IgnoreStale,
}

/// Decides what to do with a remote description.
pub(crate) fn decide(state: SignalingState, polite: bool, kind: DescriptionKind) -> Action {
    match (kind, state, polite) {
        (DescriptionKind::Offer, SignalingState::Stable, _) => Action::Answer,
        (DescriptionKind::Offer, SignalingState::HaveLocalOffer, true) => Action::RollBackAndAnswer,
        (DescriptionKind::Offer, SignalingState::HaveLocalOffer, false) => Action::Ignore,
        (DescriptionKind::Answer, SignalingState::HaveLocalOffer, _) => Action::ApplyAnswer,
        (DescriptionKind::Answer, SignalingState::Stable, _) => Action::IgnoreStale,
    }
}

/// The local DTLS role (RFC 8842): decided by the first answer, and the same in every later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DtlsRole {
    Client,
    Server,
}

impl DtlsRole {
    /// The local role that follows from a remote answer.
    pub(crate) fn from_remote_answer(sdp: &str) -> Option<Self> {
        match setup(sdp)? {
            "active" => Some(Self::Server),
            "passive" => Some(Self::Client),
            _ => None,
        }
    }

    /// The local role that follows from a local answer.
    pub(crate) fn from_local_answer(sdp: &str) -> Option<Self> {
        match setup(sdp)? {
            "active" => Some(Self::Client),
            "passive" => Some(Self::Server),
            _ => None,
        }
    }

    /// Writes this role into a local answer. The stack answers with one fixed role; a browser that offered in the other
    /// one refuses such an answer with "Failed to set SSL role".
    pub(crate) fn write_into(self, answer: &str) -> String {
        let setup = match self {
            Self::Client => "a=setup:active",
            Self::Server => "a=setup:passive",
        };
        let mut written = String::with_capacity(answer.len());
        for line in answer.split_inclusive('\n') {
            let text = line.trim_end();
            if text.starts_with("a=setup:") {
                written.push_str(setup);
                written.push_str(&line[text.len()..]);
            } else {
                written.push_str(line);
            }
        }
        written
    }
}

/// The ICE user name fragment (RFC 8839 §5.4). It changes with every ICE restart.
pub(crate) fn ice_ufrag(sdp: &str) -> Option<&str> {
    sdp.lines()
        .find_map(|line| line.strip_prefix("a=ice-ufrag:"))
}

/// Checks for what every description of a browser has. Without it the stack applies a description half and then fails.
///
/// # Errors
///
/// What is missing, for the error's text.
pub(crate) fn check(sdp: &str) -> Result<(), &'static str> {
    let has = |prefix: &str| sdp.lines().any(|line| line.starts_with(prefix));
    for (prefix, name) in [
        ("m=", "media section"),
        ("a=ice-ufrag:", "ICE user name"),
        ("a=ice-pwd:", "ICE password"),
        ("a=fingerprint:", "fingerprint"),
        ("a=mid:", "mid"),
    ] {
        if !has(prefix) {
            return Err(name);
        }
    }
    Ok(())
}

fn setup(sdp: &str) -> Option<&str> {
    sdp.lines()
        .find_map(|line| line.trim_end().strip_prefix("a=setup:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_colliding_offers_exactly_one_is_rolled_back() {
        let actions = [true, false].map(|polite| {
            decide(
                SignalingState::HaveLocalOffer,
                polite,
                DescriptionKind::Offer,
            )
        });
        assert_eq!(actions, [Action::RollBackAndAnswer, Action::Ignore]);
    }

    #[test]
    fn an_answer_to_an_offer_that_was_rolled_back_is_ignored() {
        assert_eq!(
            decide(SignalingState::Stable, true, DescriptionKind::Answer),
            Action::IgnoreStale
        );
    }

    #[test]
    fn the_role_of_the_first_answer_is_written_into_every_section() {
        let answer = "v=0\r\na=setup:passive\r\nm=x\r\na=setup:passive\r\n";
        assert_eq!(DtlsRole::from_remote_answer(answer), Some(DtlsRole::Client));
        assert_eq!(
            DtlsRole::Client.write_into(answer),
            "v=0\r\na=setup:active\r\nm=x\r\na=setup:active\r\n"
        );
    }
}
