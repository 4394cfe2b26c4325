//! The signaling connection of the desktop app. It lives here and not in the webview, so that a reload of
//! the interface does not leave the room.
//!
//! [`session`] decides and does no I/O; [`driver`] is the task that feeds it time, commands and what the
//! socket ([`connection`]) brings, and carries out its effects.

mod connection;
#[cfg(test)]
mod contract;
mod driver;
mod event;
mod reach;
mod session;
mod tls;

pub(crate) use driver::{Driver, Envelope, Gone, Turn};
pub(crate) use session::JoinRequest;
