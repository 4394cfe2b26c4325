use std::path::Path;

use maru_transfer::control::Code;

use super::{staging::Staging, token::Token};
use crate::{
    DiskError, Fault,
    os::{self, Directory},
};

/// So much stays free: a system whose disk is full does not work well.
const RESERVE: u64 = 64 << 20;

/// Whether a folder can take a transfer of `bytes`, whose largest file has `largest` bytes.
///
/// Free space is not known on Windows, and limits of file systems only on Linux and macOS (FAT).
///
/// # Errors
/// [`Fault::TooLarge`], [`Fault::NotAFolder`], or that nothing can be made in it. Their codes are `TooLarge`, `Unwritable`,
/// `Missing`, `ReadOnly` and `Denied`.
pub fn check_folder(folder: &Path, bytes: u64, largest: u64) -> Result<(), DiskError> {
    let doing = "checking a folder";
    let root = open_folder(folder)?;
    let token: Token = std::array::from_fn(|_| fastrand::u8(..));
    match Staging::create(&root, token) {
        // Not even for that.
        Err(error) if error.code == Code::DiskFull => {
            return Err(DiskError::new(doing, Fault::TooLarge));
        }
        made => drop(made?),
    }
    Staging::remove(&root, token)?;
    let limit = os::largest_file(folder).map_err(DiskError::reading(doing))?;
    if limit.is_some_and(|limit| largest > limit) {
        return Err(DiskError::new(doing, Fault::TooLarge));
    }
    let free = os::free_bytes(folder).map_err(DiskError::reading(doing))?;
    if free.is_some_and(|free| bytes > 0 && bytes.saturating_add(RESERVE) > free) {
        return Err(DiskError::new(doing, Fault::TooLarge));
    }
    Ok(())
}

/// The folder that the person chose. Links on the way to it are followed.
pub(super) fn open_folder(folder: &Path) -> Result<Directory, DiskError> {
    Directory::open(folder).map_err(|error| {
        if error.kind() == std::io::ErrorKind::NotADirectory {
            DiskError::new("opening a folder", Fault::NotAFolder)
        } else {
            DiskError::writing("opening a folder")(error)
        }
    })
}
