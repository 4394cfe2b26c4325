//! Disks in memory.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;

use super::super::*;
use crate::{
    Piece, Ranges,
    control::{Entry, EntryKind, Modified, RelativePath},
    hash::{Digest, FileHash},
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
    /// Writes fail from now on.
    pub(super) full: bool,
}

#[derive(Debug, Clone, Default)]
struct Durable {
    entries: Vec<Entry>,
    content: BTreeMap<u32, Vec<u8>>,
    verified: HashMap<u32, BTreeMap<u64, Digest>>,
    done: Ranges,
    pub(super) hashes: BTreeMap<u32, FileHash>,
}

impl Destination {
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
            DiskRequest::Manifest { .. } | DiskRequest::Read { .. } => unreachable!(),
        }
        true
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
