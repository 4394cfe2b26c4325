//! How a link is created and what it can be asked to do.

use maru_peer::Bind;
use maru_protocol::{IceServer, PeerSignal, Source};
use tokio::sync::{mpsc, oneshot};

use super::outgoing::OutgoingAudioPacket;
use crate::ids::{LinkId, StreamId};
use crate::stats::LinkStats;

/// What a link is created with.
#[derive(Debug, Clone)]
pub(crate) struct LinkConfig {
    pub(crate) link: LinkId,
    pub(crate) ice_servers: Vec<IceServer>,
    pub(crate) polite: bool,
    pub(crate) offer_first: bool,
    pub(crate) bind: Bind,
}

/// A request to a link.
#[derive(Debug)]
pub(crate) enum LinkRequest {
    Receive(PeerSignal),
    SetTrack(Source, Option<StreamId>),
    SendMessage(String),
    SetPolite(bool),
    SetIceServers(Vec<IceServer>),
    RestartIce,
    /// The machine's addresses changed.
    NetworkChanged,
    Stats(oneshot::Sender<LinkStats>),
}

/// Most requests in a link's queue. A negotiation makes a few dozen.
pub(super) const MAX_REQUESTS: usize = 256;

/// Controls a link. Dropping it closes the link.
#[derive(Debug)]
pub(crate) struct LinkHandle {
    pub(crate) requests: mpsc::Sender<LinkRequest>,
    pub(crate) audio: mpsc::Sender<OutgoingAudioPacket>,
}
