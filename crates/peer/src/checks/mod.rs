//! How fast connectivity checks leave (RFC 8445 §14). The stack checks every pair five times a second, and every pair
//! is an address that the other side has named: without this it decides how much we send to whom.

mod limiter;
mod socket;
mod wire;

pub(crate) use limiter::Limiter;
pub(crate) use socket::CheckedSocket;
