//! TURN over TCP and over TLS (RFC 8656 §3.1), for networks without UDP. The stack has TURN over UDP only.
//!
//! The stack gets a placeholder URL for such a server, whose name resolves to placeholder addresses and which seems to
//! speak UDP. [`TurnSocket`] passes datagrams for these addresses to a connection to the real server, and returns what
//! that connection receives as if it had come by UDP. Decision 0011 has the reasons.
//!
//! `server_list` reads the configured servers; `placeholders` maps servers to addresses; `connections` owns the
//! connections of a peer, `connection` is one of them; `dial` and `tls` open it; `framing` splits a stream into messages;
//! `request_filter` drops retransmitted requests; `channel_data` unwraps ChannelData, also of TURN over UDP.

mod channel_data;
mod connection;
mod connections;
mod dial;
mod framing;
mod placeholders;
mod request_filter;
mod server;
mod server_list;
mod socket;
mod tls;

pub(crate) use connections::TurnConnections;
pub(crate) use placeholders::addresses as placeholder_addresses;
pub(crate) use server_list::usable;
pub(crate) use socket::TurnSocket;
