use std::{
    collections::HashSet,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use maru_transfer::{
    FailedEntries,
    control::{Entry, EntryKind},
};

use super::{Scan, ScanError, limit::Limits, walk::Walk};
use crate::{DiskError, source::manifest::Manifest};

/// Writes the manifest of what failed of an earlier transfer, with the folders it was in: the paths are the same. `earlier`
/// is the manifest of that, and `failed` what failed of it.
///
/// # Errors
/// [`ScanError`], also if the earlier manifest cannot be read. That a file cannot be read is no error: it is skipped.
pub fn scan_failed(
    earlier: &Path,
    failed: &FailedEntries,
    manifest: &Path,
    cancelled: &AtomicBool,
) -> Result<Scan, ScanError> {
    let mut earlier = Manifest::open(earlier)?;
    let folders = folders(&mut earlier, failed)?;
    let mut walk = Walk::new(manifest, cancelled, Limits::default())?;
    for number in 0..earlier.len() {
        if cancelled.load(Ordering::Relaxed) {
            return Err(ScanError::Cancelled);
        }
        let (entry, origin) = earlier.get(number)?;
        let wire = entry.path.as_str();
        let is_failed = failed.get(number).is_some();
        match entry.kind {
            EntryKind::Folder if is_failed || folders.contains(wire) => {
                walk.folder_again(&origin.path, wire)?;
            }
            EntryKind::File { .. } if is_failed => walk.file_again(&origin.path, wire)?,
            _ => {}
        }
    }
    walk.finish()
}

/// The paths of all folders in which something failed.
fn folders(earlier: &mut Manifest, failed: &FailedEntries) -> Result<HashSet<String>, DiskError> {
    let mut folders = HashSet::new();
    for entry in failed.ranges().flatten() {
        let number = u32::try_from(entry).unwrap_or(u32::MAX);
        // The partner may say of entries that do not exist that they failed.
        if number >= earlier.len() {
            continue;
        }
        let (Entry { path, .. }, _) = earlier.get(number)?;
        let mut path = path.as_str();
        while let Some((parent, _)) = path.rsplit_once('/') {
            if !folders.insert(parent.to_owned()) {
                break;
            }
            path = parent;
        }
    }
    Ok(folders)
}
