//! The end: folders get their times and places.

use std::{
    ffi::OsStr,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use maru_transfer::name::FolderId;

use super::{
    files::StagedFiles,
    journal::{Journal, Record},
    place_error::PlaceError,
    progress::{Progress, one},
    staging::{Staging, folder_name},
    state::Destination,
};
use crate::{
    DiskError, Fault,
    os::{self, Directory},
};

impl Destination {
    /// Everything is done or has failed: the outermost folders get their places, by one rename each, and the staging folder
    /// is removed. Returns what [`Self::published`] does. If it fails, it can be repeated, except after
    /// [`Fault::Unsynced`].
    ///
    /// Entries that failed can be received afterwards, after [`Self::retry`]. They get their places at the next
    /// checkpoint.
    ///
    /// # Errors
    /// As [`Self::checkpoint`].
    pub fn conclude(&mut self) -> Result<Vec<PathBuf>, DiskError> {
        self.checkpoint()?;
        if self.staging.is_some() {
            let result = self.try_conclude();
            if let Err(error) = &result {
                self.is_unsynced = error.fault == Fault::Unsynced;
            }
            result?;
        }
        Ok(self.published.clone())
    }

    /// Whether [`Self::conclude`] succeeded for a transfer, by the folder of its record. Nothing is changed.
    ///
    /// # Errors
    /// That there is no journal, or that it cannot be read; [`Fault::Damaged`].
    pub fn is_concluded(record_folder: &Path) -> Result<bool, DiskError> {
        let open = DiskError::reading("opening the folder of a record");
        let records = Directory::open(record_folder).map_err(open)?;
        let mut progress = Progress::default();
        Journal::read(&records, |record| progress.replay(record))?;
        Ok(progress.concluded)
    }

    fn try_conclude(&mut self) -> Result<(), DiskError> {
        self.check_present()?;
        self.place_waiting()?;
        self.finish_folders()?;
        let tops = self.tops_to_publish()?;
        self.sync_folders()?;
        let publishing = tops.iter().map(|top| (top.number, top.inode)).collect();
        self.journal.append(&[Record::Publishing(publishing)])?;
        self.sync_journal()?;
        self.folders.close();
        for top in tops {
            self.publish_folder(&top)?;
        }
        self.root
            .sync()
            .map_err(DiskError::writing("syncing a folder"))?;
        self.journal
            .append(&[Record::PublishedFolders(self.published_folders.clone())])?;
        self.journal.append(&[Record::Concluded])?;
        self.sync_journal()?;
        // Afterwards nothing in it is needed. If it is not removed now, that is done with the record.
        self.staging = None;
        self.files = StagedFiles::default();
        Staging::remove(&self.root, self.token)
    }

    /// It is known now which folders are those that were there before: they, and the others, get the files that wait.
    fn place_waiting(&mut self) -> Result<(), DiskError> {
        self.take_present_tops()?;
        if !self.published_folders.is_empty() {
            self.journal
                .append(&[Record::PublishedFolders(self.published_folders.clone())])?;
            self.sync_journal()?;
        }
        self.is_concluding = true;
        self.to_place.extend(std::mem::take(&mut self.waiting));
        self.make_folders()?;
        self.sync_made_folders()?;
        self.place_done()
    }

    /// Makes the folders that are still missing, and then gives all of them their times, which change whenever something is
    /// made in them.
    fn finish_folders(&mut self) -> Result<(), DiskError> {
        for is_second in [false, true] {
            for entry in 0..self.manifest.len() {
                if !self.done.contains(&one(entry)) {
                    continue;
                }
                let placed = self.manifest.get(entry)?;
                let Some(folder) = placed.place.folder else {
                    continue;
                };
                let is_made = self.folders.made_in_present.contains(&folder);
                if is_second && self.is_published(folder) && !is_made {
                    continue;
                }
                let directory = match self.open_folder(folder, placed.entry.path.as_str()) {
                    Ok(directory) => directory,
                    Err(PlaceError::Refused(error)) => {
                        self.refuse(entry, &error)?;
                        continue;
                    }
                    Err(PlaceError::Disk(error)) => return Err(error),
                };
                if is_second {
                    // The folder is complete also if the file system does not have such a time.
                    let _ = directory.set_modified(placed.entry.modified);
                }
            }
        }
        Ok(())
    }

    pub(super) fn is_published(&self, folder: FolderId) -> bool {
        let top = self.manifest.folders_to(folder).first().copied();
        top.and_then(|top| self.manifest.top_number(top))
            .is_some_and(|number| self.published_folders.contains(&one(number)))
    }

    /// One sync for everything, or of each folder: the files in them are durable already.
    fn sync_folders(&mut self) -> Result<(), DiskError> {
        let unsynced = |error| DiskError::unsynced("syncing folders", error);
        if os::sync_all_files(&self.staging()?.folder).map_err(unsynced)? {
            self.folders.unsynced.clear();
            return Ok(());
        }
        let made: Vec<FolderId> = self.folders.made.iter().copied().collect();
        for folder in made {
            if let Some(directory) = self.existing_folder(folder)? {
                directory.sync().map_err(unsynced)?;
            }
        }
        self.folders.unsynced.clear();
        self.staging()?.folder.sync().map_err(unsynced)
    }

    /// The outermost folders that are in the staging folder.
    fn tops_to_publish(&self) -> Result<Vec<Top>, DiskError> {
        let staging = &self.staging()?.folder;
        let mut tops = Vec::new();
        for number in 0..self.manifest.top_count() {
            if self.published_folders.contains(&one(number)) {
                continue;
            }
            match staging.status(&folder_name(number)) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(publishing(error)),
                Ok(status) => tops.push(Top {
                    number,
                    inode: status.inode,
                }),
            }
        }
        Ok(tops)
    }

    fn publish_folder(&mut self, top: &Top) -> Result<(), DiskError> {
        let staged = folder_name(top.number);
        loop {
            let folder = self.manifest.top_folder(top.number);
            let name = folder.and_then(|folder| self.manifest.folder(folder));
            let name = name.map_or("", |(_, name)| name).to_owned();
            let is_taken = match self.root.status(OsStr::new(&name)) {
                Ok(_) => true,
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    let staging = &self.staging()?.folder;
                    match staging.rename(&staged, &self.root, OsStr::new(&name)) {
                        Ok(()) => false,
                        Err(error) if error.kind() == ErrorKind::AlreadyExists => true,
                        Err(error) => return Err(publishing(error)),
                    }
                }
                Err(error) => return Err(publishing(error)),
            };
            if !is_taken {
                self.published_folders.insert(one(top.number));
                self.add_published(&name);
                return Ok(());
            }
            self.manifest.rename_top(top.number)?;
        }
    }
}

/// An outermost folder.
struct Top {
    number: u32,
    inode: u64,
}

fn publishing(error: std::io::Error) -> DiskError {
    DiskError::writing("moving a folder to its place")(error)
}
