//! What can go wrong.

/// Why an operation on a peer failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The peer, track or channel was closed, by either side.
    #[error("closed")]
    Closed,
    /// No socket could be opened, or the stack refused the configuration.
    #[error("cannot set up: {0}")]
    Setup(String),
    /// A description could not be read or applied. The connection stays as it was.
    #[error("description refused: {0}")]
    Description(String),
    /// An offer of ours is still open. Its answer, or giving way, ends that; ask again then.
    #[error("an offer is open")]
    OfferOpen,
    /// ICE is to restart, and the machine has no network to restart it on. Ask again when it has one
    /// ([`crate::NetworkWatch`]).
    #[error("no network")]
    NoNetwork,
    /// A candidate could not be read. Others are not affected.
    #[error("candidate refused: {0}")]
    Candidate(String),
    /// More candidates than a description can bring (64) came before it.
    #[error("too many early candidates")]
    TooManyCandidates,
    /// The track is not negotiated yet, or the other side does not take it.
    #[error("not negotiated")]
    NotNegotiated,
    /// An empty frame, or one larger than 2 MiB.
    #[error("frame of {0} octets")]
    FrameSize(usize),
    /// The send queue is full; nothing was taken. Try again after what is queued has left.
    #[error("send queue is full")]
    Full,
    /// The message is larger than [`crate::Channel::MAX_MESSAGE`].
    #[error("message of {0} octets")]
    MessageSize(usize),
    /// The channel's label is empty or longer than 64 octets, or its ID is out of range.
    #[error("channel options out of range")]
    ChannelOptions,
}
