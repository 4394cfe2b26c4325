//! All transfers with one participant, in both directions, over one connection after the other.
//!
//! An [`Endpoint`] decides; its caller has the two channels, the disks and the clock. After each call of a method, call
//! [`Endpoint::poll_output`] until it returns `None`, then [`Endpoint::poll_bulk`] as long as the bulk channel takes messages,
//! and again when it takes more. Call [`Endpoint::on_timeout`] at [`Endpoint::poll_timeout`].
//!
//! Whatever happens to connections, no transfer is lost: it goes on with the next connection on which the other side
//! proves to be the same ([`crate::resume`]).

mod at_hand;
mod bulk;
mod connection;
mod control;
mod delayed;
mod delivery;
mod disk;
mod disk_problems;
mod ended;
mod ending;
mod folder;
mod machine;
mod memory;
mod offer;
mod output;
mod pacing;
mod pauses;
mod pipeline;
mod poll;
mod progress;
mod receiving;
mod requests;
mod sending;
#[cfg(test)]
mod tests;
mod wanted;

#[cfg(test)]
use {
    crate::{
        Time,
        control::{Code, ControlMessage, TransferId, VERSION},
        resume::{Fingerprints, ResumeKey, Role},
    },
    maru_protocol::Open,
};

pub use self::at_hand::AtHand;
pub use self::ending::MAX_ENDED;
pub use self::folder::FOLDER;
pub use self::machine::{Endpoint, Identity};
pub use self::memory::Memory;
pub use self::offer::Offer;
pub use self::output::{
    CloseReason, DiskRequest, Event, Expected, Outcome, Output, ReadId, Violation, WriteId,
};
pub use self::pauses::Pauses;
pub use self::progress::{EntryProgress, Progress, State};
pub use self::receiving::{Incoming, Restored};
pub use self::sending::Outgoing;
