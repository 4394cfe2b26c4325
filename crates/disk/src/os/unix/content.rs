//! The content of files, and their holes.

use std::{fs::File, io, os::unix::fs::FileExt as _};

use rustix::{fs::SeekFrom, io::Errno};

pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    loop {
        match file.read_at(buffer, offset) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

pub(in crate::os) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    file.write_all_at(bytes, offset)
}

/// The first byte from `offset` on that is not in a hole; `None` if the rest of the file is one.
pub(crate) fn next_data(file: &File, offset: u64) -> io::Result<Option<u64>> {
    match rustix::fs::seek(file, SeekFrom::Data(offset)) {
        Ok(at) => Ok(Some(at)),
        Err(Errno::NXIO) => Ok(None),
        // No holes are known.
        Err(Errno::INVAL | Errno::NOTSUP) => Ok(Some(offset)),
        Err(error) => Err(error.into()),
    }
}

/// The beginning of the first hole from `offset` on; `None` if there is none that is known.
pub(crate) fn next_hole(file: &File, offset: u64) -> io::Result<Option<u64>> {
    match rustix::fs::seek(file, SeekFrom::Hole(offset)) {
        Ok(at) => Ok(Some(at)),
        Err(Errno::INVAL | Errno::NOTSUP | Errno::NXIO) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
