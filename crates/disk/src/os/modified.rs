use std::{fs::File, io, time::SystemTime};

use maru_transfer::control::Modified;

#[cfg(test)]
use crate::seam::{self, Operation};

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
