//! What is received is written, until it is done or has failed.

use std::{io::ErrorKind, path::Path};

use maru_transfer::{
    Piece,
    control::{Code, Entry, EntryKind},
    hash::{Digest, FileHash},
};

use super::{
    check,
    files::{StagedFiles, writing},
    journal::Journal,
    manifest::Manifest,
    progress::one,
    staging::Staging,
    state::Destination,
};
use crate::{DiskError, Fault, os::Directory};

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

    /// Stores entries `first` and following: the next ones, in the order of the manifest. `last`: there are no more. Files
    /// that the disk cannot have fail ([`Self::take_refused`]). If it fails, it can be repeated.
    ///
    /// # Errors
    /// [`Fault::Limit`]; [`Fault::Argument`]; that they cannot be written.
    pub fn store_entries(
        &mut self,
        first: u32,
        entries: &[Entry],
        last: bool,
    ) -> Result<(), DiskError> {
        self.manifest.add(first, entries, last)?;
        for (number, entry) in (first..).zip(entries) {
            if let EntryKind::File { size } = entry.kind
                && self.is_too_large(size)
            {
                self.fail_too_large(number)?;
            }
        }
        Ok(())
    }

    /// Writes a piece of a file. If it fails, it can be repeated, when the cause is gone. A file that turns out to be larger
    /// than the disk can have fails ([`Self::take_refused`]). Nothing, if the file has failed.
    ///
    /// # Errors
    /// That it cannot be written; [`Fault::Argument`] outside of the file, or if that is done; [`Fault::Unsynced`].
    pub fn write(&mut self, entry: u32, offset: u64, piece: &Piece) -> Result<(), DiskError> {
        if self.failed.contains_key(&entry) {
            return Ok(());
        }
        let size = self.size_of_open(entry)?;
        StagedFiles::check(size, offset, piece.len())?;
        if self.staging.is_none() {
            self.make_staging()?;
        }
        let Some(staging) = &self.staging else {
            return Ok(());
        };
        match self
            .files
            .write(&staging.folder, (entry, size), offset, piece)
        {
            Err(error) if error.kind() == ErrorKind::FileTooLarge => {
                return self.fail_too_large(entry);
            }
            result => result.map_err(writing)?,
        }
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

    /// The bytes of a group are written, and agree with its digest. It is durable after the next checkpoint.
    pub fn verified(&mut self, entry: u32, group: u64, digest: Digest) {
        if self.failed.contains_key(&entry) {
            return;
        }
        let groups = self.pending.groups.entry(entry).or_default();
        groups.push((group, digest));
    }

    /// All bytes of a file are written, and agree with its hash. Also to be called for folders, whose `hash` is ignored.
    /// If it fails, it can be repeated. Nothing, if the entry has failed.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn finish(&mut self, entry: u32, hash: FileHash) -> Result<(), DiskError> {
        self.check_synced()?;
        if self.failed.contains_key(&entry) {
            return Ok(());
        }
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
            let finished = self.files.finish(&staging.folder, (entry, size), modified);
            let inode = match finished {
                Err(error) if error.kind() == ErrorKind::FileTooLarge => {
                    return self.fail_too_large(entry);
                }
                finished => finished.map_err(writing)?,
            };
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
        self.present.forget(entry);
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

    /// A file of this size cannot be here.
    pub(super) fn is_too_large(&self, size: u64) -> bool {
        self.largest.is_some_and(|largest| size > largest)
    }

    /// The disk cannot have a file of this size: the others go on.
    pub(super) fn fail_too_large(&mut self, entry: u32) -> Result<(), DiskError> {
        self.refused.push((entry, Code::TooLarge));
        self.fail(entry, Code::TooLarge)
    }

    /// An entry that failed is received again, from its beginning.
    pub fn retry(&mut self, entry: u32) {
        if self.failed.remove(&entry).is_some() {
            self.pending.failed.remove(&entry);
            self.pending.reset.push(entry);
        }
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
}
