//! Changes of a file's content.

use std::{fs::File, io};

#[cfg(not(target_os = "linux"))]
use super::generic::punch_hole;
#[cfg(target_os = "linux")]
use super::linux::punch_hole;
#[cfg(unix)]
use super::unix as system;
#[cfg(windows)]
use super::windows as system;
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
