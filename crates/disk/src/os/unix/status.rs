//! What the system says about a file.

use rustix::fs::{FileType, Stat};

use crate::os::{FileKind, Status, status::time};

/// The integers of `stat` have other types on each system.
fn signed<T: TryInto<i64>>(value: T) -> i64 {
    value.try_into().unwrap_or_default()
}

fn unsigned<T: TryInto<u64>>(value: T) -> u64 {
    value.try_into().unwrap_or_default()
}

pub(super) fn status(stat: &Stat) -> Status {
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => FileKind::File,
        FileType::Directory => FileKind::Folder,
        FileType::Symlink => FileKind::Link,
        _ => FileKind::Special,
    };
    Status {
        kind,
        size: unsigned(stat.st_size),
        modified: time(signed(stat.st_mtime), signed(stat.st_mtime_nsec)),
        changed: time(signed(stat.st_ctime), signed(stat.st_ctime_nsec)),
        device: device(stat),
        inode: stat.st_ino,
        allocated: Some(unsigned(stat.st_blocks) * 512),
    }
}

/// As [`std::os::unix::fs::MetadataExt::dev`] has it.
#[cfg(target_vendor = "apple")]
#[expect(clippy::cast_sign_loss, reason = "an opaque number")]
fn device(stat: &Stat) -> u64 {
    stat.st_dev as u64
}

/// As [`std::os::unix::fs::MetadataExt::dev`] has it.
#[cfg(not(target_vendor = "apple"))]
fn device(stat: &Stat) -> u64 {
    stat.st_dev
}
