//! Whether what a journal says is there.

use std::ffi::OsStr;

use maru_transfer::hash::{Digest, GROUP_BYTES, group_length};

use super::find;
use crate::{
    DiskError,
    destination::{
        manifest::Placed,
        progress::{DoneFile, Partial, Progress, one},
        staging::{file_name, folder_name},
        state::Destination,
    },
    os::FileKind,
};

impl Destination {
    /// Folders that were about to be published, and are not in the staging folder any more, are published.
    pub(super) fn find_published_folders(&mut self, progress: &Progress) -> Result<(), DiskError> {
        let Some(staging) = &self.staging else {
            return Ok(());
        };
        for (number, inode) in &progress.publishing {
            if find(&staging.folder, &folder_name(*number))?.is_some() {
                continue;
            }
            let top = self.manifest.top_folder(*number);
            let name = top.and_then(|top| self.manifest.folder(top));
            let Some((_, name)) = name else { continue };
            let is_there = find(&self.root, OsStr::new(name))?.is_some_and(|status| {
                status.kind == FileKind::Folder && (!staging.has_inodes || status.inode == *inode)
            });
            if is_there {
                self.published_folders.insert(one(*number));
            }
        }
        Ok(())
    }

    /// The groups that are there.
    pub(super) fn check_partial(
        &mut self,
        entry: u32,
        partial: Partial,
    ) -> Result<Vec<(u64, Digest)>, DiskError> {
        let (Some(staging), true) = (&self.staging, entry < self.manifest.len()) else {
            return Ok(Vec::new());
        };
        let Some(size) = self.manifest.get(entry)?.size() else {
            return Ok(Vec::new());
        };
        let status = find(&staging.folder, &file_name(entry))?.filter(|status| {
            status.kind == FileKind::File && (!staging.has_inodes || status.inode == partial.inode)
        });
        let Some(status) = status else {
            return Ok(Vec::new());
        };
        let mut groups = partial.groups;
        groups.retain(|(group, _)| {
            group_length(size, *group)
                .is_some_and(|length| group * GROUP_BYTES + length <= status.size)
        });
        groups.sort_unstable_by_key(|(group, _)| *group);
        groups.dedup_by_key(|(group, _)| *group);
        Ok(groups)
    }

    /// Whether an entry that the journal says is done is there. If it has no place yet, it gets it at the next checkpoint.
    pub(super) fn check_done(
        &mut self,
        entry: u32,
        progress: &Progress,
    ) -> Result<bool, DiskError> {
        let placed = self.manifest.get(entry)?;
        let Some(size) = placed.size() else {
            return Ok(true);
        };
        if progress.present.contains(&one(entry)) {
            return Ok(progress.concluded || self.is_kept(&placed));
        }
        let done_file = progress.done_files.get(&entry);
        if let Some(staging) = &self.staging
            && self.files.existing.contains(&entry)
        {
            let status = find(&staging.folder, &file_name(entry))?;
            let is_there = status.is_some_and(|status| {
                let is_same =
                    done_file.is_none_or(|file| !staging.has_inodes || file.inode == status.inode);
                status.kind == FileKind::File && status.size == size && is_same
            });
            if is_there {
                self.to_place.push_back(entry);
            }
            return Ok(is_there);
        }
        if placed.is_top_file() {
            return self.check_published(&placed, entry, size, done_file, progress);
        }
        self.check_in_folder(&placed, size)
    }

    fn check_published(
        &mut self,
        placed: &Placed,
        entry: u32,
        size: u64,
        done_file: Option<&DoneFile>,
        progress: &Progress,
    ) -> Result<bool, DiskError> {
        if progress.published.contains(&one(entry)) {
            return Ok(true);
        }
        // The last that the program did was to rename it.
        let has_inodes = self.staging.as_ref().is_some_and(|it| it.has_inodes);
        let status = find(&self.root, OsStr::new(&placed.place.name))?;
        let is_there = status.is_some_and(|status| {
            status.kind == FileKind::File
                && status.size == size
                && done_file.is_some_and(|file| {
                    if has_inodes {
                        status.inode == file.inode
                    } else {
                        status
                            .modified
                            .seconds
                            .abs_diff(placed.entry.modified.seconds)
                            <= 2
                    }
                })
        });
        if is_there {
            self.pending.published.insert(one(entry));
        }
        Ok(is_there)
    }

    fn check_in_folder(&mut self, placed: &Placed, size: u64) -> Result<bool, DiskError> {
        let path = self.manifest.folders_to(placed.place.parent);
        let top = path.first().and_then(|top| self.manifest.top_number(*top));
        let Some(number) = top else { return Ok(false) };
        if self.published_folders.contains(&one(number)) {
            return Ok(true);
        }
        let Some(directory) = self.existing_folder(placed.place.parent)? else {
            return Ok(false);
        };
        let status = find(&directory, OsStr::new(&placed.place.name))?;
        self.folders.put(placed.place.parent, directory);
        Ok(status.is_some_and(|it| it.kind == FileKind::File && it.size == size))
    }
}
