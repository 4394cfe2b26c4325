//! What is known of a transfer that is received.

use std::{
    collections::{BTreeMap, VecDeque},
    path::{Path, PathBuf},
};

use maru_transfer::{
    Ranges,
    control::Code,
    hash::{Digest, FileHash},
};

use super::{
    files::StagedFiles,
    journal::{Journal, Record},
    manifest::Manifest,
    open_folders::OpenFolders,
    placed_entry::PlacedEntry,
    present_state::Present,
    staging::Staging,
    token::Token,
};
use crate::{
    DiskError, Fault,
    os::{self, Directory},
};

/// How many paths [`Destination::published`] has at most.
pub(super) const MAX_PUBLISHED_PATHS: usize = 100;

/// What is not in the journal yet.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub(super) groups: BTreeMap<u32, Vec<(u64, Digest)>>,
    pub(super) done: Ranges,
    pub(super) done_files: Vec<(u32, u64, FileHash)>,
    pub(super) failed: BTreeMap<u32, Code>,
    pub(super) reset: Vec<u32>,
    pub(super) published: Ranges,
    /// Those of `done` that were there already.
    pub(super) present: Ranges,
}

/// Where a transfer is received.
///
/// Memory: about 8 bytes for each entry, and those of [`maru_transfer::name::Layout`].
#[derive(Debug)]
pub struct Destination {
    pub(super) folder: PathBuf,
    /// Bytes of the largest file that can be here, if known.
    pub(super) largest: Option<u64>,
    pub(super) root: Directory,
    pub(super) token: Token,
    pub(super) journal: Journal,
    pub(super) manifest: Manifest,
    /// `None` when it was removed after the end.
    pub(super) staging: Option<Staging>,
    pub(super) files: StagedFiles,
    pub(super) folders: OpenFolders,
    pub(super) pending: Pending,
    pub(super) done: Ranges,
    pub(super) failed: BTreeMap<u32, Code>,
    /// Done and not in their places.
    pub(super) to_place: VecDeque<u32>,
    /// The same, until it is known at the end whether their folder is one that is there.
    pub(super) waiting: Vec<u32>,
    /// What is there already, outside of the staging folder.
    pub(super) present: Present,
    /// Those of `done` that were there already.
    pub(super) present_entries: Ranges,
    /// All entries are done or have failed, or were.
    pub(super) is_concluding: bool,
    /// Numbers of outermost folders.
    pub(super) published_folders: Ranges,
    pub(super) published: Vec<PathBuf>,
    /// Entries that failed here, for [`Self::take_refused`].
    pub(super) refused: Vec<(u32, Code)>,
    /// Durable bytes of files that are not done.
    pub(super) partial_bytes: BTreeMap<u32, u64>,
    pub(super) durable: u64,
    pub(super) written: u64,
    pub(super) is_unsynced: bool,
}

impl Destination {
    pub(super) fn new(
        folder: &Path,
        root: Directory,
        token: Token,
        journal: Journal,
        manifest: Manifest,
    ) -> Self {
        Self {
            folder: folder.to_owned(),
            // If it cannot be asked for, writing says so.
            largest: os::largest_file(folder).unwrap_or_default(),
            root,
            token,
            journal,
            manifest,
            staging: None,
            files: StagedFiles::default(),
            folders: OpenFolders::default(),
            pending: Pending::default(),
            done: Ranges::new(),
            failed: BTreeMap::new(),
            to_place: VecDeque::new(),
            waiting: Vec::new(),
            present: Present::default(),
            present_entries: Ranges::new(),
            is_concluding: false,
            published_folders: Ranges::new(),
            published: Vec::new(),
            refused: Vec::new(),
            partial_bytes: BTreeMap::new(),
            durable: 0,
            written: 0,
            is_unsynced: false,
        }
    }

    pub(super) fn make_staging(&mut self) -> Result<(), DiskError> {
        let staging = Staging::create(&self.root, self.token)?;
        let inode = staging.has_inodes.then_some(staging.inode);
        self.journal.append(&[Record::Staging { inode }])?;
        self.journal.sync()?;
        self.staging = Some(staging);
        Ok(())
    }

    pub(super) fn check_synced(&self) -> Result<(), DiskError> {
        if self.is_unsynced {
            return Err(DiskError::new("writing", Fault::Unsynced));
        }
        Ok(())
    }

    pub(super) fn forget_partial(&mut self, entry: u32) {
        let bytes = self.partial_bytes.remove(&entry).unwrap_or(0);
        self.durable = self.durable.saturating_sub(bytes);
    }

    pub(super) fn add_published(&mut self, name: &str) {
        if self.published.len() < MAX_PUBLISHED_PATHS {
            self.published.push(self.folder.join(name));
        }
    }

    /// Entries that failed here since the last call: the disk refuses their names, although they were done, or cannot have
    /// files of their size.
    pub fn take_refused(&mut self) -> Vec<(u32, Code)> {
        std::mem::take(&mut self.refused)
    }

    /// Bytes written since the last checkpoint.
    #[must_use]
    pub const fn dirty_bytes(&self) -> u64 {
        self.written
    }

    /// The files and folders that have their final places, without those that are in another: the first 100.
    #[must_use]
    pub fn published(&self) -> &[PathBuf] {
        &self.published
    }

    /// The folder that the person chose.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How many entries are stored.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.manifest.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An entry, for the interface.
    ///
    /// # Errors
    /// [`Fault::Argument`] if there is none of this number; that the manifest cannot be read.
    pub fn entry(&mut self, entry: u32) -> Result<PlacedEntry, DiskError> {
        let placed = self.manifest.get(entry)?;
        Ok(PlacedEntry {
            path: self.manifest.path_of(&placed.place),
            kind: placed.entry.kind,
            modified: placed.entry.modified,
        })
    }
}
