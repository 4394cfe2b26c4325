//! What is known of files and folders that may be there already.

use std::collections::{HashMap, HashSet};

use maru_transfer::name::FolderId;

use crate::os::{Directory, Status};

#[derive(Debug, Default)]
pub(super) struct Present {
    /// Whether an outermost folder of the transfer may be one that is there.
    pub(super) is_there: HashMap<FolderId, bool>,
    /// The folder that was used last.
    pub(super) open: Option<(FolderId, Directory)>,
    /// Folders that are not there.
    pub(super) missing: HashSet<FolderId>,
    /// What files are that are being compared.
    pub(super) comparing: HashMap<u32, Status>,
}

impl Present {
    /// An entry is not compared any more.
    pub(super) fn forget(&mut self, entry: u32) {
        self.comparing.remove(&entry);
    }
}
