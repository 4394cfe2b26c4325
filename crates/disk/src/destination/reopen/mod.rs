//! A transfer that is found again after a restart.

mod lookup;

use std::{
    ffi::OsStr,
    io::{self, ErrorKind},
    path::Path,
};

use maru_transfer::{
    Ranges,
    control::Code,
    hash::{Digest, FileHash},
};

use super::{
    check,
    journal::{Journal, Record},
    manifest::Manifest,
    progress::{Progress, numbers, one},
    staging::{self, Staging},
    state::{Destination, MAX_PUBLISHED_PATHS},
};
use crate::{
    DiskError,
    os::{Directory, Status},
};

/// What is durable of a transfer that was interrupted, and still there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Restored {
    /// The sizes of the entries that are known, [`FOLDER`](crate::FOLDER) for folders.
    pub sizes: Vec<u64>,
    /// These are all.
    pub manifest_complete: bool,
    /// The entries that are done.
    pub done: Ranges,
    /// Those of them that were there already.
    pub present: Ranges,
    /// The entries that failed, ascending.
    pub failed: Vec<(u32, Code)>,
    /// Files of which some groups are written, and the digests those agree with. Ascending by file.
    pub partial: Vec<(u32, Vec<(u64, Digest)>)>,
    /// Bytes of the transfer that are durable.
    pub bytes: u64,
    /// The hash of the only file, if the transfer has one file in no folder, and it is done.
    pub hash: Option<FileHash>,
    /// [`Destination::conclude`] succeeded.
    pub concluded: bool,
}

fn looking(error: io::Error) -> DiskError {
    DiskError::writing("looking for files")(error)
}

/// What is at a name, if anything.
fn find(folder: &Directory, name: &OsStr) -> Result<Option<Status>, DiskError> {
    match folder.status(name) {
        Ok(status) => Ok(Some(status)),
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(looking(error)),
    }
}

impl Destination {
    /// Finds a transfer again after a restart, by the folder of its record.
    ///
    /// Everything that the journal says is looked for: a file that is gone, has another size or, where those stay the same,
    /// another inode number, is received again. The device number of the folder may change, as it does when drives are
    /// connected in another order; the staging folder is known by what is in it, and its inode number. What is published
    /// may have been moved or removed since.
    ///
    /// # Errors
    /// `Missing`: the folder or the staging folder is gone, or the drive. [`Fault::Foreign`](crate::Fault::Foreign): journal,
    /// manifest and staging folder are not of one transfer. [`Fault::Damaged`](crate::Fault::Damaged);
    /// [`Fault::InUse`](crate::Fault::InUse).
    pub fn reopen(record_folder: &Path) -> Result<(Self, Restored), DiskError> {
        let open = DiskError::reading("opening the folder of a record");
        let records = Directory::open(record_folder).map_err(open)?;
        let mut progress = Progress::default();
        let (journal, token, folder) = Journal::open(&records, |record| progress.replay(record))?;
        let (manifest, sizes) = Manifest::open(&records, token)?;
        let root = check::open_folder(&folder)?;
        let mut destination = Self::new(&folder, root, token, journal, manifest);
        destination.folders.is_reopened = true;
        if progress.concluded {
            // Not important: what is left goes with the record.
            let _ = Staging::remove(&destination.root, token);
        } else if let Some(inode) = progress.staging {
            destination.staging = Some(Staging::open(&destination.root, token, inode)?);
        } else {
            destination.make_staging()?;
        }
        destination.published_folders = progress.published_folders.clone();
        let mut restored = Restored {
            sizes,
            manifest_complete: destination.manifest.is_complete(),
            concluded: progress.concluded,
            ..Restored::default()
        };
        destination.restore(progress, &mut restored)?;
        Ok((destination, restored))
    }

    /// Removes the staging folder of a transfer whose record is to be removed. Nothing if there is none, or no journal.
    ///
    /// # Errors
    /// As [`Self::reopen`], and that something cannot be removed.
    pub fn remove_staging(record_folder: &Path) -> Result<(), DiskError> {
        let open = DiskError::reading("opening the folder of a record");
        let records = Directory::open(record_folder).map_err(open)?;
        if find(&records, OsStr::new(super::journal::FILE_NAME))?.is_none() {
            return Ok(());
        }
        let (_journal, token, folder) = Journal::open(&records, |_| true)?;
        Staging::remove(&check::open_folder(&folder)?, token)
    }

    fn restore(
        &mut self,
        mut progress: Progress,
        restored: &mut Restored,
    ) -> Result<(), DiskError> {
        self.find_published_folders(&progress)?;
        self.find_staged()?;
        let mut resets = Vec::new();
        let mut is_lost = |entry| resets.push(Record::Reset { entry });
        for (entry, partial) in std::mem::take(&mut progress.partial) {
            let groups = self.check_partial(entry, partial)?;
            if groups.is_empty() {
                is_lost(entry);
                continue;
            }
            self.count_groups(entry, groups.iter().map(|(group, _)| *group))?;
            restored.partial.push((entry, groups));
        }
        for entry in numbers(&progress.done) {
            if entry >= self.manifest.len() || !self.check_done(entry, &progress)? {
                is_lost(entry);
                continue;
            }
            self.durable += self.manifest.get(entry)?.size().unwrap_or(0);
            self.done.insert(one(entry));
            if progress.present.contains(&one(entry)) {
                self.restore_present(entry)?;
            }
        }
        self.remove_unknown(restored)?;
        self.journal.append(&resets)?;
        self.list_published(&progress.published)?;
        if let ([size], Some(file)) = (&restored.sizes[..], progress.done_files.get(&0))
            && *size != crate::FOLDER
            && self.done.contains(&one(0))
        {
            restored.hash = Some(file.hash);
        }
        self.failed = progress.failed;
        self.failed.retain(|entry, _| *entry < self.manifest.len());
        restored.failed = self
            .failed
            .iter()
            .map(|(entry, code)| (*entry, *code))
            .collect();
        // The program ended before it could say so, or the limit is another one now.
        for (number, size) in (0..).zip(&restored.sizes) {
            let is_over = self.done.contains(&one(number)) || self.failed.contains_key(&number);
            if *size != crate::FOLDER && self.is_too_large(*size) && !is_over {
                self.fail_too_large(number)?;
            }
        }
        restored.done = self.done.clone();
        restored.present = self.present_entries.clone();
        restored.bytes = self.durable;
        Ok(())
    }

    /// A file that was there before the transfer. If its folder counts as published, files get their places in it.
    fn restore_present(&mut self, entry: u32) -> Result<(), DiskError> {
        self.present_entries.insert(one(entry));
        let parent = self.manifest.get(entry)?.place.parent;
        if self.is_published(parent)
            && let Some(top) = self.manifest.folders_to(parent).first()
        {
            self.add_present_top(*top);
        }
        Ok(())
    }

    fn find_staged(&mut self) -> Result<(), DiskError> {
        if let Some(staging) = &self.staging {
            let names = staging.folder.names().map_err(looking)?;
            self.files.existing = names
                .iter()
                .filter_map(|it| staging::entry_of(it))
                .collect();
        }
        Ok(())
    }

    /// Removes files of the staging folder that are of no use.
    fn remove_unknown(&mut self, restored: &Restored) -> Result<(), DiskError> {
        let Some(staging) = &self.staging else {
            return Ok(());
        };
        let existing: Vec<u32> = self.files.existing.iter().copied().collect();
        for entry in existing {
            let partial = &restored.partial;
            let is_partial = partial.binary_search_by_key(&entry, |(it, _)| *it).is_ok();
            if !is_partial && !self.done.contains(&one(entry)) {
                self.files.remove(&staging.folder, entry).map_err(looking)?;
            }
        }
        Ok(())
    }

    fn list_published(&mut self, published: &Ranges) -> Result<(), DiskError> {
        let files = numbers(published).chain(numbers(&self.pending.published));
        let files: Vec<u32> = files.take(MAX_PUBLISHED_PATHS).collect();
        for entry in files {
            if self.done.contains(&one(entry)) {
                let name = self.manifest.get(entry)?.place.name;
                self.add_published(&name);
            }
        }
        let folders: Vec<u32> = numbers(&self.published_folders)
            .take(MAX_PUBLISHED_PATHS)
            .collect();
        for number in folders {
            let top = self.manifest.top_folder(number);
            let name = top.and_then(|top| self.manifest.folder(top));
            if let Some(name) = name.map(|(_, name)| name.to_owned()) {
                self.add_published(&name);
            }
        }
        Ok(())
    }
}
