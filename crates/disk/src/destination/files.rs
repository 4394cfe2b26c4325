//! Files that are being received, in the staging folder.

use std::{
    collections::{HashSet, VecDeque},
    fs::File,
    io,
};

use maru_transfer::{
    Piece,
    control::Modified,
    hash::{GROUP_BYTES, group_length},
};

use super::staging::file_name;
use crate::{
    DiskError, Fault,
    os::{self, Directory, Status},
};

/// Files that are open at once.
const MAX_OPEN: usize = 32;

/// Files of this size and more get room on the disk before they are written, in steps of it.
const PREALLOCATED: u64 = 64 << 20;

/// More files than this are made durable with the whole file system.
pub(super) const MAX_SYNCED: usize = 16;

#[derive(Debug)]
struct StagedFile {
    entry: u32,
    file: File,
    /// In the manifest.
    size: u64,
    /// On the disk so far.
    length: u64,
    /// It has holes, or may have: no room is to be allocated for it.
    is_sparse: bool,
    /// Room is allocated up to here, from where it was written first.
    allocated: u64,
}

/// All files of the staging folder that are not in their places yet.
#[derive(Debug, Default)]
pub(super) struct StagedFiles {
    /// The one that was used last is the last.
    open: VecDeque<StagedFile>,
    /// Those that exist.
    pub(super) existing: HashSet<u32>,
    /// Those that were written since the last sync.
    dirty: HashSet<u32>,
    is_folder_dirty: bool,
}

impl StagedFiles {
    fn get(&mut self, staging: &Directory, entry: u32, size: u64) -> io::Result<&mut StagedFile> {
        match self.open.iter().position(|file| file.entry == entry) {
            Some(at) => {
                // Often it is the last already.
                if let Some(file) = self.open.remove(at) {
                    self.open.push_back(file);
                }
            }
            None => {
                let file = self.open_or_make(staging, entry, size)?;
                if self.open.len() >= MAX_OPEN {
                    self.open.pop_front();
                }
                self.open.push_back(file);
            }
        }
        self.open
            .back_mut()
            .ok_or_else(|| io::ErrorKind::Other.into())
    }

    fn open_or_make(
        &mut self,
        staging: &Directory,
        entry: u32,
        size: u64,
    ) -> io::Result<StagedFile> {
        let name = file_name(entry);
        let is_new = !self.existing.contains(&entry);
        let file = if is_new {
            staging.make_file(&name, false)?
        } else {
            staging.open_writable(&name)?
        };
        if is_new {
            self.existing.insert(entry);
            self.is_folder_dirty = true;
        }
        let length = if is_new { 0 } else { file.metadata()?.len() };
        Ok(StagedFile {
            entry,
            file,
            size,
            length,
            is_sparse: !is_new || size < PREALLOCATED,
            allocated: 0,
        })
    }

    /// Writes a piece. If it fails, it can be repeated.
    pub(super) fn write(
        &mut self,
        staging: &Directory,
        (entry, size): (u32, u64),
        offset: u64,
        piece: &Piece,
    ) -> io::Result<()> {
        // Before: a part may be written when it fails.
        self.dirty.insert(entry);
        let file = self.get(staging, entry, size)?;
        let end = offset + piece.len();
        match piece {
            Piece::Bytes(bytes) => {
                file.allocate(end);
                os::write_at(&file.file, bytes, offset)?;
                file.length = file.length.max(end);
            }
            Piece::Zeros(_) => {
                file.is_sparse = true;
                // Behind the end of the file there is nothing yet. In front of it may be room, or content that disagreed.
                let known = end.min(file.length);
                os::write_zeros(&file.file, offset, known.saturating_sub(offset))?;
            }
        }
        Ok(())
    }

    /// Sees to it that the file reaches to the end of a group, which may be a hole. Returns its inode number.
    pub(super) fn cover(
        &mut self,
        staging: &Directory,
        (entry, size): (u32, u64),
        group: u64,
    ) -> io::Result<u64> {
        let end = group * GROUP_BYTES + group_length(size, group).unwrap_or(0);
        let file = self.get(staging, entry, size)?;
        let is_short = file.length < end;
        if is_short {
            os::set_length(&file.file, end)?;
            file.length = end;
        }
        let inode = file.inode()?;
        if is_short {
            self.dirty.insert(entry);
        }
        Ok(inode)
    }

    /// Gives a file its size, time and mark, and closes it. Returns its inode number.
    pub(super) fn finish(
        &mut self,
        staging: &Directory,
        (entry, size): (u32, u64),
        modified: Modified,
    ) -> io::Result<u64> {
        self.dirty.insert(entry);
        let file = self.get(staging, entry, size)?;
        if file.length != size {
            os::set_length(&file.file, size)?;
            file.length = size;
        }
        os::mark_downloaded(staging, &file_name(entry), &file.file);
        // The file is complete also if the file system does not have such a time.
        let _ = os::set_modified(&file.file, modified);
        let inode = file.inode()?;
        self.close(entry);
        Ok(inode)
    }

    fn close(&mut self, entry: u32) {
        self.open.retain(|file| file.entry != entry);
    }

    /// The file has got its place, or is gone.
    pub(super) fn forget(&mut self, entry: u32) {
        self.close(entry);
        self.existing.remove(&entry);
        self.dirty.remove(&entry);
    }

    pub(super) fn remove(&mut self, staging: &Directory, entry: u32) -> io::Result<()> {
        if self.existing.contains(&entry) {
            match staging.remove_file(&file_name(entry)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        self.forget(entry);
        Ok(())
    }

    pub(super) fn is_dirty(&self) -> bool {
        !self.dirty.is_empty() || self.is_folder_dirty
    }

    /// Makes durable what was written, and the names of new files. Returns whether that is all of the file system. An error
    /// of [`Fault::Unsynced`] is final.
    pub(super) fn sync(&mut self, staging: &Directory) -> Result<bool, DiskError> {
        let unsynced = |error: io::Error| DiskError::unsynced("syncing files", error);
        let is_synced =
            self.dirty.len() > MAX_SYNCED && os::sync_all_files(staging).map_err(unsynced)?;
        if !is_synced {
            let mut rest = self.dirty.len();
            for entry in &self.dirty {
                rest -= 1;
                let held = self.open.iter().find(|file| file.entry == *entry);
                let opened;
                let file = match held {
                    Some(held) => &held.file,
                    None => {
                        opened = staging
                            .open_writable(&file_name(*entry))
                            .map_err(DiskError::writing("opening a file"))?;
                        &opened
                    }
                };
                if rest == 0 {
                    os::sync_file(file).map_err(unsynced)?;
                } else {
                    os::sync_one_of_many(file).map_err(unsynced)?;
                }
            }
            if self.is_folder_dirty {
                staging.sync().map_err(unsynced)?;
            }
        }
        self.dirty.clear();
        self.is_folder_dirty = false;
        Ok(is_synced)
    }

    /// That a range is inside of a file.
    pub(super) fn check(size: u64, offset: u64, length: u64) -> Result<(), DiskError> {
        match offset.checked_add(length) {
            Some(end) if end <= size => Ok(()),
            _ => Err(DiskError::new("writing a file", Fault::Argument)),
        }
    }
}

impl StagedFile {
    /// Room for content that ends at `end`, in whole steps. The file grows with it, so that holes can be made of what is
    /// zeros after all.
    fn allocate(&mut self, end: u64) {
        if self.is_sparse || end <= self.allocated {
            return;
        }
        let start = self.length;
        let until = end.next_multiple_of(PREALLOCATED).min(self.size);
        self.allocated = until;
        if start < until && os::preallocate(&self.file, start, until - start) {
            self.length = until;
        }
    }

    fn inode(&self) -> io::Result<u64> {
        Ok(Status::from(&self.file.metadata()?).inode)
    }
}

pub(super) fn writing(error: io::Error) -> DiskError {
    DiskError::writing("writing a file")(error)
}
