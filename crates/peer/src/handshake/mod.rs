//! A DTLS handshake over a path that loses packets (RFC 6347 §4.2.4).
//!
//! The stack answers a repeated flight only once its own handshake is complete. Before, whatever part of one arrives
//! stops its retransmission timer for good, so that a lost datagram and the other side's repetition, which comes
//! before the timer's second is over, leave both waiting for ever: at a tenth of loss one call in eight did not
//! come to be. So repetitions are answered here, with the very datagrams that were sent, and do not reach the stack.

mod flights;
mod socket;
mod wire;

pub(crate) use socket::HandshakeSocket;
