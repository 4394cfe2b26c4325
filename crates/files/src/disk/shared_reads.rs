//! An offer to several people is read from the disk once: what is read for one recipient is kept for the others, as far as
//! the memory of all transfers permits. One that falls behind takes what is kept now, and reads the rest by itself later
//! ([`AtHand`]); so it holds nobody back.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use maru_transfer::{
    Piece,
    control::{Code, TransferId},
    endpoint::AtHand,
    hash::GroupHash,
};

use crate::memory::SharedMemory;

/// What is kept at most, in bytes and reads.
const MAX_KEPT: u64 = 8 << 20;
const MAX_READS: usize = 4_096;
/// What a read costs beside its bytes.
const READ_COST: u64 = 512;
/// One that did not read during so many reads of others takes no part.
const MAX_ABSENT: u64 = 1_024;

/// A group of a file, or all of a smaller one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// The last may be zeros that go on behind the group.
    pub(crate) pieces: Vec<Piece>,
    /// `None` of an empty file.
    pub(crate) hash: Option<GroupHash>,
}

impl Group {
    fn cost(&self) -> u64 {
        let bytes = self.pieces.iter().map(|piece| match piece {
            Piece::Bytes(bytes) => bytes.len() as u64,
            Piece::Zeros(_) => 0,
        });
        bytes.sum::<u64>() + READ_COST
    }
}

/// Where a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) entry: u32,
    pub(crate) offset: u64,
}

#[derive(Debug)]
enum Read {
    /// A thread does it now.
    Reading,
    Kept(Group),
}

/// What the recipients of an offer have read.
#[derive(Debug)]
pub(crate) struct SharedReads {
    claimant: u64,
    memory: SharedMemory,
    state: Mutex<State>,
    is_read: Condvar,
    version: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    reads: BTreeMap<Position, Read>,
    /// Of what is kept: the oldest first.
    order: VecDeque<Position>,
    kept: u64,
    at_hand: AtHand,
    /// How often anything was asked for, and when each recipient did last.
    asked: u64,
    recipients: BTreeMap<TransferId, u64>,
}

impl SharedReads {
    pub(crate) fn new(memory: SharedMemory) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Arc::new(Self {
            claimant: NEXT.fetch_add(1, Ordering::Relaxed),
            memory,
            state: Mutex::default(),
            is_read: Condvar::new(),
            version: AtomicU64::new(0),
        })
    }

    /// What is kept, if that changed since `version`, and its version.
    pub(crate) fn at_hand(&self, version: &mut u64) -> Option<AtHand> {
        let now = self.version.load(Ordering::Acquire);
        if now == *version {
            return None;
        }
        *version = now;
        Some(self.lock().at_hand.clone())
    }

    /// A recipient takes no part any more.
    pub(crate) fn leave(&self, id: TransferId) {
        let mut state = self.lock();
        state.recipients.remove(&id);
        self.shrink(&mut state);
    }

    /// The group at a position of a file of `size` bytes: what is kept, or another thread is reading, or else what `read`
    /// returns. `true` with what is kept.
    ///
    /// # Errors
    /// What `read` returns. What fails for one recipient is tried again for the others.
    pub(crate) fn read(
        &self,
        id: TransferId,
        position: Position,
        size: u64,
        read: impl FnOnce() -> Result<Group, Code>,
    ) -> Result<(Group, bool), Code> {
        let mut state = self.lock();
        state.asked += 1;
        let asked = state.asked;
        state.recipients.insert(id, asked);
        loop {
            match state.reads.get(&position) {
                Some(Read::Kept(group)) => return Ok((group.clone(), true)),
                Some(Read::Reading) => {
                    state = self
                        .is_read
                        .wait(state)
                        .unwrap_or_else(PoisonError::into_inner);
                }
                None => break,
            }
        }
        state.reads.insert(position, Read::Reading);
        drop(state);
        // Also if it panics: others would wait for ever.
        let unread = Unread(self, position);
        let outcome = read();
        std::mem::forget(unread);
        let mut state = self.lock();
        match &outcome {
            Ok(group) if state.active() > 1 => {
                state.kept += group.cost();
                state.order.push_back(position);
                state.at_hand.insert(position.entry, position.offset, size);
                state.reads.insert(position, Read::Kept(group.clone()));
            }
            _ => {
                state.reads.remove(&position);
            }
        }
        self.shrink(&mut state);
        drop(state);
        self.is_read.notify_all();
        outcome.map(|group| (group, false))
    }

    /// Drops the oldest as far as there is not enough memory.
    fn shrink(&self, state: &mut State) {
        let needed = if state.active() > 1 { MAX_KEPT } else { 0 };
        let permitted = self.memory.kept().claim(self.claimant, needed, state.kept);
        let before = state.kept;
        while state.kept > permitted || state.order.len() > MAX_READS {
            let Some(oldest) = state.order.pop_front() else {
                break;
            };
            state.at_hand.remove(oldest.entry, oldest.offset);
            if let Some(Read::Kept(group)) = state.reads.remove(&oldest) {
                state.kept -= group.cost();
            }
        }
        if state.kept < before {
            self.memory
                .kept()
                .claim(self.claimant, permitted, state.kept);
        }
        self.version.fetch_add(1, Ordering::Release);
    }

    /// Each change is complete, also if the thread panicked later.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How many recipients read.
    fn active(&self) -> usize {
        let asked = self.recipients.values();
        asked.filter(|at| self.asked - *at < MAX_ABSENT).count()
    }
}

impl Drop for SharedReads {
    fn drop(&mut self) {
        self.memory
            .kept()
            .release(|claimant| claimant == self.claimant);
    }
}

/// A read that was not done when it is dropped.
struct Unread<'a>(&'a SharedReads, Position);

impl Drop for Unread<'_> {
    fn drop(&mut self) {
        self.0.lock().reads.remove(&self.1);
        self.0.is_read.notify_all();
    }
}

#[cfg(test)]
mod tests;
