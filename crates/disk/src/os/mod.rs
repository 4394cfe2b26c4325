//! What the operating systems do in different ways, and what the order of durability is made of: every change of the disk
//! by a [`Destination`](crate::Destination) goes through this module, so that tests can record and refuse it.
//!
//! On Unix, folders are open handles, and names are resolved below them without following links. On Windows the standard
//! library has no such operations: paths are used, and each folder is checked not to be a link or junction before
//! something is opened in it. As everything is written below a folder that this program made, whose name nobody can know
//! before, that leaves a race only to programs of the same person. The code for Windows and macOS is type-checked, and has
//! not been run.

#[cfg(target_os = "linux")]
mod linux;
mod mark;
mod status;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(not(target_os = "linux"))]
mod generic;
mod space;

use std::{fs::File, io, time::SystemTime};

#[cfg(not(target_os = "linux"))]
pub(crate) use generic::{preallocate, punch_hole, sync_all_files};
#[cfg(target_os = "linux")]
pub(crate) use linux::{preallocate, punch_hole, sync_all_files};
pub(crate) use mark::mark_downloaded;
use maru_transfer::control::Modified;
pub(crate) use space::{free_bytes, has_inodes, largest_file};
pub(crate) use status::{FileKind, Status};
#[cfg(unix)]
pub(crate) use unix::{
    Directory, is_link, next_data, next_hole, open_source, path_bytes, path_from_bytes, read_at,
};
#[cfg(windows)]
pub(crate) use windows::{
    Directory, is_link, next_data, next_hole, open_source, path_bytes, path_from_bytes, read_at,
};

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

#[cfg(test)]
use crate::seam::{self, Operation};

/// Writes all of `bytes` at an offset.
pub(crate) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    #[cfg(test)]
    seam::check("write")?;
    system::write_at(file, bytes, offset)?;
    #[cfg(test)]
    seam::record(|| Operation::Write {
        file: seam::id(file),
        offset,
        bytes: bytes.to_vec(),
    });
    Ok(())
}

/// Cuts or extends a file.
pub(crate) fn set_length(file: &File, length: u64) -> io::Result<()> {
    #[cfg(test)]
    seam::check("set_length")?;
    file.set_len(length)?;
    #[cfg(test)]
    seam::record(|| Operation::SetLength {
        file: seam::id(file),
        length,
    });
    Ok(())
}

/// Makes zeros of a range inside the file, of no allocation where the file system can.
pub(crate) fn write_zeros(file: &File, offset: u64, length: u64) -> io::Result<()> {
    static ZEROS: [u8; 65_536] = [0; 65_536];
    if length == 0 || punch_hole(file, offset, length)? {
        return Ok(());
    }
    let end = offset + length;
    let mut at = offset;
    while at < end {
        let count = usize::try_from(end - at).map_or(ZEROS.len(), |rest| rest.min(ZEROS.len()));
        write_at(file, &ZEROS[..count], at)?;
        at += count as u64;
    }
    Ok(())
}

/// Makes durable the content, the size and the time of a file. On macOS that includes the drive's own memory.
pub(crate) fn sync_file(file: &File) -> io::Result<()> {
    #[cfg(test)]
    seam::check("sync")?;
    file.sync_all()?;
    record_sync(file);
    Ok(())
}

/// As [`sync_file`] of a file that is not the last of several on its file system: on macOS, the drive writes its memory
/// when the last is synced, which takes tens of milliseconds.
pub(crate) fn sync_one_of_many(file: &File) -> io::Result<()> {
    #[cfg(test)]
    seam::check("sync")?;
    #[cfg(unix)]
    rustix::fs::fsync(file)?;
    #[cfg(not(unix))]
    file.sync_all()?;
    record_sync(file);
    Ok(())
}

fn record_sync(file: &File) {
    let _ = file;
    #[cfg(test)]
    seam::record(|| Operation::SyncFile {
        file: seam::id(file),
    });
}

/// Sets when a file or a folder was modified. Times that the file system cannot have become the nearest, or stay.
pub(crate) fn set_modified(file: &File, modified: Modified) -> io::Result<()> {
    let Some(time) = system_time(modified) else {
        return Ok(());
    };
    file.set_modified(time)?;
    #[cfg(test)]
    seam::record(|| Operation::SetModified {
        file: seam::id(file),
        modified,
    });
    Ok(())
}

fn system_time(modified: Modified) -> Option<SystemTime> {
    let seconds = std::time::Duration::from_secs(modified.seconds.unsigned_abs());
    let nanoseconds = std::time::Duration::from_nanos(modified.nanoseconds.into());
    let time = if modified.seconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(seconds)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(seconds)
    };
    time?.checked_add(nanoseconds)
}
