use std::{fs::File, io};

use super::Directory;

/// Left to the file system.
pub(crate) fn preallocate(_file: &File, _offset: u64, _length: u64) -> bool {
    false
}

/// `false`: zeros are written.
pub(crate) fn punch_hole(_file: &File, _offset: u64, _length: u64) -> io::Result<bool> {
    Ok(false)
}

/// `false`: each file is to be synced.
pub(crate) fn sync_all_files(_folder: &Directory) -> io::Result<bool> {
    Ok(false)
}
