//! The rate of connectivity checks (RFC 8445 §14). The stack checks every candidate pair five times a second, and the
//! remote peer names the addresses of the pairs: without a limit it would decide how much we send to whom.

mod limiter;
mod socket;
mod wire;

pub(crate) use limiter::{CheckLimiter, Pair};
pub(crate) use socket::CheckedSocket;
