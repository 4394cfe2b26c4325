//! From the disk into bulk messages: what is being read, and what was read and is not sent, in the order of sending.

mod lane;
mod pack;
mod part;

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;

pub(super) use self::part::Taken;
use self::{
    lane::Lane,
    part::{Part, State},
};
use super::{output::ReadId, wanted::Chunk};
use crate::{
    Piece, Time,
    bulk::Content,
    control::TransferId,
    hash::{FileHash, FileHasher, GROUP_BYTES, GroupHash, group_count},
    hash_pieces,
    limits::MAX_STRIPES,
};

/// Bytes that are read ahead of sending, unless the application permits fewer.
pub(super) const MAX_HELD: u64 = 8 << 20;
/// After so long without a message, others may have the memory.
const MAX_STILL: Duration = Duration::from_secs(1);
/// Parts that are read ahead: small files.
const MAX_PARTS: usize = 512;
/// What a part costs beside its bytes.
const PART_COST: u64 = 512;
/// Files whose hash is computed at once; others end without one.
const MAX_HASHERS: usize = 64;

/// See the module.
#[derive(Debug)]
pub(super) struct Pipeline {
    /// Of which nothing was packed.
    parts: VecDeque<Part>,
    held: u64,
    max_held: u64,
    /// When a message was packed last, or nothing was held.
    moved_at: Time,
    next_read: u64,
    hashers: HashMap<(TransferId, u32), FileHasher>,
    /// By stripe; the first connection is 0.
    lanes: [Lane; MAX_STRIPES as usize + 1],
    /// What was packed since [`Pipeline::take_sent`].
    sent: Vec<Sent>,
}

/// Something of a file was packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) id: TransferId,
    pub(super) entry: u32,
    /// Bytes of the file, zeros included.
    pub(super) bytes: u64,
    /// Its end.
    pub(super) end: bool,
    /// With its end, if it is known.
    pub(super) hash: Option<FileHash>,
    /// It was asked for without its bytes.
    pub(super) only_digests: bool,
}

/// A hole reaches beyond what was to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LongHole {
    pub(super) id: TransferId,
    pub(super) entry: u32,
    pub(super) end: u64,
}

impl Pipeline {
    pub(super) fn new() -> Self {
        Self {
            parts: VecDeque::new(),
            held: 0,
            max_held: MAX_HELD,
            moved_at: Time::default(),
            next_read: 0,
            hashers: HashMap::new(),
            lanes: Default::default(),
            sent: Vec::new(),
        }
    }

    /// Whether more may be read ahead: always if there is nothing.
    pub(super) fn has_room(&self) -> bool {
        self.held == 0 || self.held < self.max_held && self.parts.len() < MAX_PARTS
    }

    /// Bytes that are held.
    pub(super) const fn held(&self) -> u64 {
        self.held
    }

    /// Bytes that may be held from now on.
    pub(super) fn set_max_held(&mut self, bytes: u64, now: Time) {
        self.max_held = bytes.min(MAX_HELD);
        if self.held == 0 {
            self.moved_at = now;
        }
    }

    /// A message was packed.
    pub(super) const fn on_packed(&mut self, now: Time) {
        self.moved_at = now;
    }

    /// Whether there may be something to send.
    pub(super) fn is_ready(&self) -> bool {
        let is_read = |part: &Part| !matches!(part.state, State::Reading { .. });
        let is_begun = |lane: &Lane| lane.begun.is_some() || !lane.encoder.is_empty();
        self.lanes.iter().any(is_begun) || self.parts.front().is_some_and(is_read)
    }

    /// What was packed since the last call.
    pub(super) fn take_sent(&mut self) -> Vec<Sent> {
        std::mem::take(&mut self.sent)
    }

    /// Notes that a chunk is being read.
    pub(super) fn read(&mut self, id: TransferId, number: u16, size: u64, chunk: Chunk) -> ReadId {
        let read = ReadId(self.next_read);
        self.next_read += 1;
        self.push(Part {
            id,
            number,
            entry: chunk.entry,
            size,
            offset: chunk.offset,
            length: chunk.length,
            cost: chunk.length + PART_COST,
            only_digests: chunk.only_digests,
            state: State::Reading {
                read,
                length: chunk.length,
                last: chunk.last,
            },
        });
        read
    }

    /// Groups of a file are a hole.
    pub(super) fn hole(
        &mut self,
        id: TransferId,
        number: u16,
        entry: u32,
        size: u64,
        groups: Range<u64>,
    ) {
        self.push(Part {
            id,
            number,
            entry,
            size,
            offset: groups.start * GROUP_BYTES,
            length: 0,
            cost: PART_COST,
            only_digests: false,
            state: State::Hole {
                groups,
                announced: false,
            },
        });
    }

    fn push(&mut self, part: Part) {
        self.held += part.cost;
        self.parts.push_back(part);
    }

    /// A read succeeded. `pieces` cover the chunk; the last may be zeros that go on. `Err`: they do not, which is a fault of
    /// the disk side.
    pub(super) fn on_read(
        &mut self,
        read: ReadId,
        pieces: Vec<Piece>,
        known: Option<GroupHash>,
    ) -> Result<Option<LongHole>, (TransferId, u32)> {
        let Some(index) = self.position(read) else {
            return Ok(None);
        };
        let part = &mut self.parts[index];
        let State::Reading { length, last, .. } = part.state else {
            return Ok(None);
        };
        let (id, entry, size, offset) = (part.id, part.entry, part.size, part.offset);
        let wrong = (id, entry);
        let group = offset / GROUP_BYTES;
        let hashed = known.or_else(|| hash_pieces(size, group, &pieces).ok());
        let mut contents = VecDeque::with_capacity(pieces.len() + 2);
        let mut end = offset;
        let chunk_end = offset + length;
        for piece in pieces {
            let at = end;
            end = at.checked_add(piece.len()).ok_or(wrong)?;
            if at >= chunk_end {
                return Err(wrong);
            }
            contents.push_back(match piece {
                Piece::Bytes(bytes) if end <= chunk_end => Content::Data { offset: at, bytes },
                Piece::Bytes(_) => return Err(wrong),
                Piece::Zeros(_) => Content::Zeros {
                    offset: at,
                    length: end.min(chunk_end) - at,
                },
            });
        }
        if end < chunk_end || end > size {
            return Err(wrong);
        }
        let mut whole = (size == 0).then(|| FileHash(*blake3::hash(b"").as_bytes()));
        if length > 0 {
            match hashed.ok_or(wrong)? {
                GroupHash::File(hash) => whole = Some(hash),
                GroupHash::Digest(digest) => {
                    add_digest(&mut self.hashers, id, entry, size, group, digest);
                    contents.push_back(Content::Digests {
                        first: group,
                        digests: Bytes::copy_from_slice(&digest.0),
                    });
                }
            }
        }
        // The digests of holes before are computed later: then the end is as well.
        if last {
            contents.push_back(Content::End {
                size,
                hash: whole.map(|hash| hash.0),
            });
        }
        let part = &mut self.parts[index];
        if part.only_digests {
            contents.retain(|of| matches!(of, Content::Digests { .. } | Content::End { .. }));
            part.length = 0;
            self.held -= part.cost - PART_COST;
            part.cost = PART_COST;
        }
        let is_long = end > chunk_end && !part.only_digests;
        part.state = State::Ready(contents);
        Ok(is_long.then_some(LongHole { id, entry, end }))
    }

    /// A read failed. Its parts, and others of this entry, are removed. Returns which entry.
    pub(super) fn on_read_failed(&mut self, read: ReadId) -> Option<(TransferId, u32)> {
        let index = self.position(read)?;
        let (id, entry) = (self.parts[index].id, self.parts[index].entry);
        self.remove(|part| part.id == id && part.entry == entry);
        self.hashers.remove(&(id, entry));
        Some((id, entry))
    }

    /// Takes back all parts of a transfer. Also returns of which entries bytes were packed, and how many.
    pub(super) fn take_back(&mut self, id: TransferId) -> (Vec<Taken>, Vec<(u32, u64)>) {
        let mut taken = Vec::new();
        let packed = self.all().filter(|part| part.id == id);
        let packed = packed.map(|part| (part.entry, part.packed())).collect();
        for part in self.all().filter(|part| part.id == id) {
            match &part.state {
                State::Hole { groups, .. } => {
                    let groups = groups.clone();
                    taken.extend(groups.map(|group| part.taken_at(group * GROUP_BYTES)));
                }
                _ => taken.push(part.taken_at(part.offset)),
            }
        }
        self.remove(|part| part.id == id);
        (taken, packed)
    }

    /// Takes back what was read last, as far as more is held than may be. Only if nothing of it was sent for a while, as it has
    /// to be read again.
    pub(super) fn take_back_excess(&mut self, now: Time) -> Vec<(TransferId, Taken)> {
        let mut taken = Vec::new();
        // The last group may have gone beyond it.
        let is_full = self.held <= self.max_held + GROUP_BYTES + PART_COST;
        if is_full || now < self.moved_at + MAX_STILL {
            return taken;
        }
        let mut index = self.parts.len();
        while index > 0 && self.held > self.max_held {
            index -= 1;
            let part = &self.parts[index];
            let is_hole = matches!(part.state, State::Hole { .. });
            if !is_hole && part.length > 0 && part.packed() == 0 {
                taken.push((part.id, part.taken_at(part.offset)));
                self.held -= part.cost;
                self.parts.remove(index);
            }
        }
        taken
    }

    /// Forgets a transfer.
    pub(super) fn forget(&mut self, id: TransferId) {
        self.remove(|part| part.id == id);
        self.hashers.retain(|(of, _), _| *of != id);
    }

    /// The connection ended: nothing is on its way any more. What was hashed stays.
    pub(super) fn clear(&mut self) {
        self.remove(|_| true);
        self.lanes = Default::default();
    }

    fn remove(&mut self, is: impl Fn(&Part) -> bool) {
        self.parts.retain(|part| !is(part));
        for lane in &mut self.lanes {
            lane.begun.take_if(|part| is(part));
        }
        self.held = self.all().map(|part| part.cost).sum();
    }

    fn all(&self) -> impl Iterator<Item = &Part> {
        let begun = self.lanes.iter().filter_map(|lane| lane.begun.as_ref());
        begun.chain(&self.parts)
    }

    fn position(&self, read: ReadId) -> Option<usize> {
        self.parts
            .iter()
            .position(|part| matches!(part.state, State::Reading { read: of, .. } if of == read))
    }
}

fn add_digest(
    hashers: &mut HashMap<(TransferId, u32), FileHasher>,
    id: TransferId,
    entry: u32,
    size: u64,
    group: u64,
    digest: crate::hash::Digest,
) {
    let key = (id, entry);
    if !hashers.contains_key(&key) {
        if hashers.len() >= MAX_HASHERS || group_count(size) < 2 {
            return;
        }
        let Ok(hasher) = FileHasher::new(size) else {
            return;
        };
        hashers.insert(key, hasher);
    }
    if let Some(hasher) = hashers.get_mut(&key) {
        // An error is that of a group that was read before.
        let _ = hasher.add(group, digest);
    }
}
