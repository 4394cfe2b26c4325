//! What goes into a [`Negotiator`](crate::Negotiator) and what comes out.

use std::collections::BTreeMap;

use maru_protocol::{Open, SdpType, Source};

/// Where a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Before the first path.
    Connecting,
    /// There is a path.
    Connected,
    /// The path was lost, and another is looked for without end.
    Reconnecting,
    /// No path was ever found. Left by [`Event::RestartRequested`] or by an offer of the other side.
    Failed,
}

/// `RTCPeerConnectionState` as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// ICE and DTLS are connected.
    Connected,
    /// No answers for a moment; often over by itself.
    Disconnected,
    /// The ICE agent gave up.
    Failed,
}

/// An offer or answer, and what its sections carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionDescription {
    /// SDP text (RFC 8866).
    pub sdp: String,
    /// `PeerSignal::Description::tracks`.
    pub tracks: Option<BTreeMap<String, Open<Source>>>,
    /// `PeerSignal::Description::offer_id`. Set by the negotiator in what is to be sent.
    pub offer_id: Option<String>,
}

/// A description of the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteDescription {
    /// Offer or answer.
    pub kind: SdpType,
    /// Its text, as its author wrote it: browsers change the `o=` line of what they give back.
    pub description: SessionDescription,
}

/// Why there is no offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoOffer {
    /// The machine has no network: the offer is due again when a new path is asked for.
    NoNetwork,
    /// Anything else, for a person to read.
    Error(String),
}

/// Input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The other side sent an offer or an answer.
    Description(RemoteDescription),
    /// Tracks, directions or channels of ours are in no description yet.
    NegotiationNeeded,
    /// The connection in use changed state.
    Transport(Transport),
    /// A person or a changed network asks for a new path.
    RestartRequested,
    /// Whether this side gives way when two offers cross.
    Polite(bool),
    /// The time of [`Negotiator::poll_timeout`](crate::Negotiator::poll_timeout) came. Harmless when early.
    Timeout,
    /// The connection cannot do what it is asked to. For a person to read.
    Failed(String),
    /// Of [`Action::Begin`].
    Begun(Result<(), String>),
    /// Of [`Action::CreateOffer`].
    OfferCreated(Result<SessionDescription, NoOffer>),
    /// Of [`Action::ApplyOffer`]: the answer, which is set already.
    OfferApplied {
        /// Our answer.
        outcome: Result<SessionDescription, String>,
        /// Something of ours is in no section of that exchange.
        needs_offer: bool,
    },
    /// Of [`Action::ApplyAnswer`].
    AnswerApplied(Result<(), String>),
    /// Of [`Action::Replace`].
    Replaced(Result<(), String>),
}

/// Which connection an offer goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferTarget {
    /// The one there is. A pending offer of ours is rolled back first, but not for an offer that cannot be read.
    Current {
        /// The first description of this connection: add what we send, so that the answer carries both directions.
        first: bool,
    },
    /// A new one, with what we send. It takes the place of the one there is if the offer can be applied; otherwise it is
    /// closed and the one there is stays as it is.
    New,
}

/// Output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Add the data channel and what we send: this side offers first. Outcome: [`Event::Begun`].
    Begin,
    /// Create an offer, set it, and report it. Outcome: [`Event::OfferCreated`].
    CreateOffer {
        /// With new ICE credentials (RFC 8445 §9).
        ice_restart: bool,
    },
    /// Apply an offer, create an answer, set it, and report it. Outcome: [`Event::OfferApplied`].
    ApplyOffer {
        /// The offer.
        offer: SessionDescription,
        /// Which connection it goes to.
        target: OfferTarget,
    },
    /// Apply an answer. Where that fails, roll our offer back. Outcome: [`Event::AnswerApplied`].
    ApplyAnswer(SessionDescription),
    /// Make a new connection, with nothing in it, and close the one there is. Outcome: [`Event::Replaced`].
    Replace,
    /// Send it to the other side. The same may be sent several times.
    Send {
        /// Offer or answer.
        kind: SdpType,
        /// Which.
        description: SessionDescription,
    },
    /// [`Negotiator::status`](crate::Negotiator::status) or its detail changed.
    StatusChanged,
}
