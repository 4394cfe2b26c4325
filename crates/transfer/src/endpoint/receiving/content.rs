//! Content of files that arrives.

use maru_protocol::Open;

use super::Receiving;
use crate::{
    FileError, FileEvent, IncomingFile, Piece, Source,
    bulk::{Content, HASH_BYTES},
    control::{Code, ControlMessage, GroupRange, Wanted},
    endpoint::{
        FOLDER,
        output::{DiskRequest, Violation, WriteId},
    },
    hash::{Digest, FileHash},
    ranges::one,
};

/// What follows from an input.
#[derive(Debug, Default)]
pub(in crate::endpoint) struct Effects {
    pub(in crate::endpoint) disk: Vec<DiskRequest>,
    pub(in crate::endpoint) control: Vec<ControlMessage>,
    /// Entries that are complete, with the hash of a file.
    pub(in crate::endpoint) complete: Vec<(u32, Option<FileHash>)>,
    /// Entries that failed here.
    pub(in crate::endpoint) failed: Vec<(u32, Code)>,
    /// Number of writes and comparisons in `disk`.
    pub(in crate::endpoint) writes: u32,
}

/// Groups of zeros that are hashed in one step.
const HOLE_STEP: u64 = 64;

impl Receiving {
    /// Content of an entry arrived. What is not wanted any more is ignored.
    pub(in crate::endpoint) fn on_content(
        &mut self,
        entry: u32,
        content: &Content,
        write: WriteId,
        effects: &mut Effects,
    ) -> Result<(), Violation> {
        let Some(size) = self.size(entry) else {
            let seen = usize::try_from(entry).is_ok_and(|entry| entry < self.seen);
            return if seen {
                Ok(())
            } else {
                Err(Violation::Content)
            };
        };
        if size == FOLDER {
            return Err(Violation::Content);
        }
        if self.pauses.problem_here.is_some() || self.key.is_none() {
            return Ok(());
        }
        if self.present.is_comparing(entry) {
            return self.on_compared_content(entry, content, write, effects);
        }
        if !self.wants.is_asked(entry) {
            return Ok(());
        }
        if !self.files.contains_key(&entry) {
            let file = IncomingFile::new(size).map_err(|_| Violation::Content)?;
            self.add_file(entry, file);
        }
        let result = self.change_file(entry, |file| insert(file, content));
        result.unwrap_or(Ok(())).map_err(|error| match error {
            FileError::TooManyGroups => Violation::TooMuchAtOnce,
            FileError::BeyondEnd | FileError::Size | FileError::NoDigests => Violation::Content,
        })?;
        self.poll_file(entry, write, effects);
        Ok(())
    }

    /// Hashes some of the holes that wait. Returns whether more wait.
    pub(in crate::endpoint) fn hash_holes(
        &mut self,
        write: WriteId,
        effects: &mut Effects,
    ) -> bool {
        if let Some(entry) = self.hole_files.pop_first() {
            self.change_file(entry, |file| file.hash_holes(HOLE_STEP));
            self.poll_file(entry, write, effects);
        }
        self.has_holes()
    }

    /// Whether [`Self::hash_holes`] has something to do.
    pub(in crate::endpoint) fn has_holes(&self) -> bool {
        !self.hole_files.is_empty()
    }

    fn poll_file(&mut self, entry: u32, write: WriteId, effects: &mut Effects) {
        let id = self.offer.id;
        let Some(file) = self.files.get_mut(&entry) else {
            return;
        };
        if file.has_holes() {
            self.hole_files.insert(entry);
        }
        while let Some(event) = file.poll_event() {
            match event {
                FileEvent::Write(offset, piece) => {
                    effects.writes += 1;
                    effects.disk.push(DiskRequest::Write {
                        write,
                        id,
                        entry,
                        offset,
                        piece,
                    });
                }
                FileEvent::Verified(group, digest) => effects.disk.push(DiskRequest::Verified {
                    id,
                    entry,
                    group,
                    digest,
                }),
                FileEvent::WantGroup(first) => {
                    effects.control.push(ControlMessage::Want {
                        id,
                        entry,
                        wanted: Wanted::Groups(vec![GroupRange { first, count: 1 }]),
                    });
                }
                FileEvent::Complete(hash) => {
                    self.close_file(entry);
                    self.finishing.insert(entry);
                    self.done_bytes += self.size(entry).unwrap_or_default();
                    effects.disk.push(DiskRequest::Finish {
                        id,
                        entry,
                        hash: Some(hash),
                    });
                    effects.complete.push((entry, Some(hash)));
                    return;
                }
                FileEvent::Corrupt => {
                    let code = Open::Known(Code::Corrupt);
                    self.fail(entry, &code);
                    effects.failed.push((entry, Code::Corrupt));
                    effects.disk.push(DiskRequest::Fail { id, entry, code });
                    return;
                }
            }
        }
    }

    /// An entry cannot be sent, or not be received. False if that changes nothing.
    pub(in crate::endpoint) fn fail(&mut self, entry: u32, code: &Open<Code>) -> bool {
        let number = u64::from(entry);
        let exists = self.size(entry).is_some();
        if !exists || self.done.contains(&one(number)) {
            return false;
        }
        if self.finishing.remove(&entry) && self.size(entry) != Some(FOLDER) {
            self.done_bytes -= self.size(entry).unwrap_or_default();
        }
        self.close_file(entry);
        let size = self.size(entry).filter(|size| *size != FOLDER);
        let size = size.unwrap_or_default();
        self.present.remove(entry, size);
        let is_new = self.failed.insert(entry, code);
        if is_new {
            self.failed_bytes += size;
        }
        is_new
    }

    /// The sender cannot send an entry.
    pub(in crate::endpoint) fn on_entry_failed(&mut self, entry: u32, code: &Open<Code>) -> bool {
        let is_file = self.size(entry).is_some_and(|size| size != FOLDER);
        // What arrived as a whole needs the sender no more.
        let is_there = self.finishing.contains(&entry) || self.present.is_keeping(entry);
        is_file && !is_there && self.fail(entry, code)
    }

    /// Nothing more of a file is expected.
    fn close_file(&mut self, entry: u32) {
        if let Some(file) = self.files.remove(&entry) {
            self.open_bytes -= file.size() - file.missing();
            self.held
                .change(file.held(), crate::incoming::Held::default());
        }
        self.hole_files.remove(&entry);
        self.wants.remove(entry);
    }

    pub(super) fn add_file(&mut self, entry: u32, file: IncomingFile) {
        self.open_bytes += file.size() - file.missing();
        self.held
            .change(crate::incoming::Held::default(), file.held());
        self.files.insert(entry, file);
    }

    /// Keeps the sums over all files.
    fn change_file<T>(
        &mut self,
        entry: u32,
        change: impl FnOnce(&mut IncomingFile) -> T,
    ) -> Option<T> {
        let file = self.files.get_mut(&entry)?;
        let (missing, held) = (file.missing(), file.held());
        let result = change(file);
        self.open_bytes = self.open_bytes + missing - file.missing();
        self.held.change(held, file.held());
        Some(result)
    }
}

fn insert(file: &mut IncomingFile, content: &Content) -> Result<(), FileError> {
    match content {
        Content::Data { offset, bytes } => {
            file.insert(*offset, &Piece::Bytes(bytes.clone()), Source::Network)
        }
        Content::Zeros { offset, length } => {
            file.insert(*offset, &Piece::Zeros(*length), Source::Network)
        }
        Content::Digests { first, digests } => file.insert_digests(*first, &list(digests)),
        Content::End { size, hash } => file.insert_end(*size, hash.map(FileHash)),
    }
}

/// The digests in a record.
pub(super) fn list(digests: &[u8]) -> Vec<Digest> {
    let digests = digests.chunks_exact(HASH_BYTES);
    digests
        .filter_map(|digest| digest.try_into().ok().map(Digest))
        .collect()
}
