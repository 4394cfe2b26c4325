//! The records of a journal.

use std::path::PathBuf;

use maru_transfer::{
    Ranges,
    control::Code,
    hash::{Digest, FileHash},
    limits::MAX_ENTRIES,
};

use crate::{
    codec::{Decoder, Encoder},
    destination::token::Token,
    frame, os,
};

/// Digests, or ranges, in one record.
const MAX_ITEMS: usize = 1_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::destination) enum Record {
    /// The first record, of this version.
    Header {
        token: Token,
        folder: PathBuf,
    },
    /// The staging folder was made. Its inode number, if those stay the same on its file system.
    Staging {
        inode: Option<u64>,
    },
    /// Groups of a file are written and agree with their digests.
    Groups {
        entry: u32,
        inode: u64,
        groups: Vec<(u64, Digest)>,
    },
    /// Everything of these entries is written.
    Done(Ranges),
    /// These are of the next record, and were there already: nothing of them is in the staging folder.
    Present(Ranges),
    /// One of these is a file in no folder: what it is, so that it is found again if the next record is missing.
    DoneFile {
        entry: u32,
        inode: u64,
        hash: FileHash,
    },
    /// These files, in no folder, have their final names.
    Published(Ranges),
    /// These folders, in no other folder, are about to get their final names. Their inode numbers.
    Publishing(Vec<(u32, u64)>),
    /// They have them.
    PublishedFolders(Ranges),
    Failed {
        entry: u32,
        code: Code,
    },
    /// Nothing of this entry is there any more.
    Reset {
        entry: u32,
    },
    /// Everything is published, and the staging folder is to be removed.
    Concluded,
}

const HEADER: u8 = 0x11;
const STAGING: u8 = 1;
const GROUPS: u8 = 2;
const DONE: u8 = 3;
const DONE_FILE: u8 = 4;
const PUBLISHED: u8 = 5;
const PUBLISHING: u8 = 6;
const PUBLISHED_FOLDERS: u8 = 7;
const FAILED: u8 = 8;
const RESET: u8 = 9;
const CONCLUDED: u8 = 10;
const PRESENT: u8 = 11;

impl Record {
    /// In one frame, or in several if it is long.
    pub(super) fn push(&self, out: &mut Vec<u8>) {
        let mut one = |record: &Encoder| frame::push(out, record.finish());
        match self {
            Self::Header { token, folder } => {
                one(Encoder::new(HEADER)
                    .fixed(token)
                    .bytes(&os::path_bytes(folder)));
            }
            Self::Staging { inode } => one(Encoder::new(STAGING)
                .u8(inode.is_some().into())
                .u64(inode.unwrap_or(0))),
            Self::Groups {
                entry,
                inode,
                groups,
            } => {
                for some in groups.chunks(MAX_ITEMS) {
                    let mut record = Encoder::new(GROUPS);
                    record.u32(*entry).u64(*inode);
                    for (group, digest) in some {
                        record.u64(*group).fixed(&digest.0);
                    }
                    one(&record);
                }
            }
            Self::Done(entries) => push_ranges(DONE, entries, one),
            Self::Present(entries) => push_ranges(PRESENT, entries, one),
            Self::DoneFile { entry, inode, hash } => {
                one(Encoder::new(DONE_FILE)
                    .u32(*entry)
                    .u64(*inode)
                    .fixed(&hash.0));
            }
            Self::Published(entries) => push_ranges(PUBLISHED, entries, one),
            Self::Publishing(folders) => {
                for some in folders.chunks(MAX_ITEMS) {
                    let mut record = Encoder::new(PUBLISHING);
                    for (number, inode) in some {
                        record.u32(*number).u64(*inode);
                    }
                    one(&record);
                }
            }
            Self::PublishedFolders(folders) => push_ranges(PUBLISHED_FOLDERS, folders, one),
            Self::Failed { entry, code } => {
                let code = serde_json::to_string(code).unwrap_or_default();
                one(Encoder::new(FAILED).u32(*entry).bytes(code.as_bytes()));
            }
            Self::Reset { entry } => one(Encoder::new(RESET).u32(*entry)),
            Self::Concluded => one(&Encoder::new(CONCLUDED)),
        }
    }

    pub(super) fn decode(content: &[u8]) -> Option<Self> {
        let mut record = Decoder::new(content);
        let decoded = match record.u8()? {
            HEADER => Self::Header {
                token: record.fixed()?,
                folder: os::path_from_bytes(record.bytes()?)?,
            },
            STAGING => {
                let (is_known, inode) = (record.u8()? == 1, record.u64()?);
                Self::Staging {
                    inode: is_known.then_some(inode),
                }
            }
            GROUPS => {
                let (entry, inode) = (record.u32()?, record.u64()?);
                let mut groups = Vec::new();
                while !record.is_empty() {
                    groups.push((record.u64()?, Digest(record.fixed()?)));
                }
                Self::Groups {
                    entry,
                    inode,
                    groups,
                }
            }
            DONE => Self::Done(ranges(&mut record)?),
            PRESENT => Self::Present(ranges(&mut record)?),
            DONE_FILE => Self::DoneFile {
                entry: record.u32()?,
                inode: record.u64()?,
                hash: FileHash(record.fixed()?),
            },
            PUBLISHED => Self::Published(ranges(&mut record)?),
            PUBLISHING => {
                let mut folders = Vec::new();
                while !record.is_empty() {
                    folders.push((record.u32()?, record.u64()?));
                }
                Self::Publishing(folders)
            }
            PUBLISHED_FOLDERS => Self::PublishedFolders(ranges(&mut record)?),
            FAILED => Self::Failed {
                entry: record.u32()?,
                code: serde_json::from_str(record.text()?).ok()?,
            },
            RESET => Self::Reset {
                entry: record.u32()?,
            },
            CONCLUDED => Self::Concluded,
            _ => return None,
        };
        record.end()?;
        Some(decoded)
    }
}

fn push_ranges(kind: u8, ranges: &Ranges, mut one: impl FnMut(&Encoder)) {
    let ranges: Vec<_> = ranges.iter().collect();
    for some in ranges.chunks(MAX_ITEMS) {
        let mut record = Encoder::new(kind);
        for range in some {
            record.u64(range.start).u64(range.end);
        }
        one(&record);
    }
}

fn ranges(record: &mut Decoder<'_>) -> Option<Ranges> {
    let mut ranges = Ranges::new();
    while !record.is_empty() {
        let (start, end) = (record.u64()?, record.u64()?);
        // Each number in it is looked at.
        if start > end || end > u64::from(MAX_ENTRIES) {
            return None;
        }
        ranges.insert(start..end);
    }
    Some(ranges)
}
