//! Maru's native call engine, for webviews without `RTCPeerConnection`.
//!
//! The webview captures, encodes, decodes and renders video. Everything else is here: a [`maru_peer::Peer`] per
//! participant, microphone and loudspeaker, and a WebSocket on the loopback interface that carries encoded video frames
//! between the page's worker and the peer connections.
//!
//! # Rules it keeps
//!
//! - **The page decides, the engine executes.** [`Command`]s come in, [`EngineEvent`]s go out. They implement the `Link`
//!   of `ui/src/engine/types.ts`, so that the call does not depend on which engine carries it.
//! - **A closed page leaves nothing open.** [`Engine::open`] and [`Engine::close_page`] close the earlier page's links,
//!   microphone and media socket, and revoke its token.
//! - **One encoder feeds all links** (decision 0040): its bitrate follows the slowest link above a floor, and a link that
//!   cannot keep up waits for a keyframe instead of slowing down the others.
//! - **Nothing waits for a slow reader, and every queue is bounded.** Video that does not fit is dropped up to the next
//!   keyframe.
//!
//! # Map
//!
//! | Modules | Content |
//! |---|---|
//! | `engine` | the handle, the page that has it open, and its microphone |
//! | `command`, `event`, `device`, `stats`, `config`, `error`, `ids` | public types |
//! | `link` | one connection to one participant: `task` owns it, `negotiation` performs what `maru-negotiation` decides |
//! | `link::av_sync` | when a video frame is to be rendered to match the audio (no I/O) |
//! | `frame_router` | which frame goes to which link, keyframe requests, and the encoders' bitrates |
//! | `media_socket` | the WebSocket server for the worker, and who may connect |
//! | `wire` | the media socket's messages |
//! | `audio_loss` | the loss that our audio's FEC is prepared for |

mod audio_loss;
mod command;
mod config;
mod device;
mod engine;
mod error;
mod event;
mod frame_router;
mod ids;
mod link;
mod media_socket;
mod stats;
mod wire;

pub use command::Command;
pub use config::{Config, SoundDevices};
pub use device::{Device, Microphone};
pub use engine::Engine;
pub use error::EngineError;
pub use event::{EngineEvent, LinkProblem, LinkStatus, RemoteLevel, RemoteStream};
pub use ids::{FIRST_ENGINE_STREAM, LinkId, StreamId};
pub use maru_sound::SoundErrorCode;
pub use media_socket::MediaEndpoint;
pub use stats::{LinkStats, TrackStats};
