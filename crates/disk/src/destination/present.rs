//! Files of a transfer that are there already, outside of the staging folder.
//!
//! They are looked for below the folder that the person chose, without following links, and nothing is changed about them. A
//! folder of the transfer with such a file is the folder that is there: at the end its other files are put into that folder,
//! under names that are free. Until then they stay in the staging folder, so that a transfer that is cancelled changes
//! nothing.

use std::{collections::HashSet, ffi::OsStr};

use maru_transfer::{control::Modified, hash::FileHash, name::FolderId};

use super::{
    files::MAX_SYNCED,
    manifest::Placed,
    progress::{numbers, one},
    staging::folder_name,
    state::Destination,
};
use crate::{
    DiskError, Fault,
    os::{self, Directory, FileKind, Status},
};

impl Destination {
    /// The entries, of `count` from `first` on, of which there is a file of the same path, size and time already.
    ///
    /// # Errors
    /// That the manifest cannot be read. A file that cannot be looked at is not there.
    pub fn find(&mut self, first: u32, count: u32) -> Result<Vec<u32>, DiskError> {
        let mut found = Vec::new();
        for entry in first..first.saturating_add(count) {
            let is_begun = self.files.existing.contains(&entry)
                || self.done.contains(&one(entry))
                || self.pending.done.contains(&one(entry))
                || self.failed.contains_key(&entry);
            if is_begun {
                continue;
            }
            let placed = self.manifest.get(entry)?;
            if placed.size().is_some() && self.present_status(&placed).is_some() {
                found.push(entry);
            }
        }
        Ok(found)
    }

    /// The file that was compared is the one that is received: the entry is done. `false`: it changed since then.
    ///
    /// # Errors
    /// That the manifest cannot be read.
    pub fn keep(&mut self, entry: u32, hash: FileHash) -> Result<bool, DiskError> {
        self.check_synced()?;
        let placed = self.manifest.get(entry)?;
        let seen = self.present.comparing.remove(&entry);
        let status = self.present_status(&placed);
        let Some(status) = status.filter(|status| seen == Some(*status)) else {
            return Ok(false);
        };
        if placed.is_top_file() {
            self.pending.done_files.push((entry, status.inode, hash));
            self.pending.published.insert(one(entry));
            self.add_published(&placed.place.name);
        }
        self.pending.present.insert(one(entry));
        self.pending.done.insert(one(entry));
        Ok(true)
    }

    /// Of the file that is there already with the path, the size and the time of an entry.
    pub(super) fn present_status(&mut self, placed: &Placed) -> Option<Status> {
        let name = OsStr::new(&placed.place.name);
        let status = self.present_folder(placed)?.status(name).ok()?;
        is_present(&status, placed).then_some(status)
    }

    /// The folder outside of the staging folder that a file would be in.
    pub(super) fn present_folder(&mut self, placed: &Placed) -> Option<&Directory> {
        self.folder_there(placed.place.parent)
    }

    /// A folder of the transfer, outside of the staging folder.
    fn folder_there(&mut self, folder: FolderId) -> Option<&Directory> {
        if folder == FolderId::ROOT {
            return Some(&self.root);
        }
        let is_open = |(open, _): &(FolderId, Directory)| *open == folder;
        if !self.present.open.as_ref().is_some_and(is_open) {
            let path = self.manifest.folders_to(folder);
            let top = *path.first()?;
            if !self.may_be_there(top) || path.iter().any(|of| self.present.missing.contains(of)) {
                return None;
            }
            let mut directory: Option<Directory> = None;
            for folder in path {
                let (_, name) = self.manifest.folder(folder)?;
                let parent = directory.as_ref().unwrap_or(&self.root);
                let Some(opened) = self.open_beside(parent, OsStr::new(name)) else {
                    self.present.missing.insert(folder);
                    return None;
                };
                directory = Some(opened);
            }
            self.present.open = Some((folder, directory?));
        }
        self.present.open.as_ref().map(|(_, directory)| directory)
    }

    /// A folder into which files of the staging folder can be moved: one of another file system is not taken for one of the
    /// transfer.
    fn open_beside(&self, parent: &Directory, name: &OsStr) -> Option<Directory> {
        let opened = parent.open_folder(name).ok()?;
        let device = opened.own_status().ok()?.device;
        (device == self.root.own_status().ok()?.device).then_some(opened)
    }

    /// Whether an outermost folder of the transfer may be one that is there already. It stays so until the end: the files in
    /// it get their places there.
    pub(super) fn may_be_there(&mut self, top: FolderId) -> bool {
        if let Some(is_there) = self.present.is_there.get(&top) {
            return *is_there;
        }
        let is_there = self.is_top_there(top).unwrap_or(false);
        self.present.is_there.insert(top, is_there);
        is_there
    }

    fn is_top_there(&self, top: FolderId) -> Option<bool> {
        let number = self.manifest.top_number(top)?;
        let (_, name) = self.manifest.folder(top)?;
        // Of an earlier process, when there was no such folder.
        let staging = self.staging.as_ref()?;
        let is_staged = staging.folder.status(&folder_name(number)).is_ok();
        let is_published = self.published_folders.contains(&one(number));
        let is_there = self.open_beside(&self.root, OsStr::new(name)).is_some();
        Some(is_there && !is_staged && !is_published)
    }

    /// The outermost folder that a file waits for: whether it is one that is there is known at the end.
    pub(super) fn waits_for_top(&mut self, placed: &Placed) -> bool {
        if self.is_concluding || placed.is_top_file() {
            return false;
        }
        let top = self.manifest.folders_to(placed.place.parent);
        top.first().is_some_and(|top| self.may_be_there(*top))
    }

    /// Makes the files durable that the journal is to say are kept: another program may have written them a moment ago.
    ///
    /// # Errors
    /// [`Fault::Changed`], as [`Self::check_present`]; [`Fault::Unsynced`].
    pub(super) fn sync_present(&mut self) -> Result<(), DiskError> {
        let unsynced = |error| DiskError::unsynced("syncing what was kept", error);
        let present: Vec<u32> = numbers(&self.pending.present).collect();
        if present.len() > MAX_SYNCED && os::sync_all_files(&self.root).map_err(unsynced)? {
            return Ok(());
        }
        let mut folders = HashSet::new();
        let last = present.last().copied();
        for entry in present {
            let placed = self.manifest.get(entry)?;
            let name = OsStr::new(&placed.place.name);
            let folder = self.present_folder(&placed).ok_or_else(changed)?;
            let synced = folder.sync_existing_file(name, Some(entry) == last);
            synced.map_err(unsynced)?;
            folders.insert(FolderId::ROOT);
            folders.extend(self.manifest.folders_to(placed.place.parent));
        }
        for folder in folders {
            let folder = self.folder_there(folder).ok_or_else(changed)?;
            folder.sync().map_err(unsynced)?;
        }
        Ok(())
    }

    /// That the files that were kept are as they were.
    ///
    /// # Errors
    /// [`Fault::Changed`]: what is to be received after all is known after [`Self::reopen`].
    pub(super) fn check_present(&mut self) -> Result<(), DiskError> {
        // Folders may have been moved since they were opened.
        self.present.open = None;
        let present: Vec<u32> = numbers(&self.present_entries).collect();
        for entry in present {
            let placed = self.manifest.get(entry)?;
            if !self.is_kept(&placed) {
                return Err(changed());
            }
        }
        Ok(())
    }

    /// Whether a file that was kept is there. Of a folder that is published, what was published may be gone.
    pub(super) fn is_kept(&mut self, placed: &Placed) -> bool {
        self.is_published(placed.place.parent) || self.present_status(placed).is_some()
    }

    /// The outermost folders with a file that was kept are those that are there: they count as published.
    pub(super) fn take_present_tops(&mut self) -> Result<(), DiskError> {
        let present: Vec<u32> = numbers(&self.present_entries).collect();
        for entry in present {
            let placed = self.manifest.get(entry)?;
            let path = self.manifest.folders_to(placed.place.parent);
            let Some(top) = path.first().copied() else {
                continue;
            };
            let number = self.manifest.top_number(top).unwrap_or(u32::MAX);
            if self.published_folders.insert(one(number)) > 0 {
                let name = self.manifest.folder(top).map_or("", |(_, name)| name);
                let name = name.to_owned();
                self.add_published(&name);
            }
            self.add_present_top(top);
        }
        Ok(())
    }

    /// Folders in this one may be there already, and it is to be synced as those are that were made.
    pub(super) fn add_present_top(&mut self, top: FolderId) {
        self.folders.present.insert(top);
        self.folders.made.insert(top);
    }
}

fn changed() -> DiskError {
    DiskError::new("looking for what was kept", Fault::Changed)
}

/// Whether a file is the one of an entry, by what its folder says.
pub(super) fn is_present(status: &Status, placed: &Placed) -> bool {
    status.kind == FileKind::File
        && Some(status.size) == placed.size()
        && is_time_of(status.modified, placed.entry.modified)
}

/// Whether a file system stores `sent` as `stored`: it may have nanoseconds, units of 100 ns (NTFS), microseconds, seconds
/// (HFS+, ext3) or two of them (FAT).
fn is_time_of(stored: Modified, sent: Modified) -> bool {
    if stored.seconds != sent.seconds {
        let even = sent.seconds - sent.seconds.rem_euclid(2);
        return stored.nanoseconds == 0 && stored.seconds == even;
    }
    let units = [1, 100, 1_000, 1_000_000_000];
    units
        .iter()
        .any(|unit| stored.nanoseconds == sent.nanoseconds - sent.nanoseconds % unit)
}
