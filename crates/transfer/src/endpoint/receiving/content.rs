//! Content of files that arrives, and what the disk reports.

use maru_protocol::Open;

use super::{CHECKPOINT_BYTES, CHECKPOINT_INTERVAL, Receiving};
use crate::{
    FileError, FileEvent, IncomingFile, Piece, Source, Time,
    bulk::{Content, HASH_BYTES},
    control::{Code, ControlMessage, GroupRange, Wanted},
    endpoint::{
        FOLDER,
        output::{DiskRequest, Violation, WriteId},
    },
    hash::{Digest, FileHash, group_count},
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
    /// Number of writes in `disk`.
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
        let ignored =
            self.pauses.problem_here.is_some() || self.key.is_none() || !self.wants.is_asked(entry);
        if ignored {
            return Ok(());
        }
        let file = match self.files.entry(entry) {
            std::collections::hash_map::Entry::Occupied(file) => file.into_mut(),
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(IncomingFile::new(size).map_err(|_| Violation::Content)?)
            }
        };
        let before = file.missing();
        let result = match content {
            Content::Data { offset, bytes } => {
                file.insert(*offset, &Piece::Bytes(bytes.clone()), Source::Network)
            }
            Content::Zeros { offset, length } => {
                file.insert(*offset, &Piece::Zeros(*length), Source::Network)
            }
            Content::Digests { first, digests } => {
                let digests: Vec<Digest> = digests
                    .chunks_exact(HASH_BYTES)
                    .filter_map(|digest| digest.try_into().ok().map(Digest))
                    .collect();
                file.insert_digests(*first, &digests)
            }
            Content::End { size, hash } => file.insert_end(*size, hash.map(FileHash)),
        };
        result.map_err(|error| match error {
            FileError::TooManyGroups => Violation::TooMuchAtOnce,
            FileError::BeyondEnd | FileError::Size | FileError::NoDigests => Violation::Content,
        })?;
        let after = file.missing();
        self.open_bytes = self.open_bytes + before - after.min(before);
        self.poll_file(entry, write, effects);
        Ok(())
    }

    /// Hashes some of the holes that wait. Returns whether more wait.
    pub(in crate::endpoint) fn hash_holes(
        &mut self,
        write: WriteId,
        effects: &mut Effects,
    ) -> bool {
        let mut more = false;
        let entries: Vec<u32> = self.files.keys().copied().collect();
        for entry in entries {
            let Some(file) = self.files.get_mut(&entry) else {
                continue;
            };
            more |= file.hash_holes(HOLE_STEP);
            self.poll_file(entry, write, effects);
        }
        more
    }

    fn poll_file(&mut self, entry: u32, write: WriteId, effects: &mut Effects) {
        let id = self.offer.id;
        let Some(file) = self.files.get_mut(&entry) else {
            return;
        };
        let mut over = false;
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
                    over = true;
                    self.finishing.insert(entry);
                    effects.disk.push(DiskRequest::Finish {
                        id,
                        entry,
                        hash: Some(hash),
                    });
                    effects.complete.push((entry, Some(hash)));
                }
                FileEvent::Corrupt => {
                    over = true;
                    let code = Open::Known(Code::Corrupt);
                    self.failed.insert(entry, code.clone());
                    effects.failed.push((entry, Code::Corrupt));
                    effects.disk.push(DiskRequest::Fail { id, entry, code });
                }
            }
        }
        if over {
            let size = self.size(entry).unwrap_or_default();
            if let Some(file) = self.files.remove(&entry) {
                self.open_bytes = self.open_bytes.saturating_sub(size - file.missing());
            }
            if self.finishing.contains(&entry) {
                self.done_bytes += size;
            }
            self.wants.remove(entry);
        }
    }

    /// The sender cannot send an entry.
    pub(in crate::endpoint) fn on_entry_failed(&mut self, entry: u32, code: Open<Code>) -> bool {
        let known = self.size(entry).is_some_and(|size| size != FOLDER);
        let number = u64::from(entry);
        if !known || self.done.contains(&(number..number + 1)) || self.finishing.contains(&entry) {
            return false;
        }
        if let Some(file) = self.files.remove(&entry) {
            let size = self.size(entry).unwrap_or_default();
            self.open_bytes = self.open_bytes.saturating_sub(size - file.missing());
        }
        self.wants.remove(entry);
        self.failed.insert(entry, code).is_none()
    }

    /// Messages that ask for what was not asked for.
    pub(in crate::endpoint) fn ask(&mut self, effects: &mut Effects) {
        if self.key.is_none() || !self.recognised || self.pauses.problem_here.is_some() {
            return;
        }
        while let Some(entries) = self.wants.ask() {
            let mut first = entries.start;
            for entry in entries.clone() {
                let Ok(number) = u32::try_from(entry) else {
                    break;
                };
                if self.size(number) == Some(FOLDER) {
                    if self.finishing.insert(number) {
                        self.finish_folder(number, effects);
                    }
                    continue;
                }
                let Some(file) = self.files.get(&number) else {
                    continue;
                };
                let size = self.size(number).unwrap_or_default();
                let mut groups = file.unverified();
                if size == 0 || file.missing() == size {
                    continue;
                }
                if groups.is_empty() {
                    // It lacks only its end, which follows the last wanted group.
                    let last = group_count(size) - 1;
                    groups.insert(last..last + 1);
                }
                self.want_entries(first..entry, effects);
                first = entry + 1;
                let mut groups: Vec<GroupRange> = groups
                    .iter()
                    .map(|range| GroupRange {
                        first: range.start,
                        count: range.end - range.start,
                    })
                    .collect();
                if let [begin, .., end] = &groups[..]
                    && groups.len() > 64
                {
                    let first = begin.first;
                    let count = end.first + end.count - first;
                    groups = vec![GroupRange { first, count }];
                }
                effects.control.push(ControlMessage::Want {
                    id: self.offer.id,
                    entry: number,
                    wanted: Wanted::Groups(groups),
                });
            }
            self.want_entries(first..entries.end, effects);
        }
    }

    fn want_entries(&self, entries: std::ops::Range<u64>, effects: &mut Effects) {
        let files = entries.clone().any(|entry| {
            u32::try_from(entry)
                .is_ok_and(|entry| self.size(entry).is_some_and(|size| size != FOLDER))
        });
        let (Ok(entry), Ok(count)) = (
            u32::try_from(entries.start),
            u32::try_from(entries.end.saturating_sub(entries.start)),
        ) else {
            return;
        };
        if files {
            effects.control.push(ControlMessage::Want {
                id: self.offer.id,
                entry,
                wanted: Wanted::Count(Some(count)),
            });
        }
    }

    fn finish_folder(&mut self, entry: u32, effects: &mut Effects) {
        let id = self.offer.id;
        effects.disk.push(DiskRequest::Finish {
            id,
            entry,
            hash: None,
        });
    }

    /// The disk finished an entry.
    pub(in crate::endpoint) fn on_finished(&mut self, entry: u32, now: Time) {
        if !self.finishing.remove(&entry) {
            return;
        }
        self.wants.remove(entry);
        self.done.insert(entry.into()..u64::from(entry) + 1);
        if self.size(entry) != Some(FOLDER) {
            self.files_done += 1;
        }
        self.checkpoint.since.get_or_insert(now);
    }

    /// The disk refuses an entry that was finished.
    pub(in crate::endpoint) fn on_refused(&mut self, entry: u32, code: Code) {
        if self.done.remove(entry.into()..u64::from(entry) + 1) > 0 {
            if let Some(size) = self.size(entry).filter(|size| *size != FOLDER) {
                self.files_done = self.files_done.saturating_sub(1);
                self.done_bytes = self.done_bytes.saturating_sub(size);
            }
            self.failed.insert(entry, Open::Known(code));
        }
    }

    /// The disk wrote something.
    pub(in crate::endpoint) fn on_written(&mut self, bytes: u64, now: Time) {
        self.checkpoint.written += bytes;
        self.checkpoint.since.get_or_insert(now);
    }

    /// When [`Self::poll_checkpoint`] is to be called.
    pub(in crate::endpoint) fn checkpoint_due(&self) -> Option<Time> {
        let since = self.checkpoint.since.filter(|_| !self.checkpoint.running)?;
        Some(if self.checkpoint.written >= CHECKPOINT_BYTES {
            since
        } else {
            since + CHECKPOINT_INTERVAL
        })
    }

    /// A checkpoint, or the conclusion, if it is time.
    pub(in crate::endpoint) fn poll_checkpoint(&mut self, now: Time) -> Option<DiskRequest> {
        let id = self.offer.id;
        if self.pauses.problem_here.is_some() || self.key.is_none() || self.concluding {
            return None;
        }
        let settled = self.done.total() + self.failed.len() as u64;
        if self.manifest_complete
            && settled == self.sizes.len() as u64
            && self.finishing.is_empty()
            && !self.checkpoint.running
        {
            self.concluding = true;
            return Some(DiskRequest::Conclude { id });
        }
        if self.checkpoint_due().is_none_or(|due| now < due) {
            return None;
        }
        self.checkpoint.running = true;
        self.checkpoint.written = 0;
        self.checkpoint.since = None;
        Some(DiskRequest::Checkpoint { id })
    }

    /// A checkpoint is done: so many bytes are durable.
    pub(in crate::endpoint) fn on_checkpoint(&mut self, durable: u64) {
        self.checkpoint.running = false;
        self.durable = self.durable.max(durable);
    }
}
