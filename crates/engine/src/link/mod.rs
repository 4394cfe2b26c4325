//! One connection to one participant: the `Link` of `ui/src/engine/types.ts`.
//!
//! Inputs of a link, all read by its `task`:
//! - from the page: [`LinkRequest`]s, and dropping the [`LinkHandle`]
//! - from `maru-peer`: local candidates, connection state, remote tracks and data channels, keyframe requests, audio
//!   loss, bandwidth, unusable servers
//! - from its data channels: open, message, closed (`data_channels`)
//! - from its remote tracks: ended (`incoming`)
//! - the timeout of the negotiator
//!
//! Local media does not pass through that task: `outgoing` sends it beside it, so that a negotiation never delays audio.

mod av_sync;
mod context;
mod data_channels;
mod handle;
mod incoming;
mod negotiation;
mod outgoing;
mod remote_sections;
mod senders;
mod spawn;
mod stats;
mod task;
mod tracks;
mod unusable_servers;

pub(crate) use context::LinkContext;
pub(crate) use handle::{LinkConfig, LinkHandle, LinkRequest};
pub(crate) use outgoing::OutgoingAudioPacket;
pub(crate) use spawn::spawn;
