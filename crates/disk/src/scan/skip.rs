use std::{io, path::Path};

use serde::Serialize;

use crate::os;

/// How many skipped things [`super::Scan`] names.
pub const MAX_SKIPPED_NAMES: usize = 100;

/// Something that is not offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Its path from what was selected on, to be shown: not every path is Unicode.
    pub path: String,
    /// Why.
    pub reason: SkipReason,
}

/// Why something is not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    /// A link inside of a folder.
    Link,
    /// A FIFO, socket or device.
    Special,
    /// No permission, or a fault of the disk. Of a folder: with all that is in it.
    Unreadable,
    /// It is not there, or a selected link leads nowhere.
    Missing,
    /// Its path is longer or deeper than a manifest can contain. Of a folder: with all that is in it.
    Path,
    /// Larger than 2^53 − 1 bytes.
    TooLarge,
    /// The folder of a transfer that is being received.
    Partial,
}

impl From<&io::Error> for SkipReason {
    fn from(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            // What was a file is a link now.
            _ if os::is_link(error) => Self::Link,
            _ => Self::Unreadable,
        }
    }
}

impl Skipped {
    pub(super) fn new(path: &Path, reason: SkipReason) -> Self {
        Self {
            path: path.to_string_lossy().into_owned(),
            reason,
        }
    }
}
