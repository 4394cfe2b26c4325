//! Disks in memory.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;

use super::super::*;
use crate::{
    Piece, Ranges,
    control::{Entry, EntryKind, Modified, RelativePath},
    hash::{Digest, FileHash, GROUP_BYTES, GroupHash, GroupHasher, group_length},
};

/// Content of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Folder,
    File(Vec<u8>),
    /// Zeros that are not stored.
    Hole(u64),
}

/// What a sender has.
#[derive(Debug, Clone, Default)]
pub(super) struct Source {
    pub(super) nodes: Vec<(String, Node)>,
    /// Reads of these entries fail.
    pub(super) broken: BTreeMap<u32, Code>,
}

impl Source {
    pub(super) fn entries(&self) -> Vec<Entry> {
        let entry = |(path, node): &(String, Node)| Entry {
            path: RelativePath::new(path).unwrap(),
            kind: match node {
                Node::Folder => EntryKind::Folder,
                Node::File(bytes) => EntryKind::File {
                    size: bytes.len() as u64,
                },
                Node::Hole(size) => EntryKind::File { size: *size },
            },
            modified: Modified {
                seconds: 0,
                nanoseconds: 0,
            },
        };
        self.nodes.iter().map(entry).collect()
    }

    pub(super) fn outgoing(&self, id: u8) -> Outgoing {
        let sizes: Vec<u64> = self
            .entries()
            .iter()
            .map(|entry| match entry.kind {
                EntryKind::File { size } => size,
                EntryKind::Folder => FOLDER,
            })
            .collect();
        let files = sizes.iter().filter(|size| **size != FOLDER).count();
        Outgoing {
            offer: Offer {
                id: TransferId([id; 16]),
                number: id.into(),
                files: u32::try_from(files).unwrap(),
                folders: u32::try_from(sizes.len() - files).unwrap(),
                bytes: sizes.iter().filter(|size| **size != FOLDER).sum(),
                names: self.entries().into_iter().take(8).collect(),
                skipped: 0,
                secret: crate::control::Secret([id; 32]),
            },
            sizes: sizes.into(),
            partner_secret: None,
            paused: false,
            failed: crate::FailedEntries::default(),
        }
    }

    pub(super) fn manifest(&self, first: u32, max: usize) -> (Vec<Entry>, bool) {
        let entries = self.entries();
        let mut bytes = 2;
        let batch: Vec<Entry> = entries[first as usize..]
            .iter()
            .take_while(|entry| {
                bytes += serde_json::to_string(entry).unwrap().len() + 1;
                bytes <= max
            })
            .cloned()
            .collect();
        let last = first as usize + batch.len() == entries.len();
        (batch, last)
    }

    pub(super) fn read(&self, entry: u32, offset: u64, length: u64) -> Result<Vec<Piece>, Code> {
        if let Some(code) = self.broken.get(&entry) {
            return Err(*code);
        }
        match &self.nodes[entry as usize].1 {
            Node::Folder => Err(Code::Unreadable),
            Node::File(_) if length == 0 => Ok(Vec::new()),
            Node::File(bytes) => {
                let range = offset as usize..(offset + length) as usize;
                Ok(vec![Piece::Bytes(Bytes::copy_from_slice(&bytes[range]))])
            }
            Node::Hole(size) => Ok(vec![Piece::Zeros(size - offset)]),
        }
    }
}

/// What a receiver has: what it wrote, and of that what a checkpoint made durable.
#[derive(Debug, Clone, Default)]
pub(super) struct Destination {
    now: Durable,
    durable: Durable,
    pub(super) concluded: bool,
    /// What is there already, by path.
    existing: BTreeMap<String, Vec<u8>>,
    /// Groups that were compared, also those of files that are different.
    pub(super) compared: u64,
    /// Files change between their comparison and the time when they are to be kept.
    pub(super) changes: bool,
    /// Writes fail from now on.
    pub(super) full: bool,
}

#[derive(Debug, Clone, Default)]
struct Durable {
    entries: Vec<Entry>,
    content: BTreeMap<u32, Vec<u8>>,
    verified: HashMap<u32, BTreeMap<u64, Digest>>,
    done: Ranges,
    present: Ranges,
    pub(super) hashes: BTreeMap<u32, FileHash>,
}

impl Destination {
    /// Where these files are already, by path.
    pub(super) fn with(existing: BTreeMap<String, Vec<u8>>) -> Self {
        Self {
            existing,
            ..Self::default()
        }
    }

    /// False: it fails.
    pub(super) fn perform(&mut self, request: &DiskRequest) -> bool {
        if self.full {
            return false;
        }
        match request {
            DiskRequest::Fail { entry, .. } => {
                self.now.content.remove(entry);
            }
            DiskRequest::Store { first, entries, .. } => {
                assert_eq!(*first as usize, self.now.entries.len());
                self.now.entries.extend(entries.iter().cloned());
            }
            DiskRequest::Write {
                entry,
                offset,
                piece,
                ..
            } => {
                assert!((*entry as usize) < self.now.entries.len(), "stored before");
                let content = self.now.content.entry(*entry).or_default();
                let end = (offset + piece.len()) as usize;
                content.resize(content.len().max(end), 0xee);
                let range = *offset as usize..end;
                match piece {
                    Piece::Bytes(bytes) => content[range].copy_from_slice(bytes),
                    Piece::Zeros(_) => content[range].fill(0),
                }
            }
            DiskRequest::Verified {
                entry,
                group,
                digest,
                ..
            } => {
                let of = self.now.verified.entry(*entry).or_default();
                assert!(of.insert(*group, *digest).is_none(), "verified twice");
            }
            DiskRequest::Finish { entry, hash, .. } => {
                self.now
                    .done
                    .insert(u64::from(*entry)..u64::from(*entry) + 1);
                if let Some(hash) = hash {
                    let content = self.now.content.entry(*entry).or_default();
                    assert_eq!(
                        hash.0,
                        *blake3::hash(content).as_bytes(),
                        "content and hash"
                    );
                    self.now.hashes.insert(*entry, *hash);
                }
            }
            DiskRequest::Checkpoint { .. } => self.durable = self.now.clone(),
            DiskRequest::Conclude { .. } => {
                self.durable = self.now.clone();
                self.concluded = true;
            }
            DiskRequest::Manifest { .. }
            | DiskRequest::Read { .. }
            | DiskRequest::Find { .. }
            | DiskRequest::Compare { .. }
            | DiskRequest::Keep { .. } => unreachable!(),
        }
        true
    }

    /// What is there of these entries.
    pub(super) fn find(&self, first: u32, count: u32) -> Vec<u32> {
        assert!((first + count) as usize <= self.now.entries.len(), "stored");
        let is_there = |entry: &u32| {
            let of = &self.now.entries[*entry as usize];
            let existing = self.existing.get(of.path.as_str());
            existing.is_some_and(|content| {
                let size = content.len() as u64;
                of.kind == EntryKind::File { size }
            })
        };
        (first..first + count).filter(is_there).collect()
    }

    pub(super) fn compare(&mut self, entry: u32, expected: &Expected) -> bool {
        self.compared += expected.groups().count() as u64;
        let content = self.existing_of(entry).unwrap();
        let size = content.len() as u64;
        match expected {
            Expected::Hash(hash) => hash.0 == *blake3::hash(content).as_bytes(),
            Expected::Digests { first, digests } => {
                (*first..).zip(digests).all(|(group, digest)| {
                    let start = (group * GROUP_BYTES) as usize;
                    let length = group_length(size, group).unwrap() as usize;
                    let mut hasher = GroupHasher::new(size, group).unwrap();
                    hasher.update(&content[start..start + length]).unwrap();
                    hasher.finish() == Ok(GroupHash::Digest(*digest))
                })
            }
        }
    }

    /// False: it changed.
    pub(super) fn keep(&mut self, entry: u32, hash: FileHash) -> bool {
        if self.changes {
            return false;
        }
        let content = self.existing_of(entry).unwrap().clone();
        assert_eq!(
            hash.0,
            *blake3::hash(&content).as_bytes(),
            "content and hash"
        );
        let range = u64::from(entry)..u64::from(entry) + 1;
        self.now.content.insert(entry, content);
        self.now.done.insert(range.clone());
        self.now.present.insert(range);
        true
    }

    fn existing_of(&self, entry: u32) -> Option<&Vec<u8>> {
        let path = self.now.entries.get(entry as usize)?.path.as_str();
        self.existing.get(path)
    }

    pub(super) fn durable_bytes(&self) -> u64 {
        self.durable
            .content
            .values()
            .map(|of| of.len() as u64)
            .sum()
    }

    /// Power was lost: what is not durable is gone. What was written in part has other bytes.
    pub(super) fn lose_power(&mut self) -> Restored {
        self.now = self.durable.clone();
        let sizes: Vec<u64> = self
            .now
            .entries
            .iter()
            .map(|entry| match entry.kind {
                EntryKind::File { size } => size,
                EntryKind::Folder => FOLDER,
            })
            .collect();
        let done = self.now.done.clone();
        Restored {
            manifest_complete: false,
            failed: BTreeMap::new(),
            partial: self
                .now
                .verified
                .iter()
                .filter(|(entry, _)| !done.contains(&(u64::from(**entry)..u64::from(**entry) + 1)))
                .map(|(entry, groups)| (*entry, groups.iter().map(|(g, d)| (*g, *d)).collect()))
                .collect(),
            sizes,
            done,
            present: self.now.present.clone(),
        }
    }

    /// The files, as a person finds them.
    pub(super) fn nodes(&self) -> Vec<(String, Node)> {
        let node = |(index, entry): (usize, &Entry)| {
            let number = u32::try_from(index).unwrap();
            let node = match entry.kind {
                EntryKind::Folder => Node::Folder,
                EntryKind::File { .. } => Node::File(
                    self.durable
                        .content
                        .get(&number)
                        .cloned()
                        .unwrap_or_default(),
                ),
            };
            (entry.path.as_str().to_owned(), node)
        };
        self.durable.entries.iter().enumerate().map(node).collect()
    }
}
