//! How a file that is done gets its place.

use std::{
    collections::{HashSet, VecDeque},
    ffi::OsStr,
    io::{self, ErrorKind},
};

use maru_transfer::{control::Code, name::FolderId};

use super::{
    Destination, MadeFolders,
    checkpoint::numbers,
    journal::Record,
    manifest::Placed,
    progress::one,
    staging::{file_name, folder_name},
};
use crate::{
    DiskError,
    error::{code, is_name_refused},
    os::{Directory, FileKind, is_link},
};

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
    /// Some may be there that an earlier process made.
    pub(super) is_reopened: bool,
}

impl OpenFolders {
    fn take(&mut self, folder: FolderId) -> Option<Directory> {
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

impl Destination {
    /// Gives all files that are done their places. What fails stays to be placed.
    pub(super) fn place_done(&mut self) -> Result<(), DiskError> {
        while let Some(entry) = self.to_place.front().copied() {
            self.place(entry)?;
            self.to_place.pop_front();
        }
        Ok(())
    }

    /// Makes the folders that files need which are done. They are to be durable before a file is moved into them: otherwise a
    /// file that was durable could be lost with its folder.
    pub(super) fn make_folders(&mut self) -> Result<(), DiskError> {
        let pending: Vec<u32> = numbers(&self.pending.done).collect();
        let waiting: Vec<u32> = self.to_place.iter().copied().collect();
        for entry in pending.into_iter().chain(waiting) {
            let placed = self.manifest.get(entry)?;
            if placed.place.folder.is_some() || placed.is_top_file() {
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

    fn place(&mut self, entry: u32) -> Result<(), DiskError> {
        let mut placed = self.manifest.get(entry)?;
        if placed.place.folder.is_some() {
            // Folders are made for what is in them, or at the end.
            return Ok(());
        }
        let result = if placed.is_top_file() {
            self.move_to_root(entry, &mut placed)
        } else {
            self.move_to_folder(entry, &mut placed)
        };
        match result {
            Ok(()) => self.files.forget(entry),
            Err(PlaceError::Refused(error)) => self.refuse(entry, &error)?,
            Err(PlaceError::Disk(error)) => return Err(error),
        }
        Ok(())
    }

    /// The disk refuses the name: the entry has failed.
    pub(super) fn refuse(&mut self, entry: u32, error: &io::Error) -> Result<(), DiskError> {
        let code = code(error, Code::Unwritable);
        self.journal.append(&[Record::Failed { entry, code }])?;
        self.done.remove(one(entry));
        self.failed.insert(entry, code);
        self.refused.push((entry, code));
        let size = self.manifest.get(entry)?.size().unwrap_or(0);
        self.durable = self.durable.saturating_sub(size);
        if let Some(staging) = &self.staging {
            let removed = self.files.remove(&staging.folder, entry);
            removed.map_err(DiskError::writing("removing a file"))?;
        }
        Ok(())
    }

    fn move_to_root(&mut self, entry: u32, placed: &mut Placed) -> Result<(), PlaceError> {
        // Borrowed with the manifest, so not through `self`.
        loop {
            self.choose_name(entry, placed, None)?;
            let staging = &self.staging()?.folder;
            if move_file(staging, entry, &self.root, &placed.place.name)? {
                self.pending.published.insert(one(entry));
                let name = placed.place.name.clone();
                self.add_published(&name);
                return Ok(());
            }
        }
    }

    fn move_to_folder(&mut self, entry: u32, placed: &mut Placed) -> Result<(), PlaceError> {
        let parent = placed.place.parent;
        let directory = self.open_folder(parent, placed.entry.path.as_str())?;
        loop {
            self.choose_name(entry, placed, Some(&directory))?;
            let staging = &self.staging()?.folder;
            if move_file(staging, entry, &directory, &placed.place.name)? {
                break;
            }
        }
        self.folders.put(parent, directory);
        Ok(())
    }

    /// A name that is free, stored before it is used: after a crash the file is found by it.
    fn choose_name(
        &mut self,
        entry: u32,
        placed: &mut Placed,
        directory: Option<&Directory>,
    ) -> Result<(), PlaceError> {
        let directory = directory.unwrap_or(&self.root);
        let mut is_renamed = false;
        loop {
            match directory.status(OsStr::new(&placed.place.name)) {
                Err(error) if error.kind() == ErrorKind::NotFound => break,
                Err(error) => return Err(error.into()),
                // A link to the file itself, if a crash was between the two halves of a rename.
                Ok(status) => {
                    let staging = self.staging()?;
                    let own = staging.folder.status(&file_name(entry))?;
                    let identity = (own.device, own.inode);
                    if staging.has_inodes
                        && own.inode != 0
                        && identity == (status.device, status.inode)
                    {
                        break;
                    }
                }
            }
            self.manifest.rename(placed);
            is_renamed = true;
        }
        if is_renamed {
            self.manifest.store_name(entry, placed)?;
        }
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
        let number = self.manifest.top_number(top).unwrap_or(u32::MAX);
        if self.published_folders.contains(&one(number)) {
            let name = self.manifest.folder(top).map_or("", |(_, name)| name);
            return Ok(self.root.open_folder(OsStr::new(name))?);
        }
        let name = folder_name(number);
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
            if !exists {
                let directory = made?;
                self.folders.made.insert(folder);
                let parent = self.manifest.folder(folder).map(|(parent, _)| parent);
                self.folders.unsynced.insert(parent);
                return Ok(directory);
            }
            // An earlier process made it; or the disk takes two names for one, as FAT with its short names.
            let is_ours = self.folders.is_reopened
                && parent
                    .status(name)
                    .is_ok_and(|it| it.kind == FileKind::Folder);
            if is_ours {
                self.folders.made.insert(folder);
            } else {
                self.manifest.rename_folder(folder, wire)?;
            }
        }
    }
}

/// Moves a file out of the staging folder. `false`: the name is taken meanwhile.
fn move_file(
    staging: &Directory,
    entry: u32,
    to: &Directory,
    name: &str,
) -> Result<bool, PlaceError> {
    let own = file_name(entry);
    match staging.rename(&own, to, OsStr::new(name)) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let (there, here) = (to.status(OsStr::new(name))?, staging.status(&own)?);
            let is_same =
                here.inode != 0 && (here.device, here.inode) == (there.device, there.inode);
            if is_same {
                staging.remove_file(&own)?;
            }
            Ok(is_same)
        }
        Err(error) => Err(error.into()),
    }
}

/// Why a file has no place.
#[derive(Debug)]
pub(super) enum PlaceError {
    /// It never can have it.
    Refused(io::Error),
    Disk(DiskError),
}

impl From<DiskError> for PlaceError {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

impl From<io::Error> for PlaceError {
    fn from(error: io::Error) -> Self {
        if is_name_refused(&error) {
            Self::Refused(error)
        } else {
            Self::Disk(DiskError::writing("moving a file to its place")(error))
        }
    }
}
