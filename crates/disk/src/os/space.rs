//! What a file system has room for.

use std::{io, path::Path};

/// Bytes that the person can still write.
#[cfg(unix)]
pub(crate) fn free_bytes(folder: &Path) -> io::Result<Option<u64>> {
    let statistics = rustix::fs::statvfs(folder)?;
    Ok(Some(
        statistics.f_bavail.saturating_mul(statistics.f_frsize),
    ))
}

/// Not known: the standard library has no call for it, and calls of Windows itself are `unsafe`. A full disk pauses the
/// transfer all the same.
#[cfg(windows)]
pub(crate) fn free_bytes(_folder: &Path) -> io::Result<Option<u64>> {
    Ok(None)
}

/// FAT stores the size of a file in 32 bits.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
const MAX_FAT_BYTES: u64 = u32::MAX as u64;

/// Bytes of the largest file that this process can make in a folder, as far as that is known.
pub(crate) fn largest_file(folder: &Path) -> io::Result<Option<u64>> {
    let limits = [of_file_system(folder)?, of_process()];
    Ok(limits.into_iter().flatten().min())
}

/// `RLIMIT_FSIZE`. A write beyond it ends the process, unless that ignores `SIGXFSZ`.
#[cfg(unix)]
fn of_process() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Fsize).current
}

/// Windows has no such limit.
#[cfg(windows)]
const fn of_process() -> Option<u64> {
    None
}

/// What is known from the kind of the file system. exFAT has no limit that matters.
#[cfg(target_os = "linux")]
fn of_file_system(folder: &Path) -> io::Result<Option<u64>> {
    const MSDOS_SUPER_MAGIC: u64 = 0x4d44;
    let kind = u64::try_from(rustix::fs::statfs(folder)?.f_type).unwrap_or(0);
    Ok((kind == MSDOS_SUPER_MAGIC).then_some(MAX_FAT_BYTES))
}

/// What is known from the kind of the file system.
#[cfg(target_vendor = "apple")]
fn of_file_system(folder: &Path) -> io::Result<Option<u64>> {
    let statistics = rustix::fs::statfs(folder)?;
    let is_fat = statistics
        .f_fstypename
        .iter()
        .map(|character| character.to_ne_bytes()[0])
        .take(6)
        .eq(*b"msdos\0");
    Ok(is_fat.then_some(MAX_FAT_BYTES))
}

/// Not known.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn of_file_system(_folder: &Path) -> io::Result<Option<u64>> {
    Ok(None)
}

/// Whether inode numbers stay the same when the file system is mounted again: those of FAT are made up.
#[cfg(target_os = "linux")]
pub(crate) fn has_inodes(folder: &super::Directory) -> bool {
    const MADE_UP: [u64; 2] = [0x4d44, 0x2011_BAB0];
    #[cfg(test)]
    if crate::seam::lacks("inodes") {
        return false;
    }
    rustix::fs::fstatfs(&folder.fd)
        .ok()
        .and_then(|statistics| u64::try_from(statistics.f_type).ok())
        .is_some_and(|kind| !MADE_UP.contains(&kind))
}

/// Whether inode numbers are known, and stay the same when the file system is mounted again.
#[cfg(not(target_os = "linux"))]
pub(crate) fn has_inodes(_folder: &super::Directory) -> bool {
    // FAT of macOS makes them up as well.
    cfg!(unix) && !cfg!(target_vendor = "apple")
}
