//! DTLS handshakes over paths that lose packets (RFC 6347 §4.2.4).
//!
//! The stack answers a retransmitted flight only once its own handshake is complete. Before that, any part of a flight
//! that arrives stops its retransmission timer for good. If a datagram is lost and the remote peer retransmits within the
//! second of that timer, both peers wait forever: at 10 % loss one call in eight was never established. Retransmissions
//! are therefore answered here, with the datagrams that were sent before, and do not reach the stack. The fault is
//! described in `docs/upstream/rtc-dtls-retransmission-timer.md`; when it is mended, this module can go.

mod flights;
mod socket;
mod wire;

pub(crate) use socket::HandshakeSocket;
