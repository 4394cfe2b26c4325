//! Where tests look into the changes of the disk: they are recorded, and can be made to fail. Per thread.

use std::{cell::RefCell, ffi::OsString, fs::File, io, os::unix::fs::MetadataExt as _};

use maru_transfer::control::Modified;

/// A file or a folder: its inode number, until another one is made with the same.
pub(crate) type Id = u64;

/// A change of the disk that succeeded.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    Create {
        folder: Id,
        name: OsString,
        made: Id,
        is_folder: bool,
    },
    Write {
        file: Id,
        offset: u64,
        bytes: Vec<u8>,
    },
    Zeros {
        file: Id,
        offset: u64,
        length: u64,
    },
    SetLength {
        file: Id,
        length: u64,
    },
    SetModified {
        file: Id,
        modified: Modified,
    },
    Remove {
        folder: Id,
        name: OsString,
    },
    Rename {
        folder: Id,
        name: OsString,
        to: Id,
        new_name: OsString,
    },
    SyncFile {
        file: Id,
    },
    SyncFolder {
        folder: Id,
    },
    /// Everything on the file system of this folder.
    SyncAll {
        folder: Id,
    },
}

#[derive(Default)]
struct Seam {
    operations: Option<Vec<Operation>>,
    /// The kind of operation that fails, after how many, and how.
    failure: Option<(&'static str, u32, i32)>,
    lacking: Vec<&'static str>,
}

thread_local! {
    static SEAM: RefCell<Seam> = RefCell::default();
}

/// Records what `run` changes.
pub(crate) fn recorded<T>(run: impl FnOnce() -> T) -> (T, Vec<Operation>) {
    SEAM.with_borrow_mut(|seam| seam.operations = Some(Vec::new()));
    let result = run();
    let operations = SEAM.with_borrow_mut(|seam| seam.operations.take());
    (result, operations.unwrap_or_default())
}

/// How many operations were recorded so far.
pub(crate) fn count() -> usize {
    SEAM.with_borrow(|seam| seam.operations.as_ref().map_or(0, Vec::len))
}

/// Lets one operation of `kind` fail with an error number, after `skipped` of them.
pub(crate) fn fail(kind: &'static str, skipped: u32, errno: i32) {
    SEAM.with_borrow_mut(|seam| seam.failure = Some((kind, skipped, errno)));
}

/// Takes back what [`fail`] asked for, if it did not happen.
pub(crate) fn clear_failure() {
    SEAM.with_borrow_mut(|seam| seam.failure = None);
}

/// Lets the file system lack these: `rename-no-replace`, `hard-links`, `inodes`, `syncfs`.
pub(crate) fn set_lacking(features: &[&'static str]) {
    SEAM.with_borrow_mut(|seam| seam.lacking = features.to_vec());
}

pub(crate) fn lacks(feature: &str) -> bool {
    SEAM.with_borrow(|seam| seam.lacking.contains(&feature))
}

pub(crate) fn check(kind: &str) -> io::Result<()> {
    SEAM.with_borrow_mut(|seam| match &mut seam.failure {
        Some((failing, skipped, errno)) if *failing == kind => {
            if let Some(rest) = skipped.checked_sub(1) {
                *skipped = rest;
                return Ok(());
            }
            let errno = *errno;
            seam.failure = None;
            Err(io::Error::from_raw_os_error(errno))
        }
        _ => Ok(()),
    })
}

pub(crate) fn record(operation: impl FnOnce() -> Operation) {
    SEAM.with_borrow_mut(|seam| {
        if let Some(operations) = &mut seam.operations {
            operations.push(operation());
        }
    });
}

pub(crate) fn id(file: &File) -> Id {
    file.metadata().map_or(0, |metadata| metadata.ino())
}
