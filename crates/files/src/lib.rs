//! File transfers of a call: connections, transfers and disks.
//!
//! [`Files`] is the handle. Behind it one task (`transfers`) knows the room, the list of transfers and their records; each
//! participant with whom files are exchanged has a task of its own (`link`), with the connection, the state machine
//! ([`maru_transfer::endpoint`]) and two threads for the disks (`disk`).

mod budget;
mod candidates;
mod config;
mod disk;
mod ended;
mod handle;
mod link;
mod link_id;
mod memory;
mod rate;
mod room;
mod stripe_limit;
mod stripes;
mod token_bucket;
mod transfers;
mod view;

pub use config::{ConnectionLimits, FilesConfig, Signal};
pub use handle::Files;
pub use maru_disk::SkipReason;
pub use maru_transfer::control::TransferId;
pub use view::{
    Direction, EntryState, EntryView, FilesEvent, NameView, Paused, SkippedView, TransferState,
    TransferView,
};
