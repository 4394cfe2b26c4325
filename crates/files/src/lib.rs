//! File transfers of a call: connections, transfers and disks, one task for each participant.

mod handle;
mod view;

pub use handle::{Files, FilesConfig};
pub use maru_transfer::control::TransferId;
pub use view::{
    Direction, EntryState, EntryView, FilesEvent, NameView, Paused, TransferState, TransferView,
};
