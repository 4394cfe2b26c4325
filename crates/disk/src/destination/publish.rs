//! How a file that is done gets its place.

use std::{
    ffi::OsStr,
    io::{self, ErrorKind},
};

use maru_transfer::control::Code;

use super::{
    journal::Record, manifest::Placed, place_error::PlaceError, progress::one, staging::file_name,
    state::Destination,
};
use crate::{DiskError, error::code, os::Directory};

impl Destination {
    /// Gives all files that are done their places. What fails stays to be placed.
    pub(super) fn place_done(&mut self) -> Result<(), DiskError> {
        while let Some(entry) = self.to_place.front().copied() {
            self.place(entry)?;
            self.to_place.pop_front();
        }
        Ok(())
    }

    fn place(&mut self, entry: u32) -> Result<(), DiskError> {
        let mut placed = self.manifest.get(entry)?;
        if placed.place.folder.is_some() {
            // Folders are made for what is in them, or at the end.
            return Ok(());
        }
        if self.waits_for_top(&placed) {
            self.waiting.push(entry);
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
