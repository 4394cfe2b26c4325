//! TURN over TCP and over TLS (RFC 8656 §3.1), which the stack does not have: for networks without UDP.
//!
//! The stack is told of a server that has its name and addresses from [`directory`] and speaks UDP. Our socket
//! ([`socket`]) recognises what is sent there and hands it to a connection ([`link`]) to the real server; what
//! that connection brings comes out of the same socket. Decision 0011 has the reasons.
//!
//! `servers` reads what is configured; `framing` cuts a stream into messages (no I/O); `dial` opens a
//! connection; `tls` says whom to trust; `streams` owns the connections of a peer. `unwrap` serves TURN over UDP,
//! too.

mod dial;
mod directory;
mod framing;
mod link;
mod servers;
mod socket;
mod streams;
mod tls;
mod unwrap;

pub(crate) use servers::usable;
pub(crate) use socket::TurnSocket;
pub(crate) use streams::Streams;
