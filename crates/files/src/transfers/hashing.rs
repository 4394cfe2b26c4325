//! The hash of a file that was sent by several runs of the program.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use maru_disk::{FOLDER, Source};
use maru_transfer::hash::{FileHash, FileHasher, GroupHash, group_count, group_length};

/// Reads all of the only file behind a manifest. `None` if there is not one file, it is not what it was, or the person does not
/// want to know any more.
pub(super) fn hash_of_only_file(manifest: &Path, cancelled: &AtomicBool) -> Option<FileHash> {
    let mut source = Source::open(manifest).ok()?;
    let sizes = source.sizes().ok()?;
    let mut files = (0..).zip(sizes).filter(|(_, size)| *size != FOLDER);
    let (entry, size) = files.next()?;
    if files.next().is_some() {
        return None;
    }
    let groups = group_count(size);
    let mut hasher = FileHasher::new(size).ok();
    let mut offset = 0;
    for group in 0..groups {
        if cancelled.load(Ordering::Relaxed) {
            return None;
        }
        let length = group_length(size, group)?;
        let pieces = source.read(entry, offset, length, group + 1 == groups);
        offset += length;
        match maru_transfer::hash_pieces(size, group, &pieces.ok()?).ok()? {
            GroupHash::File(hash) => return Some(hash),
            GroupHash::Digest(digest) => hasher.as_mut()?.add(group, digest).ok()?,
        }
    }
    hasher?.finish().ok()
}
