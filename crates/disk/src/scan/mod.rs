//! What a person selected becomes a manifest.

mod again;
mod error;
mod limit;
mod name;
mod result;
mod skip;
mod walk;

#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::{
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

pub use self::{
    again::scan_failed,
    error::ScanError,
    result::Scan,
    skip::{MAX_SKIPPED_NAMES, SkipReason, Skipped},
};

/// Walks what a person selected, and writes the manifest and where its files are to the file `manifest`.
///
/// Folders come before what is in them, and names in the order of their bytes. A selected link stands for what it leads to;
/// links inside of folders are skipped. A name that is not Unicode has U+FFFD in its place. Of two folders that would have
/// the same path, such as two selected ones of the same name, the second gets a number: a receiver takes equal paths of
/// folders for one folder. Files may have equal paths.
///
/// The names of the folders on the way to the present one are in memory, and nothing else that grows. `cancelled` is looked
/// at for each entry.
///
/// # Errors
/// [`ScanError`]. That something cannot be read is no error: it is skipped.
pub fn scan(
    selection: &[PathBuf],
    manifest: &Path,
    cancelled: &AtomicBool,
) -> Result<Scan, ScanError> {
    let mut walk = walk::Walk::new(manifest, cancelled, limit::Limits::default())?;
    for path in selection {
        walk.selected(path)?;
    }
    walk.finish()
}
