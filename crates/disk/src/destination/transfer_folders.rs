//! How the folders of the transfer are made and opened, in the staging folder or where they are published.

use std::{
    ffi::OsStr,
    io::{self, ErrorKind},
};

use maru_transfer::name::FolderId;

use super::{
    place_error::PlaceError,
    progress::{numbers, one},
    staging::folder_name,
    state::Destination,
};
use crate::{
    DiskError,
    os::{Directory, FileKind, is_link},
};

impl Destination {
    /// Makes the folders that files need which are done. They are to be durable before a file is moved into them: otherwise a
    /// file that was durable could be lost with its folder.
    pub(super) fn make_folders(&mut self) -> Result<(), DiskError> {
        let pending: Vec<u32> = numbers(&self.pending.done).collect();
        let waiting: Vec<u32> = self.to_place.iter().copied().collect();
        for entry in pending.into_iter().chain(waiting) {
            let placed = self.manifest.get(entry)?;
            let is_present = self.pending.present.contains(&one(entry));
            if placed.place.folder.is_some()
                || placed.is_top_file()
                || is_present
                || self.waits_for_top(&placed)
            {
                continue;
            }
            let parent = placed.place.parent;
            match self.open_folder(parent, placed.entry.path.as_str()) {
                Ok(directory) => self.folders.put(parent, directory),
                // Said when the file is to be moved.
                Err(PlaceError::Refused(_)) => {}
                Err(PlaceError::Disk(error)) => return Err(error),
            }
        }
        Ok(())
    }

    /// Makes durable which folders there are.
    pub(super) fn sync_made_folders(&mut self) -> Result<(), DiskError> {
        let unsynced = |error| DiskError::unsynced("syncing folders", error);
        let folders: Vec<_> = self.folders.unsynced.iter().copied().collect();
        for folder in folders {
            match folder {
                None => self.staging()?.folder.sync().map_err(unsynced)?,
                Some(folder) => {
                    if let Some(directory) = self.existing_folder(folder)? {
                        directory.sync().map_err(unsynced)?;
                    }
                }
            }
        }
        self.folders.unsynced.clear();
        Ok(())
    }

    /// A folder of the transfer, made if it is missing, with those it is in. `wire`: the path of an entry that it is, or is
    /// in it.
    pub(super) fn open_folder(
        &mut self,
        folder: FolderId,
        wire: &str,
    ) -> Result<Directory, PlaceError> {
        if let Some(directory) = self.folders.take(folder) {
            return Ok(directory);
        }
        let mut path = self.manifest.folders_to(folder).into_iter();
        let Some(top) = path.next() else {
            return Err(io::Error::from(ErrorKind::NotFound).into());
        };
        let mut directory = self.open_top(top)?;
        for inner in path {
            directory = self.open_inner(&directory, inner, wire)?;
        }
        Ok(directory)
    }

    /// A folder of the transfer, in the staging folder or published, if it is there.
    pub(super) fn existing_folder(
        &mut self,
        folder: FolderId,
    ) -> Result<Option<Directory>, DiskError> {
        if let Some(directory) = self.folders.take(folder) {
            return Ok(Some(directory));
        }
        let path = self.manifest.folders_to(folder);
        let mut directory = None;
        for folder in path {
            let opened = match &directory {
                None => {
                    let number = self.manifest.top_number(folder).unwrap_or(u32::MAX);
                    if self.published_folders.contains(&one(number)) {
                        let name = self.manifest.folder(folder).map_or("", |(_, name)| name);
                        self.root.open_folder(OsStr::new(name))
                    } else {
                        self.staging()?.folder.open_folder(&folder_name(number))
                    }
                }
                Some(parent) => {
                    let name = self.manifest.folder(folder).map_or("", |(_, name)| name);
                    Directory::open_folder(parent, OsStr::new(name))
                }
            };
            match opened {
                Ok(opened) => directory = Some(opened),
                Err(error)
                    if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
                        || is_link(&error) =>
                {
                    return Ok(None);
                }
                Err(error) => return Err(DiskError::writing("opening a folder")(error)),
            }
        }
        Ok(directory)
    }

    fn open_top(&mut self, top: FolderId) -> Result<Directory, PlaceError> {
        if self.is_published(top) {
            let name = self.manifest.folder(top).map_or("", |(_, name)| name);
            return Ok(self.root.open_folder(OsStr::new(name))?);
        }
        let name = folder_name(self.manifest.top_number(top).unwrap_or(u32::MAX));
        let staging = &self.staging()?.folder;
        let opened = if self.folders.made.contains(&top) {
            staging.open_folder(&name)
        } else {
            match staging.make_folder(&name, false) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    staging.open_folder(&name)
                }
                made => made,
            }
        };
        let directory = opened?;
        if !self.folders.made.contains(&top) {
            self.folders.unsynced.insert(None);
        }
        self.folders.made.insert(top);
        Ok(directory)
    }

    fn open_inner(
        &mut self,
        parent: &Directory,
        folder: FolderId,
        wire: &str,
    ) -> Result<Directory, PlaceError> {
        loop {
            let name = self.manifest.folder(folder).map_or("", |(_, name)| name);
            let name = OsStr::new(name);
            if self.folders.made.contains(&folder) {
                return Ok(parent.open_folder(name)?);
            }
            let made = parent.make_folder(name, false);
            let exists = matches!(&made, Err(error) if error.kind() == ErrorKind::AlreadyExists);
            let top = self.manifest.folders_to(folder).first().copied();
            let is_in_present = top.is_some_and(|top| self.folders.present.contains(&top));
            if !exists {
                let directory = made?;
                self.folders.made.insert(folder);
                if is_in_present {
                    self.folders.made_in_present.insert(folder);
                }
                let parent = self.manifest.folder(folder).map(|(parent, _)| parent);
                self.folders.unsynced.insert(parent);
                return Ok(directory);
            }
            // It was there before the transfer, an earlier process made it, or the disk takes two names for one, as FAT with its
            // short names.
            let device = self.root.own_status()?.device;
            let is_ours = (self.folders.is_reopened || is_in_present)
                && parent
                    .status(name)
                    .is_ok_and(|it| it.kind == FileKind::Folder && it.device == device);
            if is_ours {
                self.folders.made.insert(folder);
            } else {
                self.manifest.rename_folder(folder, wire)?;
            }
        }
    }
}
