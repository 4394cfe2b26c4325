//! Maru's native call engine: what a webview without `RTCPeerConnection` calls through.
//!
//! The webview captures, encodes, decodes and draws video. Everything else is here: a [`maru_peer::Peer`] per
//! participant, the sound card, and a socket on the loopback interface over which encoded frames travel
//! between the webview's worker and the connections.
//!
//! # Rules it keeps
//!
//! - **The interface decides, this carries out.** [`Command`]s come in, [`EngineEvent`]s go out; they are the
//!   `Link` of `ui/src/engine/types.ts`, so that the call does not know which engine carries it.
//! - **A page that is gone leaves nothing.** [`Engine::open`] ends every link, microphone and socket of the
//!   page before, and its token with them.
//! - **One encoder feeds all links** (decision 0040): its bitrate is what the narrowest path worth following
//!   takes, and a link that cannot keep up waits for a keyframe instead of slowing the others.
//! - **Nothing waits for a slow reader, and nothing grows.** Video a reader is too slow for is dropped up to
//!   the next keyframe.
//!
//! # Map
//!
//! `engine` the handle and who is linked; `command`, `event` what the interface says and hears; `link` one
//! connection: `task` (the only I/O), `negotiation` performs what `maru-negotiation` decides, `sections` which section
//! carries what; `media_socket` the loopback socket: `frame` its header, `gate` who may connect, `hub` which stream
//! goes where; `encode_plan` what each of our streams may cost.

mod command;
mod encode_plan;
mod engine;
mod event;
mod hub;
mod link;
mod media_socket;

pub use command::Command;
pub use engine::{Config, Engine, EngineError, Opened};
pub use event::{
    Device, EngineEvent, LinkFigures, LinkProblem, LinkStatus, MediaFigures, Microphone,
    RemoteLevel, RemoteStream,
};
pub use maru_sound::SoundErrorCode;

/// Names one direction of one track, on the media socket and in events. The interface numbers its video from
/// 1; microphones and everything remote begin at [`FIRST_OWN_STREAM`].
pub type StreamId = u32;
/// A link, numbered by the interface.
pub type LinkId = u32;

/// Streams from here on are numbered by the engine.
pub const FIRST_OWN_STREAM: StreamId = 1 << 31;
