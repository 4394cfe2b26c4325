//! How a link is created, asked, and what it reports.

use std::path::PathBuf;
use std::sync::Arc;

use maru_peer::Bind;
use maru_protocol::{IceServer, Incarnation, Open as OpenCode, ParticipantId, PeerSignal};
use maru_transfer::{
    control::{Code, Secret, TransferId},
    endpoint::{Identity, Incoming, Offer, Outcome, Outgoing, Progress},
    hash::FileHash,
    resume::{ResumeKey, Role},
};
use tokio::sync::{mpsc, oneshot};

use crate::candidates::Candidates;
use crate::config::ConnectionLimits;
use crate::disk::{Open, SharedReads};
use crate::ended::{EndedTransfer, EndedTransfers};
use crate::link_id::LinkId;
use crate::memory::SharedMemory;
use crate::view::EntryView;

/// Commands that wait. A link takes them between two messages.
pub(super) const MAX_COMMANDS: usize = 256;
/// What a link is created with.
pub(crate) struct LinkConfig {
    pub(crate) link: LinkId,
    pub(crate) identity: Identity,
    pub(crate) ice_servers: Vec<IceServer>,
    pub(crate) polite: bool,
    pub(crate) offer_first: bool,
    pub(crate) yields: bool,
    pub(crate) bind: Bind,
    pub(crate) limits: ConnectionLimits,
    pub(crate) candidates: Candidates,
    pub(crate) memory: SharedMemory,
    pub(crate) ended: EndedTransfers,
}

/// What a link is asked to do.
pub(crate) enum LinkCommand {
    Receive(PeerSignal),
    SetIdentity(Identity),
    SetPolite(bool),
    SetIceServers(Vec<IceServer>),
    SetYields(bool),
    NetworkChanged,
    Send(Outgoing, Box<maru_disk::Source>, Arc<SharedReads>),
    Accept(TransferId, Secret, Box<Open>),
    Resume(Box<Incoming>, Box<Open>),
    Decline(TransferId, Code),
    /// Why a transfer that was found cannot be loaded yet: the partner learns of it.
    DiskProblem(TransferId, Code),
    /// One more transfer to announce.
    AddCandidate(TransferId, Role, ResumeKey),
    /// One more transfer about which the partner may ask.
    AddEnded(EndedTransfer),
    SetPaused(TransferId, Role, bool),
    Cancel(TransferId, Role),
    Entries {
        id: TransferId,
        role: Role,
        range: std::ops::Range<u32>,
        answer: oneshot::Sender<Vec<EntryView>>,
    },
}

/// What a link reports.
#[derive(Debug)]
pub(crate) enum LinkEvent {
    Signal(PeerSignal),
    Hello(ParticipantId, Incarnation),
    /// Whether there is a connection, and whether it is relayed.
    Connected(Option<bool>),
    /// Whether the path of the connection works.
    Path(bool),
    Offered(Offer),
    Accepted(TransferId, Secret),
    Found(TransferId, Role),
    Progress(Vec<(TransferId, Role, Progress)>),
    EntryFailed(TransferId, Role, u32, OpenCode<Code>),
    /// Of the only file of a transfer: what arrived and is verified, or what was read here and sent.
    Hash(TransferId, Role, FileHash),
    /// So many files were with the receiver already.
    Present(TransferId, Role, u32),
    Placed(TransferId, Vec<PathBuf>),
    /// A receiver's record can be removed when its destination is released.
    Ended(TransferId, Role, Outcome, Option<oneshot::Receiver<()>>),
    /// No connection could be made; another try follows.
    Failed,
    /// The connection was closed as nothing is transferred, or because the other side violates the protocol.
    Idle,
    /// The task is over, and what was received is durable.
    Closed,
}

impl LinkEvent {
    /// The transfer of this link that it is about, and which side this one is.
    pub(crate) const fn transfer(&self) -> Option<(TransferId, Role)> {
        match self {
            Self::Accepted(id, _) => Some((*id, Role::Sender)),
            Self::Placed(id, _) => Some((*id, Role::Receiver)),
            Self::EntryFailed(id, role, ..)
            | Self::Hash(id, role, _)
            | Self::Present(id, role, _)
            | Self::Ended(id, role, ..) => Some((*id, *role)),
            _ => None,
        }
    }
}

/// Controls a link. Dropping it closes the link.
#[derive(Debug)]
pub(crate) struct LinkHandle {
    pub(crate) commands: mpsc::Sender<LinkCommand>,
}
