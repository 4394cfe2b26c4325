//! Who gives way (W3C WebRTC §10.7, "perfect negotiation"), without I/O.

use crate::events::{Description, DescriptionKind};

/// What came of a remote description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// An offer was taken; send this answer back.
    Answer(Description),
    /// An answer was taken.
    Settled,
    /// Ours stands: both offered and this side is impolite. Its candidates are ignored too.
    Ignored,
    /// An answer to nothing: it was for an offer we took back.
    Stale,
}

/// Where the offer/answer exchange stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exchange {
    /// No offer is open.
    Stable,
    /// Ours is out.
    Offered,
}

/// What to do with a remote description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Apply it and answer.
    Answer,
    /// Take ours back, then apply it and answer; afterwards ours is due again.
    GiveWay,
    /// Apply it.
    Settle,
    /// Leave it.
    Ignore,
    /// Leave it, it answers an offer taken back.
    Stale,
}

/// Decides on a remote description.
pub(crate) fn decide(exchange: Exchange, polite: bool, kind: DescriptionKind) -> Step {
    match (kind, exchange, polite) {
        (DescriptionKind::Offer, Exchange::Stable, _) => Step::Answer,
        (DescriptionKind::Offer, Exchange::Offered, true) => Step::GiveWay,
        (DescriptionKind::Offer, Exchange::Offered, false) => Step::Ignore,
        (DescriptionKind::Answer, Exchange::Offered, _) => Step::Settle,
        (DescriptionKind::Answer, Exchange::Stable, _) => Step::Stale,
    }
}

/// Our side of DTLS (RFC 8842): settled by the first answer and never changed by a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DtlsRole {
    Client,
    Server,
}

impl DtlsRole {
    /// What the other side's answer makes of us.
    pub(crate) fn from_remote_answer(sdp: &str) -> Option<Self> {
        match setup(sdp)? {
            "active" => Some(Self::Server),
            "passive" => Some(Self::Client),
            _ => None,
        }
    }

    /// What our own answer makes of us.
    pub(crate) fn from_local_answer(sdp: &str) -> Option<Self> {
        match setup(sdp)? {
            "active" => Some(Self::Client),
            "passive" => Some(Self::Server),
            _ => None,
        }
    }

    /// `answer` with this role. The stack answers with one fixed role; a browser whose offer came from the
    /// other role then refuses with "Failed to set SSL role".
    pub(crate) fn keep(self, answer: &str) -> String {
        let role = match self {
            Self::Client => "a=setup:active",
            Self::Server => "a=setup:passive",
        };
        let mut kept = String::with_capacity(answer.len());
        for line in answer.split_inclusive('\n') {
            let text = line.trim_end();
            if text.starts_with("a=setup:") {
                kept.push_str(role);
                kept.push_str(&line[text.len()..]);
            } else {
                kept.push_str(line);
            }
        }
        kept
    }
}

/// Who the other side is to ICE (RFC 8839 §5.4): somebody else after every restart.
pub(crate) fn ice_user(sdp: &str) -> Option<&str> {
    sdp.lines()
        .find_map(|line| line.strip_prefix("a=ice-ufrag:"))
}

/// What every description a browser makes has, and none that the stack applies half-way and then refuses.
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
        ("a=mid:", "section name"),
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
    fn exactly_one_side_of_a_glare_gives_way() {
        let steps =
            [true, false].map(|polite| decide(Exchange::Offered, polite, DescriptionKind::Offer));
        assert_eq!(steps, [Step::GiveWay, Step::Ignore]);
    }

    #[test]
    fn an_answer_to_an_offer_taken_back_is_left() {
        assert_eq!(
            decide(Exchange::Stable, true, DescriptionKind::Answer),
            Step::Stale
        );
    }

    #[test]
    fn the_role_of_the_first_answer_is_kept_in_every_section() {
        let answer = "v=0\r\na=setup:passive\r\nm=x\r\na=setup:passive\r\n";
        assert_eq!(DtlsRole::from_remote_answer(answer), Some(DtlsRole::Client));
        assert_eq!(
            DtlsRole::Client.keep(answer),
            "v=0\r\na=setup:active\r\nm=x\r\na=setup:active\r\n"
        );
    }
}
