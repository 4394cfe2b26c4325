//! Maru's signaling server: introduces the participants of a call to each other and serves the web client.
//!
//! From the inside out:
//! - [`rooms`] is the whole logic: who is in which room. No sockets, no clock.
//! - [`session`] is one client's conversation; [`rate_limit`] and [`address_limit`] bound it.
//! - [`client`] is how everybody else reaches a client; [`connection`] is its task; [`frames`] the bytes.
//! - [`http`](self) serves the few pages and hands WebSockets over; [`server`] holds it all together.
//!
//! A `signal` takes this way, on the sender's task alone: read → frame → [`maru_protocol::ClientMessage`] →
//! receiver looked up → frame written to the receiver's socket. No channel, no second task, no copy but one.

pub mod address_limit;
pub mod arguments;
pub mod assets;
pub mod client;
pub mod config;
pub mod connection;
pub mod frames;
mod http;
pub mod identity;
mod memory;
pub mod metrics;
mod origin;
pub mod rate_limit;
pub mod rooms;
pub mod server;
pub mod session;

pub use config::Config;
pub use server::{Server, Shared};
