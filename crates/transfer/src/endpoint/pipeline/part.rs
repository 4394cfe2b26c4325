//! A part of a file on its way.

use std::collections::VecDeque;
use std::ops::Range;

use crate::{bulk::Content, control::TransferId, endpoint::output::ReadId, hash::GROUP_BYTES};

/// A part of a file on its way.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) id: TransferId,
    pub(super) number: u16,
    pub(super) entry: u32,
    pub(super) size: u64,
    /// Where it began, to be read again if it is taken back.
    pub(super) offset: u64,
    /// Bytes of the file.
    pub(super) length: u64,
    pub(super) cost: u64,
    /// Its bytes are not sent.
    pub(super) only_digests: bool,
    pub(super) state: State,
}

#[derive(Debug)]
pub(super) enum State {
    Reading {
        read: ReadId,
        length: u64,
        last: bool,
    },
    Ready(VecDeque<Content>),
    Hole {
        groups: Range<u64>,
        announced: bool,
    },
}

/// A part that was not sent, or only some of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::endpoint) struct Taken {
    pub(in crate::endpoint) entry: u32,
    pub(in crate::endpoint) offset: u64,
    /// Of the file.
    pub(in crate::endpoint) size: u64,
    pub(in crate::endpoint) only_digests: bool,
}

impl Part {
    /// The part, or one of its groups, as it is taken back.
    pub(super) const fn taken_at(&self, offset: u64) -> Taken {
        Taken {
            entry: self.entry,
            offset,
            size: self.size,
            only_digests: self.only_digests,
        }
    }

    /// Bytes of it that were packed, and would be packed again if it were taken back.
    pub(super) fn packed(&self) -> u64 {
        match &self.state {
            State::Reading { .. } => 0,
            State::Ready(contents) => {
                let rest = contents.iter().map(|content| match content {
                    Content::Data { bytes, .. } => bytes.len() as u64,
                    Content::Zeros { length, .. } => *length,
                    Content::Digests { .. } | Content::End { .. } => 0,
                });
                self.length.saturating_sub(rest.sum())
            }
            State::Hole { groups, announced } if *announced => {
                let until = (groups.end * GROUP_BYTES).min(self.size);
                until.saturating_sub(groups.start * GROUP_BYTES)
            }
            State::Hole { .. } => 0,
        }
    }
}
