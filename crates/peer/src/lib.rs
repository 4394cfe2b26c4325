//! The native WebRTC peer: one connection to one other participant, with encoded media in and out.
//!
//! # What it is
//!
//! [`Peer`] gathers candidates, negotiates, encrypts, paces, repairs loss and estimates bandwidth. It does
//! not capture, encode, decode, mix or play: it takes whole encoded frames ([`LocalTrack::write`]) and gives
//! whole encoded frames ([`RemoteTrack::recv`]). VP8 and Opus only, one data channel kind.
//!
//! # Rules it keeps
//!
//! - **Nothing of the WebRTC stack is visible.** The stack (decision 0010) can be replaced without a change
//!   outside this crate; `tests/the_stack_does_not_leak.rs` watches that.
//! - **Nothing waits for a slow reader, and nothing grows.** Every queue has a limit named where it is made.
//!   Media beyond it is dropped and a keyframe asked for; a data channel beyond it is closed; a peer whose
//!   events nobody reads is closed.
//! - **Closing is prompt and complete.** After [`Peer::close`] no task, socket or timer of it is left.
//! - **Frames of a video track come in decoding order without gaps.** A gap is repaired by retransmission or
//!   ends with a keyframe; either is asked for here, not by the caller.
//!
//! # Map
//!
//! `peer` the handle; `negotiation` who gives way, `sdp` and `refusal` which sections of a description are (no I/O); `events` what happens; `tracks` media in and
//! out; `channel` data channels; `rtp` payloads and frame assembly (no I/O); `repair` missing packets;
//! `pace` bandwidth and pacing; `stack` everything that configures the stack; `socket` the tuned socket;
//! `handshake` DTLS over lossy paths; `turn` TURN over TCP and TLS; `network` interfaces coming and going; `stats`
//! figures.

mod candidates;
mod channel;
mod checks;
mod clock;
mod config;
mod error;
mod events;
mod handshake;
mod interfaces;
mod negotiation;
mod network;
mod pace;
mod peer;
mod refusal;
mod repair;
mod rtp;
mod sdp;
mod socket;
mod stack;
mod stats;
mod tracks;
mod turn;

pub use channel::{Channel, ChannelOptions, Message};
pub use config::{Bind, Config, IceServer, Timing};
pub use error::{Error, ServerError};
pub use events::{Candidate, ConnectionState, Description, DescriptionKind, Event, Events};
pub use negotiation::Outcome;
pub use network::NetworkWatch;
pub use peer::Peer;
pub use stats::{PathStats, Stats, TrackStats};
pub use tracks::{
    AudioLevel, Frame, Kind, LocalTrack, OutgoingFrame, RemoteTrack, SenderClock, SenderTime,
};
