//! Packs what was read into messages.

use bytes::{Bytes, BytesMut};

use super::{Lane, Part, Pipeline, Sent, State, add_digest};
use crate::{
    bulk::{BulkEncoder, Content, HASH_BYTES, Record},
    hash::{FileHash, GROUP_BYTES, GroupHash, hash_zeros},
};

/// Groups of zeros that are hashed for one message: about 20 ms.
const HOLE_STEP: u64 = 64;
/// Bytes of a file are split into pieces of a multiple of this: headers would outweigh smaller ones, and a receiver hashes
/// and writes aligned ones faster.
const MIN_PIECE: usize = 4_096;

/// A message to send.
#[derive(Debug)]
pub(in crate::endpoint) struct Message {
    pub(in crate::endpoint) bytes: Bytes,
    /// Bytes of content, for which credit is needed.
    pub(in crate::endpoint) content: u64,
}

/// What became of the first part.
enum Step {
    /// It is packed.
    Done,
    /// The message is full.
    Full,
    /// The message should be sent now.
    Flush,
}

impl Pipeline {
    /// The next message for a stripe (0: the first connection), of at most `max_message` bytes and `allowed` bytes of content.
    /// A message that is not full waits for what is being read.
    pub(in crate::endpoint) fn poll_message(
        &mut self,
        stripe: u8,
        allowed: u64,
        max_message: usize,
        sent_ms: u32,
    ) -> Option<Message> {
        let index = usize::from(stripe);
        let mut lane = std::mem::take(self.lanes.get_mut(index)?);
        if lane.max_message != max_message && lane.encoder.is_empty() {
            lane.encoder = BulkEncoder::new(max_message);
            lane.max_message = max_message;
        }
        let allowed = usize::try_from(allowed).unwrap_or(usize::MAX);
        let message = self.fill(&mut lane, allowed, sent_ms);
        self.lanes[index] = lane;
        message
    }

    fn fill(&mut self, lane: &mut Lane, allowed: usize, sent_ms: u32) -> Option<Message> {
        while let Some(mut part) = lane.begun.take().or_else(|| self.parts.pop_front()) {
            let step = match &part.state {
                State::Reading { .. } => {
                    self.parts.push_front(part);
                    return None;
                }
                State::Ready(_) => self.pack_contents(lane, &mut part, allowed),
                State::Hole { .. } => self.pack_hole(lane, &mut part, allowed),
            };
            if let Step::Done = step {
                self.held -= part.cost;
                continue;
            }
            lane.begun = Some(part);
            break;
        }
        let content = lane.encoder.content_bytes() as u64;
        let bytes = lane.encoder.finish(sent_ms)?;
        Some(Message { bytes, content })
    }

    /// Adds a record that fits, and is valid as what was read lies in its group.
    fn push_record(&mut self, lane: &mut Lane, part: &Part, content: Content) {
        let (bytes, end, hash) = match &content {
            Content::Data { bytes, .. } => (bytes.len() as u64, false, None),
            Content::Zeros { length, .. } => (*length, false, None),
            Content::Digests { .. } => (0, false, None),
            Content::End { hash, .. } => (0, true, hash.map(FileHash)),
        };
        if bytes > 0 || end {
            self.sent.push(Sent {
                id: part.id,
                entry: part.entry,
                bytes,
                end,
                hash,
                only_digests: part.only_digests,
            });
        }
        let record = Record {
            number: part.number,
            entry: part.entry,
            content,
        };
        let pushed = lane.encoder.push(&record);
        debug_assert_eq!(pushed, Ok(()));
    }

    fn pack_contents(&mut self, lane: &mut Lane, part: &mut Part, allowed: usize) -> Step {
        let key = (part.id, part.entry);
        loop {
            let Some(room) = lane.room(allowed) else {
                return Step::Full;
            };
            let State::Ready(contents) = &mut part.state else {
                return Step::Done;
            };
            let Some(mut content) = contents.pop_front() else {
                return Step::Done;
            };
            if let Content::End {
                hash: hash @ None, ..
            } = &mut content
            {
                // Also if it lacks groups, which were read before: it will not get them.
                let hasher = self.hashers.remove(&key);
                *hash = hasher
                    .and_then(|hasher| hasher.finish().ok())
                    .map(|hash| hash.0);
            }
            let (now, later) = split(content, room);
            if let Some(later) = later {
                contents.push_front(later);
            }
            let Some(now) = now else {
                return Step::Full;
            };
            // What is packed is in the buffers of the connection, which count for themselves: a connection that is slow
            // would otherwise take the memory of a whole group from the others.
            if let Content::Data { bytes, .. } = &now {
                let packed = part.cost.min(bytes.len() as u64);
                part.cost -= packed;
                self.held -= packed;
            }
            self.push_record(lane, part, now);
        }
    }

    fn pack_hole(&mut self, lane: &mut Lane, part: &mut Part, allowed: usize) -> Step {
        let State::Hole { groups, announced } = &mut part.state else {
            return Step::Done;
        };
        let Some(room) = lane.room(allowed) else {
            return Step::Full;
        };
        if !*announced {
            *announced = true;
            let zeros = Content::Zeros {
                offset: groups.start * GROUP_BYTES,
                length: (groups.end - groups.start) * GROUP_BYTES,
            };
            self.push_record(lane, part, zeros);
            return Step::Flush;
        }
        let first = groups.start;
        let count = ((room / HASH_BYTES) as u64).min(HOLE_STEP);
        let until = groups.end.min(first + count);
        if until == first {
            return Step::Full;
        }
        groups.start = until;
        let is_last = groups.is_empty();
        let mut digests = BytesMut::new();
        for group in first..until {
            // A hole is never the only group of a file.
            if let Ok(GroupHash::Digest(digest)) = hash_zeros(part.size, group) {
                let (id, entry) = (part.id, part.entry);
                add_digest(&mut self.hashers, id, entry, part.size, group, digest);
                digests.extend_from_slice(&digest.0);
            }
        }
        let digests = digests.freeze();
        self.push_record(lane, part, Content::Digests { first, digests });
        if is_last { Step::Done } else { Step::Flush }
    }
}

/// What of `content` fits into `room` bytes, and the rest.
fn split(content: Content, room: usize) -> (Option<Content>, Option<Content>) {
    match content {
        Content::Data { offset, mut bytes } if bytes.len() > room => {
            let aligned = room - room % MIN_PIECE;
            if aligned == 0 {
                return (None, Some(Content::Data { offset, bytes }));
            }
            let now = bytes.split_to(aligned);
            let later = Content::Data {
                offset: offset + aligned as u64,
                bytes,
            };
            (Some(Content::Data { offset, bytes: now }), Some(later))
        }
        Content::Digests { .. } | Content::End { hash: Some(_), .. } if room < HASH_BYTES => {
            (None, Some(content))
        }
        content => (Some(content), None),
    }
}
