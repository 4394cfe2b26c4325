//! Folders of the transfer that were made, and handles of the last ones.

use std::collections::{HashSet, VecDeque};

use maru_transfer::name::FolderId;

use crate::os::Directory;

/// Folders that are open at once.
const MAX_OPEN: usize = 16;

/// Folders of the transfer on the disk, in the staging folder or published.
#[derive(Debug, Default)]
pub(super) struct OpenFolders {
    /// The one that was used last is the last.
    open: VecDeque<(FolderId, Directory)>,
    pub(super) made: MadeFolders,
    /// Folders in which others were made since the last sync; `None`: the staging folder.
    pub(super) unsynced: HashSet<Option<FolderId>>,
    /// Outermost ones that were there before, in which others may be as well.
    pub(super) present: HashSet<FolderId>,
    /// Made in one of those.
    pub(super) made_in_present: HashSet<FolderId>,
    /// Some may be there that an earlier process made.
    pub(super) is_reopened: bool,
}

impl OpenFolders {
    pub(super) fn take(&mut self, folder: FolderId) -> Option<Directory> {
        let at = self.open.iter().position(|(held, _)| *held == folder)?;
        Some(self.open.remove(at)?.1)
    }

    pub(super) fn put(&mut self, folder: FolderId, directory: Directory) {
        if self.open.len() >= MAX_OPEN {
            self.open.pop_front();
        }
        self.open.push_back((folder, directory));
    }

    pub(super) fn close(&mut self) {
        self.open.clear();
    }
}

/// Folders that this process made, or found in its own staging folder.
pub(super) type MadeFolders = HashSet<FolderId>;
