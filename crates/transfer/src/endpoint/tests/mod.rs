//! Two endpoints with simulated channels, disks and time.
#![expect(clippy::cast_possible_truncation, reason = "a simulation")]

mod disk;
mod resuming;
mod sending;
mod world;
