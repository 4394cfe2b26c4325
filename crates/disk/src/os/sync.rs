//! How the content of a file becomes durable.

use std::{fs::File, io};

#[cfg(test)]
use crate::seam::{self, Operation};

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
