//! Negotiation and recovery of one link, without I/O: W3C "perfect negotiation" (WebRTC §10.7) over a signaling channel
//! that may lose and repeat messages, and ICE restarts for as long as a path is missing.
//!
//! A [`Negotiator`] belongs to one link: one participant, and one peer connection at a time. It decides; the owner
//! of the peer connection performs. [`Event`]s and the time go in, [`Action`]s come out.
//!
//! What can happen to it:
//! - from the other side: an offer or an answer, in any order, lost, repeated, late, or unusable
//!   ([`Event::Description`])
//! - from the peer connection: something of ours is in no description yet ([`Event::NegotiationNeeded`]); its ICE and
//!   DTLS state changed ([`Event::Transport`]); it cannot do what it is asked to ([`Event::Failed`])
//! - from the person or the network: a new path is asked for ([`Event::RestartRequested`])
//! - from the room: this side is polite now, or no longer ([`Event::Polite`])
//! - the outcome of an action ([`Event::Begun`], [`Event::OfferCreated`], [`Event::OfferApplied`],
//!   [`Event::AnswerApplied`], [`Event::Replaced`])
//! - the time of [`Negotiator::poll_timeout`] came ([`Event::Timeout`])
//!
//! **One action at a time.** After each event, call [`Negotiator::poll_action`] until it returns `None`, and perform each
//! action before the next call. An action with an outcome is followed by the event that reports it, before any other:
//! events of the connection that come meanwhile wait.
//!
//! **A link that works is not given up for a description that was not accepted.** An offer out of another connection is
//! applied to a second connection, which takes the place of the first only if that succeeds.
//!
//! **Nothing ends by itself.** A link that was connected once is tried again until it is closed; only a link that never
//! connected can fail, after 30 s.
//!
//! ICE candidates do not pass through here: only the path depends on them. The web client has the same rules in
//! `ui/src/engine/webview/`; `vectors/*.json` are replayed by both.

mod event;
mod history;
mod negotiator;
mod pending_offer;
mod recovery;
mod remote;
pub mod sdp;

pub use event::{
    Action, Event, NoOffer, OfferTarget, RemoteDescription, SessionDescription, Status, Transport,
};
pub use negotiator::{Negotiator, Options};
