//! What a person selected becomes a manifest.

mod limit;
mod name;
mod skip;
mod walk;

#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::{
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use maru_transfer::control::Entry;

pub(crate) use self::limit::json_bytes;
pub use self::skip::{MAX_SKIPPED_NAMES, SkipReason, Skipped};
use crate::{DiskError, Fault};

/// The result of a [`scan`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scan {
    /// Files of the manifest.
    pub files: u32,
    /// Folders of the manifest.
    pub folders: u32,
    /// Sum of the sizes.
    pub bytes: u64,
    /// The first entries, for the offer: at most [`maru_transfer::limits::MAX_NAMES`], and as many as fit its message.
    pub names: Vec<Entry>,
    /// What is not offered: links inside folders, devices, unreadable files and so on.
    pub skipped: u64,
    /// The first of them, at most [`MAX_SKIPPED_NAMES`].
    pub skipped_names: Vec<Skipped>,
}

/// Why there is no manifest.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The caller ended it.
    #[error("cancelled")]
    Cancelled,
    /// More entries, bytes of paths or bytes of files than a transfer may have (docs/transfer.md, "Limits").
    #[error("more than a transfer may have")]
    Limit,
    /// The manifest cannot be written.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

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

impl From<limit::Exceeded> for ScanError {
    fn from(_: limit::Exceeded) -> Self {
        Self::Limit
    }
}

impl ScanError {
    /// What to say.
    #[must_use]
    pub fn code(&self) -> maru_transfer::control::Code {
        use maru_transfer::control::Code;
        match self {
            Self::Cancelled => Code::Cancelled,
            Self::Limit => DiskError::new("scanning", Fault::Limit).code,
            Self::Disk(error) => error.code,
        }
    }
}
