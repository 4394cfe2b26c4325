//! Files that are received.
//!
//! Everything is written into a staging folder `.maru-<16 digits>.part` in the folder that the person chose, and moved out
//! of it complete. So nothing that is there before can be written to, links in particular, and a part never looks like the
//! whole. Files are named by their numbers while they are written. Then those in no folder of the transfer get their final
//! place, and the others a place inside of their outermost folder, which gets its final place by one rename when everything
//! is there.
//!
//! The order of a checkpoint: the data is synced, a record is appended to the journal, the journal is synced, files get
//! their places, their folder is synced, and the next record says so. What is done and has no place after a loss of power
//! gets it at the first checkpoint.
//!
//! | File | Content |
//! |---|---|
//! | `state` | what is known of a transfer |
//! | `receive` | entries are stored, and their bytes written |
//! | `manifest` | entries and their names |
//! | `journal`, `progress`, `token` | what is durable, and of which transfer |
//! | `staging`, `files` | the staging folder and the files in it |
//! | `open_folders`, `transfer_folders` | the folders of the transfer |
//! | `present`, `present_state`, `compare` | what is there already |
//! | `checkpoint`, `publish`, `conclude`, `place_error` | how files become durable and get their places |
//! | `reopen` | after a restart |
//! | `received` | the entries of a transfer that nobody receives at the moment |
//! | `check` | before the person accepts |

mod check;
mod checkpoint;
mod compare;
mod conclude;
mod files;
mod journal;
mod manifest;
mod open_folders;
mod place_error;
mod placed_entry;
mod present;
mod present_state;
mod progress;
mod publish;
mod receive;
mod received;
mod reopen;
mod staging;
mod state;
mod token;
mod transfer_folders;

#[cfg(test)]
#[cfg(unix)]
mod tests;

pub use self::{
    check::check_folder,
    placed_entry::PlacedEntry,
    received::{EntryStatus, ReceivedEntries},
    reopen::Restored,
    state::Destination,
};
