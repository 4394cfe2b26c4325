//! What a journal says.

use std::collections::BTreeMap;

use maru_transfer::{
    Ranges,
    control::Code,
    hash::{Digest, FileHash},
};

use super::journal::Record;

/// A file of which groups are durable.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Partial {
    pub(super) inode: u64,
    pub(super) groups: Vec<(u64, Digest)>,
}

/// A file in no folder that is done and not yet published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DoneFile {
    pub(super) inode: u64,
    pub(super) hash: FileHash,
}

#[derive(Debug, Default)]
pub(super) struct Progress {
    /// `Some` if the staging folder was made; inside, its inode number if that can be compared.
    pub(super) staging: Option<Option<u64>>,
    pub(super) done: Ranges,
    pub(super) present: Ranges,
    pub(super) done_files: BTreeMap<u32, DoneFile>,
    pub(super) published: Ranges,
    pub(super) publishing: BTreeMap<u32, u64>,
    pub(super) published_folders: Ranges,
    pub(super) failed: BTreeMap<u32, Code>,
    pub(super) partial: BTreeMap<u32, Partial>,
    pub(super) concluded: bool,
}

pub(super) fn one(number: u32) -> std::ops::Range<u64> {
    u64::from(number)..u64::from(number) + 1
}

/// The numbers of entries, of which all are below 2^32.
pub(super) fn numbers(ranges: &Ranges) -> impl Iterator<Item = u32> + '_ {
    ranges
        .iter()
        .flatten()
        .filter_map(|it| u32::try_from(it).ok())
}

impl Progress {
    /// Applies the next record. `false`: it cannot be.
    pub(super) fn replay(&mut self, record: Record) -> bool {
        match record {
            Record::Header { .. } => return false,
            Record::Staging { inode } => {
                self.staging = Some(inode);
                self.concluded = false;
            }
            Record::Groups {
                entry,
                inode,
                mut groups,
            } => {
                self.forget(entry);
                let partial = self.partial.entry(entry).or_default();
                if partial.inode != inode {
                    partial.groups.clear();
                    partial.inode = inode;
                }
                partial.groups.append(&mut groups);
            }
            Record::Done(entries) => {
                for range in entries.iter() {
                    for entry in range.clone() {
                        let Ok(entry) = u32::try_from(entry) else {
                            return false;
                        };
                        self.partial.remove(&entry);
                        self.failed.remove(&entry);
                    }
                    self.done.insert(range);
                }
            }
            Record::Present(entries) => {
                for range in entries.iter() {
                    self.present.insert(range);
                }
            }
            Record::DoneFile { entry, inode, hash } => {
                self.done_files.insert(entry, DoneFile { inode, hash });
            }
            Record::Published(entries) => {
                for range in entries.iter() {
                    self.published.insert(range);
                }
            }
            Record::Publishing(folders) => self.publishing.extend(folders),
            Record::PublishedFolders(folders) => {
                for range in folders.iter() {
                    self.published_folders.insert(range);
                }
            }
            Record::Failed { entry, code } => {
                self.reset(entry);
                self.failed.insert(entry, code);
            }
            Record::Reset { entry } => self.reset(entry),
            Record::Concluded => self.concluded = true,
        }
        true
    }

    fn reset(&mut self, entry: u32) {
        self.forget(entry);
        self.partial.remove(&entry);
    }

    /// It is not done, and has not failed.
    fn forget(&mut self, entry: u32) {
        self.done.remove(one(entry));
        self.present.remove(one(entry));
        self.done_files.remove(&entry);
        self.published.remove(one(entry));
        self.failed.remove(&entry);
    }
}
