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
//! | `manifest` | entries and their names |
//! | `journal`, `progress` | what is durable |
//! | `staging`, `files` | the staging folder and the files in it |
//! | `checkpoint`, `publish`, `conclude` | how files become durable and get their places |
//! | `reopen` | after a restart |
//! | `check` | before the person accepts |

mod check;
mod checkpoint;
mod conclude;
mod files;
mod journal;
mod manifest;
mod progress;
mod publish;
mod reopen;
mod staging;

#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::{
    collections::{BTreeMap, HashSet, VecDeque},
    path::{Path, PathBuf},
};

use maru_transfer::{
    Piece, Ranges,
    control::{Code, Entry, EntryKind, Modified},
    hash::{Digest, FileHash},
    name::FolderId,
};

pub use self::{check::check_folder, reopen::Restored};
use self::{
    files::StagedFiles,
    journal::{Journal, Record, Token},
    manifest::Manifest,
    progress::one,
    publish::OpenFolders,
    staging::Staging,
};
use crate::{DiskError, Fault, os::Directory};

/// How many paths [`Destination::published`] has at most.
const MAX_PUBLISHED_PATHS: usize = 100;

/// An entry as it is on this disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedEntry {
    /// Its place, relative to the folder that the person chose, separated by `/`. Another one may follow until it is
    /// published, if something has this name by then.
    pub path: String,
    /// File or folder.
    pub kind: EntryKind,
    /// When its content was modified last.
    pub modified: Modified,
}

/// What is not in the journal yet.
#[derive(Debug, Default)]
struct Pending {
    groups: BTreeMap<u32, Vec<(u64, Digest)>>,
    done: Ranges,
    done_files: Vec<(u32, u64, FileHash)>,
    failed: BTreeMap<u32, Code>,
    reset: Vec<u32>,
    published: Ranges,
}

/// Where a transfer is received.
///
/// Memory: about 8 bytes for each entry, and those of [`maru_transfer::name::Layout`].
#[derive(Debug)]
pub struct Destination {
    folder: PathBuf,
    root: Directory,
    token: Token,
    journal: Journal,
    manifest: Manifest,
    /// `None` when it was removed after the end.
    staging: Option<Staging>,
    files: StagedFiles,
    folders: OpenFolders,
    pending: Pending,
    done: Ranges,
    failed: BTreeMap<u32, Code>,
    /// Done and not in their places.
    to_place: VecDeque<u32>,
    /// Numbers of outermost folders.
    published_folders: Ranges,
    published: Vec<PathBuf>,
    /// Entries that failed here, for [`Self::take_refused`].
    refused: Vec<(u32, Code)>,
    /// Durable bytes of files that are not done.
    partial_bytes: BTreeMap<u32, u64>,
    durable: u64,
    written: u64,
    is_unsynced: bool,
}

impl Destination {
    /// Makes a new staging folder in `folder`, and a new manifest and journal in the folder of the transfer's record.
    ///
    /// # Errors
    /// That something cannot be made. There is nothing in `folder` then.
    pub fn create(folder: &Path, record_folder: &Path) -> Result<Self, DiskError> {
        let open = DiskError::writing("opening a folder");
        let records = Directory::open(record_folder).map_err(open)?;
        let root = check::open_folder(folder)?;
        let mut token = [0; 16];
        for byte in &mut token {
            *byte = fastrand::u8(..);
        }
        let mut journal = Journal::create(&records, token, folder)?;
        let mut manifest = Manifest::create(&records, token)?;
        journal.sync()?;
        manifest.sync()?;
        let sync = DiskError::writing("syncing the folder of a record");
        records.sync().map_err(sync)?;
        let mut destination = Self::new(folder, root, token, journal, manifest);
        destination.make_staging()?;
        Ok(destination)
    }

    fn new(
        folder: &Path,
        root: Directory,
        token: Token,
        journal: Journal,
        manifest: Manifest,
    ) -> Self {
        Self {
            folder: folder.to_owned(),
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
            published_folders: Ranges::new(),
            published: Vec::new(),
            refused: Vec::new(),
            partial_bytes: BTreeMap::new(),
            durable: 0,
            written: 0,
            is_unsynced: false,
        }
    }

    fn make_staging(&mut self) -> Result<(), DiskError> {
        let staging = Staging::create(&self.root, self.token)?;
        let inode = staging.has_inodes.then_some(staging.inode);
        self.journal.append(&[Record::Staging { inode }])?;
        self.journal.sync()?;
        self.staging = Some(staging);
        Ok(())
    }

    /// Stores entries `first` and following: the next ones, in the order of the manifest. `last`: there are no more.
    /// If it fails, it can be repeated.
    ///
    /// # Errors
    /// [`Fault::Limit`]; [`Fault::Argument`]; that they cannot be written.
    pub fn store_entries(
        &mut self,
        first: u32,
        entries: &[Entry],
        last: bool,
    ) -> Result<(), DiskError> {
        self.manifest.add(first, entries, last)
    }

    /// Writes a piece of a file. If it fails, it can be repeated, when the cause is gone.
    ///
    /// # Errors
    /// That it cannot be written; [`Fault::Argument`] outside of the file, or if that is done or has failed;
    /// [`Fault::Unsynced`].
    pub fn write(&mut self, entry: u32, offset: u64, piece: &Piece) -> Result<(), DiskError> {
        let size = self.size_of_open(entry)?;
        StagedFiles::check(size, offset, piece.len())?;
        if self.staging.is_none() {
            self.make_staging()?;
        }
        let Some(staging) = &self.staging else {
            return Ok(());
        };
        self.files
            .write(&staging.folder, (entry, size), offset, piece)
            .map_err(writing)?;
        self.written += piece.len();
        Ok(())
    }

    /// The size of a file that is neither done nor failed.
    fn size_of_open(&mut self, entry: u32) -> Result<u64, DiskError> {
        self.check_synced()?;
        let is_over = self.done.contains(&one(entry))
            || self.pending.done.contains(&one(entry))
            || self.failed.contains_key(&entry);
        let size = self.manifest.get(entry)?.size().filter(|_| !is_over);
        size.ok_or_else(|| DiskError::new("writing a file", Fault::Argument))
    }

    fn check_synced(&self) -> Result<(), DiskError> {
        if self.is_unsynced {
            return Err(DiskError::new("writing", Fault::Unsynced));
        }
        Ok(())
    }

    /// The bytes of a group are written, and agree with its digest. It is durable after the next checkpoint.
    pub fn verified(&mut self, entry: u32, group: u64, digest: Digest) {
        let groups = self.pending.groups.entry(entry).or_default();
        groups.push((group, digest));
    }

    /// All bytes of a file are written, and agree with its hash. Also to be called for folders, whose `hash` is ignored.
    /// If it fails, it can be repeated.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn finish(&mut self, entry: u32, hash: FileHash) -> Result<(), DiskError> {
        self.check_synced()?;
        let placed = self.manifest.get(entry)?;
        if let Some(size) = placed.size() {
            self.size_of_open(entry)?;
            if self.staging.is_none() {
                self.make_staging()?;
            }
            let Some(staging) = &self.staging else {
                return Ok(());
            };
            let modified = placed.entry.modified;
            let inode = self
                .files
                .finish(&staging.folder, (entry, size), modified)
                .map_err(writing)?;
            if placed.is_top_file() {
                self.pending.done_files.push((entry, inode, hash));
            }
        }
        self.pending.groups.remove(&entry);
        self.pending.done.insert(one(entry));
        Ok(())
    }

    /// An entry cannot be received, or sent. What was received of it is removed.
    ///
    /// # Errors
    /// That it cannot be removed. It has failed all the same, and is removed with the staging folder.
    pub fn fail(&mut self, entry: u32, code: Code) -> Result<(), DiskError> {
        if self.done.contains(&one(entry)) || self.pending.done.contains(&one(entry)) {
            return Ok(());
        }
        self.pending.groups.remove(&entry);
        self.pending.failed.insert(entry, code);
        self.failed.insert(entry, code);
        self.forget_partial(entry);
        let Some(staging) = &self.staging else {
            return Ok(());
        };
        let removed = self.files.remove(&staging.folder, entry);
        removed.map_err(DiskError::writing("removing a file"))
    }

    /// An entry that failed is received again, from its beginning.
    pub fn retry(&mut self, entry: u32) {
        if self.failed.remove(&entry).is_some() {
            self.pending.failed.remove(&entry);
            self.pending.reset.push(entry);
        }
    }

    fn forget_partial(&mut self, entry: u32) {
        let bytes = self.partial_bytes.remove(&entry).unwrap_or(0);
        self.durable = self.durable.saturating_sub(bytes);
    }

    /// Entries that were done and have failed all the same, since the last call, as the disk refuses their names.
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

    /// Removes what is not published. The record is not removed.
    ///
    /// # Errors
    /// That something cannot be removed.
    pub fn discard(self) -> Result<(), DiskError> {
        drop(self.files);
        drop(self.folders);
        drop(self.staging);
        Staging::remove(&self.root, self.token)
    }

    fn add_published(&mut self, name: &str) {
        if self.published.len() < MAX_PUBLISHED_PATHS {
            self.published.push(self.folder.join(name));
        }
    }
}

fn writing(error: std::io::Error) -> DiskError {
    DiskError::writing("writing a file")(error)
}

/// Folders that this process made, or found in its own staging folder.
type MadeFolders = HashSet<FolderId>;
