//! What is offered.

use crate::control::{ControlMessage, Entry, Secret, TransferId};

/// What is offered.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Random.
    pub id: TransferId,
    /// Unlike those of all other unfinished transfers of this sender, with anyone, and of those that were over lately: bulk
    /// messages have no other sign of their transfer. Not the lowest that is free, but the next.
    pub number: u16,
    /// Files of the transfer.
    pub files: u32,
    /// Folders of the transfer.
    pub folders: u32,
    /// Sum of the sizes.
    pub bytes: u64,
    /// The first entries, at most [`crate::limits::MAX_NAMES`].
    pub names: Vec<Entry>,
    /// What is not offered.
    pub skipped: u64,
    /// Random: the sender's half of the key.
    pub secret: Secret,
}

impl Offer {
    pub(super) fn to_message(&self) -> ControlMessage {
        ControlMessage::Offer {
            id: self.id,
            number: self.number,
            files: self.files,
            folders: self.folders,
            bytes: self.bytes,
            names: self.names.clone(),
            skipped: self.skipped,
            secret: self.secret,
        }
    }
}
