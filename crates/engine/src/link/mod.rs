//! One connection to one participant: what `Link` of `ui/src/engine/types.ts` asks for.

mod figures;
mod incoming;
mod lip_sync;
mod negotiation;
mod outgoing;
mod sections;
mod servers;
mod talk;
mod task;
mod tracks;

use maru_peer::Bind;
use maru_protocol::{IceServer, PeerSignal, Source};
use tokio::sync::{mpsc, oneshot};

pub(crate) use outgoing::VoiceOut;
pub(crate) use task::spawn;

use crate::{LinkFigures, LinkId, StreamId};

/// What a link is made with.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) link: LinkId,
    pub(crate) ice_servers: Vec<IceServer>,
    pub(crate) polite: bool,
    pub(crate) offer_first: bool,
    pub(crate) bind: Bind,
}

/// What a link is asked.
#[derive(Debug)]
pub(crate) enum Request {
    Receive(PeerSignal),
    SetTrack(Source, Option<StreamId>),
    Send(String),
    SetPolite(bool),
    SetIceServers(Vec<IceServer>),
    RestartIce,
    /// The machine has other addresses than before.
    NetworkChanged,
    Figures(oneshot::Sender<LinkFigures>),
}

/// Requests waiting at most. Negotiation makes a few dozen; a flood beyond that is not one.
const MAX_REQUESTS: usize = 256;

/// The handle. Dropping it closes the link.
#[derive(Debug)]
pub(crate) struct Handle {
    pub(crate) requests: mpsc::Sender<Request>,
    pub(crate) voice: mpsc::Sender<VoiceOut>,
}
