use std::fs::Metadata;

use maru_transfer::control::Modified;

/// What something in a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    File,
    Folder,
    /// A symbolic link, or a junction.
    Link,
    /// A FIFO, socket or device.
    Special,
}

/// What tells whether a file is the same and has the same content as before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) kind: FileKind,
    pub(crate) size: u64,
    pub(crate) modified: Modified,
    /// The last change of content, name, links or permissions. On Windows: when the file was made.
    pub(crate) changed: Modified,
    /// 0 on Windows.
    pub(crate) device: u64,
    /// The inode number; 0 on Windows.
    pub(crate) inode: u64,
    /// Bytes of the disk that it takes, if known.
    pub(crate) allocated: Option<u64>,
}

/// Within what a manifest can contain: integers of 2^53 and more do not survive every JSON parser.
pub(super) fn time(seconds: i64, nanoseconds: i64) -> Modified {
    const MAX_SECONDS: i64 = (1 << 53) - 1;
    Modified {
        seconds: seconds.clamp(-MAX_SECONDS, MAX_SECONDS),
        nanoseconds: u32::try_from(nanoseconds)
            .ok()
            .filter(|it| *it < 1_000_000_000)
            .unwrap_or(0),
    }
}

#[cfg(unix)]
impl From<&Metadata> for Status {
    fn from(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let kind = match metadata.file_type() {
            kind if kind.is_file() => FileKind::File,
            kind if kind.is_dir() => FileKind::Folder,
            kind if kind.is_symlink() => FileKind::Link,
            _ => FileKind::Special,
        };
        Self {
            kind,
            size: metadata.len(),
            modified: time(metadata.mtime(), metadata.mtime_nsec()),
            changed: time(metadata.ctime(), metadata.ctime_nsec()),
            device: metadata.dev(),
            inode: metadata.ino(),
            allocated: Some(metadata.blocks() * 512),
        }
    }
}

#[cfg(windows)]
impl From<&Metadata> for Status {
    fn from(metadata: &Metadata) -> Self {
        use std::os::windows::fs::MetadataExt as _;
        let kind = match metadata.file_type() {
            // First: a link to a folder is both.
            kind if kind.is_symlink() => FileKind::Link,
            kind if kind.is_file() => FileKind::File,
            kind if kind.is_dir() => FileKind::Folder,
            _ => FileKind::Special,
        };
        Self {
            kind,
            size: metadata.len(),
            modified: file_time(metadata.last_write_time()),
            changed: file_time(metadata.creation_time()),
            device: 0,
            inode: 0,
            allocated: None,
        }
    }
}

/// From units of 100 ns since 1601.
#[cfg(windows)]
fn file_time(units: u64) -> Modified {
    const UNITS: u64 = 10_000_000;
    const SECONDS_TO_1970: i64 = 11_644_473_600;
    // At most 2^64 / 10^7 seconds.
    let seconds = i64::try_from(units / UNITS).unwrap_or(i64::MAX);
    let nanoseconds = i64::try_from(units % UNITS * 100).unwrap_or(0);
    time(seconds - SECONDS_TO_1970, nanoseconds)
}
