//! A load generator for signaling servers: thousands of clients on one thread, each a few hundred bytes.
//!
//! Its own WebSocket client (RFC 6455, text frames without extensions) rather than a library's, so that what
//! is measured is the server: frames are encoded and masked once and sent again as they are, and received ones
//! are not copied. CPU and memory are the server process's own, read from the kernel.
//!
//! - [`crowd`]: the clients and the loop that drives them
//! - [`dialect`]: what they speak: Maru's wire, plain echo, or Socket.IO
//! - [`server`]: the processes measured
//! - [`measure`]: relay, memory, storm
#![cfg(target_os = "linux")]
// Client counts, frame lengths below 126 and seconds: all far below where a cast would lose anything.
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
