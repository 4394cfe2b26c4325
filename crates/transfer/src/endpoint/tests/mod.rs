//! Two endpoints with simulated channels, disks and time.
#![expect(clippy::cast_possible_truncation, reason = "a simulation")]

mod breaking;
mod bytes_left;
mod candidates;
mod comparing;
mod connecting;
mod delivery;
mod disk;
mod hello;
mod hostile;
mod listing;
mod lone;
mod memory;
mod narrow;
mod progress;
mod random;
mod restarting;
mod resuming;
mod sending;
mod unavailable;
mod wants;
mod world;
