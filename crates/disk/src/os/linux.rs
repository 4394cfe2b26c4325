use std::{fs::File, io};

use rustix::{fs::FallocateFlags, io::Errno};

use super::Directory;
#[cfg(test)]
use crate::seam::{self, Operation};

/// Allocates room for a range, up to which the file grows, so that one that is written in many places has few fragments.
/// Whether it did: without it everything works as well.
pub(crate) fn preallocate(file: &File, offset: u64, length: u64) -> bool {
    rustix::fs::fallocate(file, FallocateFlags::empty(), offset, length).is_ok()
}

/// Gives back the room of a range, which is zeros then. `false` if the file system cannot.
pub(crate) fn punch_hole(file: &File, offset: u64, length: u64) -> io::Result<bool> {
    #[cfg(test)]
    seam::check("write")?;
    let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
    match rustix::fs::fallocate(file, flags, offset, length) {
        Ok(()) => {}
        Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    #[cfg(test)]
    seam::record(|| Operation::Zeros {
        file: seam::id(file),
        offset,
        length,
    });
    Ok(true)
}

/// Makes durable everything on the file system of a folder. `false`: not possible, each file is to be synced.
///
/// It also waits for what other programs wrote, so that it is for many files: two syncs of a file each take milliseconds.
pub(crate) fn sync_all_files(folder: &Directory) -> io::Result<bool> {
    #[cfg(test)]
    if seam::lacks("syncfs") {
        return Ok(false);
    }
    #[cfg(test)]
    seam::check("sync")?;
    rustix::fs::syncfs(&folder.fd)?;
    #[cfg(test)]
    seam::record(|| Operation::SyncAll {
        folder: seam::id(&folder.fd),
    });
    Ok(true)
}
