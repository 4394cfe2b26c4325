//! Maru's signaling server: introduces the participants of a call to each other and serves the web client.
//!
//! From the bottom up; a module uses only those before it in this list:
//! - [`rooms`]: the state machine, who is in which room. No sockets, no clock. [`identity`] makes its random values.
//! - [`config`], [`metrics`], [`frames`] (RFC 6455), [`rate_limit`] and [`address_limit`]: independent of each other.
//! - [`client`]: the sending side of one connection.
//! - [`state`]: the rooms, the registry of clients and the counters, shared by all tasks.
//! - [`session`]: answers one client's messages. `dispatch` sends what the rooms decided.
//! - `connection`: the task of one WebSocket.
//! - `http`: the web client, `/healthz`, `/metrics` and the WebSocket handshake. `heartbeat`: time-outs.
//! - [`server`]: accepts connections and shuts down. [`arguments`]: the command line.
//!
//! The task that reads a signal also delivers it: read → frame → [`maru_protocol::ClientMessage`] → lookup of the
//! receiver → frame → the receiver's socket. No channel, no second task, one copy of the payload.

pub mod address_limit;
pub mod arguments;
pub mod client;
pub mod config;
mod connection;
mod dispatch;
pub mod frames;
mod heartbeat;
mod http;
pub mod identity;
mod memory;
pub mod metrics;
pub mod rate_limit;
pub mod rooms;
pub mod server;
pub mod session;
pub mod state;

pub use config::Config;
pub use server::Server;
pub use state::ServerState;
