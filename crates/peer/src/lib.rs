//! The native WebRTC peer: one connection to one remote peer, with encoded media in and out.
//!
//! # What it is
//!
//! [`Peer`] gathers candidates, negotiates, encrypts, paces, recovers lost packets and estimates bandwidth. It does not
//! capture, encode, decode, mix or play: it takes whole encoded frames ([`LocalTrack::write`]) and returns whole encoded
//! frames ([`RemoteTrack::recv`]). Video is VP8, audio is Opus, data channels are reliable, and ordered or not.
//!
//! With [`Config::media`] false it is a connection for data channels only.
//!
//! It has the operations of an `RTCPeerConnection` and no policy: which of two crossing offers is applied, when one is
//! made, repeated or restarts ICE, is decided by the caller.
//!
//! # Invariants
//!
//! - **Nothing of the WebRTC stack is public.** The stack (decision 0010) can be replaced without a change outside this
//!   crate; `tests/the_stack_does_not_leak.rs` checks that.
//! - **A slow reader stops nothing but its sender, and memory is bounded.** Every queue has a limit, named where it is made.
//!   Media beyond it is dropped and a keyframe requested; a data channel beyond it stalls the remote peer, and is closed
//!   after 20 s; a peer whose events are not read is closed.
//! - **Closing is prompt and complete.** After [`Peer::close`] no task, socket or timer of the peer is left.
//! - **Frames of a video track arrive in decoding order without gaps.** A gap is closed by a retransmission or ends with a
//!   keyframe; both are requested here, not by the caller.
//!
//! # Map
//!
//! | Modules | Content |
//! |---|---|
//! | `peer` | the handle: negotiation, candidates, tracks and channels on the stack |
//! | `config`, `error`, `events`, `candidate`, `connection_state`, `kind`, `stats` | public types |
//! | `sdp`, `rejection`, `dtls_role`, `candidate_filter`, `fingerprints` | reading and rewriting descriptions and candidates (no I/O) |
//! | `validation` | checks of remote descriptions before they are applied |
//! | `tracks`, `channel` | media and data |
//! | `rtp` | payloads, sequence numbers, frame assembly (no I/O) |
//! | `pace`, `repair`, `interceptor` | interceptors: bandwidth estimate, pacer, RTCP; NACK and RTX |
//! | `stack`, `runtime` | the stack's configuration, and the runtime under it |
//! | `checks`, `handshake`, `records`, `turn`, `stun` | layers around the UDP socket: check rate, DTLS retransmission, data after an outage, TURN over TCP and TLS |
//! | `udp`, `resolve`, `interfaces`, `network` | buffers, names, local addresses and their changes |

mod candidate;
mod candidate_filter;
mod channel;
mod checks;
mod clock;
mod config;
mod connection_state;
mod dtls_role;
mod error;
mod events;
mod fingerprints;
mod handshake;
mod interceptor;
mod interfaces;
mod kind;
mod lock;
mod network;
mod pace;
mod peer;
mod records;
mod rejection;
mod repair;
mod resolve;
mod rtp;
mod runtime;
mod sdp;
mod stack;
mod stats;
mod stun;
mod tracks;
mod turn;
mod udp;
mod validation;

pub use candidate::Candidate;
pub use channel::{Channel, ChannelOptions, ChannelReceiver, ChannelSender, Message, TrySendError};
pub use config::{Bind, Config, IceServer, Timing};
pub use connection_state::ConnectionState;
pub use error::{Error, ServerError};
pub use events::{Event, Events};
pub use fingerprints::Fingerprints;
pub use kind::Kind;
pub use network::NetworkWatch;
pub use peer::Peer;
pub use rtp::sender_clock::{SenderClock, SenderTime};
pub use stats::{PathStats, Stats, TrackStats};
pub use tracks::{AudioLevel, Frame, LocalTrack, OutgoingFrame, RemoteTrack};
