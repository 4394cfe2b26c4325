//! A load generator for signaling servers: thousands of clients on one thread, each a few hundred bytes.
//!
//! It has its own WebSocket client (RFC 6455, text frames without extensions) instead of a library's, so that the server
//! is measured and not the client: frames are encoded and masked once and sent many times, and received frames are not
//! copied. CPU and memory are those of the server process, read from the kernel.
//!
//! - [`crowd`]: the clients and the loop that drives them
//! - [`dialect`]: their protocol: Maru's wire, plain echo, or Socket.IO
//! - [`server`]: the measured processes
//! - [`measure`]: relay, memory, storm
#![cfg(target_os = "linux")]
// Client counts, frame lengths below 126 and seconds: all far below the values that a cast would truncate.
#![allow(clippy::cast_possible_truncation)]

pub mod client;
pub mod crowd;
pub mod dialect;
pub mod echo;
pub mod frame;
pub mod measure;
pub mod payload;
pub mod report;
pub mod server;
