//! Deterministic speech, networks, rooms and measures, shared by the tests.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::cast_possible_truncation,
    reason = "each test file uses a part of this; test signals are small numbers"
)]

pub mod fft;
pub mod network;
pub mod random;
pub mod recording;
pub mod room;
pub mod speech;
pub mod stoi;
