//! The disk side of file transfer.
//!
//! Everything blocks: it is for threads of its own.
//!
//! # Map
//!
//! | Modules | Content |
//! |---|---|
//! | `scan` | what a person selected becomes a manifest |
//! | `source` | files that are sent |
//! | `destination` | files that are received |
//! | `store` | unfinished transfers |
//! | `frame`, `codec` | records in manifests and journals |
//! | `os` | what the operating systems do in different ways |

mod codec;
mod destination;
mod error;
mod frame;
mod json_bytes;
mod os;
mod scan;
#[cfg(test)]
mod seam;
mod source;
mod staging_name;
mod store;

use std::{fs::File, io, path::Path};

pub use codec::FOLDER;
pub use destination::{
    Destination, EntryStatus, PlacedEntry, ReceivedEntries, Restored, check_folder,
};
pub use error::{DiskError, Fault};
pub use scan::{MAX_SKIPPED_NAMES, Scan, ScanError, SkipReason, Skipped, scan, scan_failed};
pub use source::Source;
pub use store::{
    End, EndKind, Listing, MANIFEST, MAX_FAILED_RANGES, Record, Store, StoredProgress,
};

/// Makes, or empties, a file that only the person can open.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
