//! Errors.

use std::io;

/// Why an operation on a peer failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The peer, track or channel was closed, by either peer.
    #[error("closed")]
    Closed,
    /// No socket could be opened, or the stack refused the configuration.
    #[error("cannot set up: {0}")]
    Setup(String),
    /// A description could not be parsed or applied.
    #[error("description refused: {0}")]
    Description(String),
    /// A local offer is pending (signaling state `have-local-offer`). Try again after its answer or rollback.
    #[error("an offer is pending")]
    OfferPending,
    /// An answer without a pending local offer.
    #[error("no offer is pending")]
    NoOfferPending,
    /// The offer would restart ICE, and the machine has no network. Try again when it has one
    /// ([`crate::NetworkWatch`]).
    #[error("no network")]
    NoNetwork,
    /// A candidate could not be parsed. Others are not affected.
    #[error("candidate refused: {0}")]
    Candidate(String),
    /// More than 64 candidates came before their description.
    #[error("too many early candidates")]
    TooManyCandidates,
    /// The track is not negotiated yet, or the remote peer does not receive it.
    #[error("not negotiated")]
    NotNegotiated,
    /// The peer has data channels only ([`crate::Config::media`]).
    #[error("no media on this connection")]
    NoMedia,
    /// No path works ([`crate::ConnectionState::Failed`]): media is not sent until an ICE restart finds one.
    #[error("not connected")]
    NotConnected,
    /// An empty frame, or one larger than 1 MiB.
    #[error("frame of {0} bytes")]
    FrameSize(usize),
    /// The send queue is full and the message was not queued. Try again later.
    #[error("send queue is full")]
    Full,
    /// The message is larger than [`crate::Channel::MAX_MESSAGE`].
    #[error("message of {0} bytes")]
    MessageSize(usize),
    /// The channel's label is empty or longer than 64 bytes, its ID is out of range, or it is unordered and not negotiated.
    #[error("channel options out of range")]
    ChannelOptions,
}

/// Why a STUN or TURN server is not used, or no longer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// Not a URL of RFC 7064 or RFC 7065.
    #[error("not a STUN or TURN URL")]
    Url,
    /// TURN without a user name or without a credential.
    #[error("no user name or no credential")]
    Credentials,
    /// STUN over TLS, and TURN over DTLS (`turns:host?transport=udp`).
    #[error("transport not supported")]
    Unsupported,
    /// More than 8 servers, or more than 32 connections to them from all local addresses.
    #[error("too many servers")]
    TooMany,
    /// The name was not resolved within 1.5 s, or has no address of the family of the local address.
    #[error("name not resolved")]
    Name,
    /// No connection within 7 s, TLS handshake included, or the connection broke.
    #[error("no connection: {0}")]
    Connection(io::ErrorKind),
    /// The server's certificate is not trusted or is not for this name, or TLS failed otherwise.
    #[error("no secure connection: {0}")]
    Tls(String),
    /// The server sent something that is neither STUN nor ChannelData (RFC 8656 §12).
    #[error("not a TURN server")]
    NotTurn,
    /// The server closed the connection.
    #[error("closed by the server")]
    Closed,
}
