//! An [`Endpoint`] for each participant, with the numbers by which the page names what Rust has types for.
//!
//! | File | Content |
//! |---|---|
//! | `command` | what the page asks, as JSON |
//! | `run` | carries out a command |
//! | `output` | what the page is to do next, as JSON and bytes |

mod command;
mod output;
mod run;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use maru_transfer::{
    Piece, Time,
    endpoint::{Endpoint, Identity, ReadId, WriteId},
    hash::Digest,
    name::Layout,
};

pub(crate) use self::command::{Command, Place};
use crate::failure::Failure;

/// Milliseconds of the page's monotonic clock.
pub(crate) fn time(milliseconds: f64) -> Time {
    Time::new(Duration::try_from_secs_f64(milliseconds / 1_000.0).unwrap_or_default())
}

/// All of an instance.
#[derive(Default)]
pub(crate) struct Endpoints {
    slots: Vec<Option<Slot>>,
    layouts: Vec<Option<Layout>>,
    /// For the next command that takes them.
    staged: Staged,
}

/// What does not fit the JSON text of a command.
#[derive(Default)]
struct Staged {
    sizes: Vec<u64>,
    digests: BTreeMap<u32, Vec<(u64, Digest)>>,
}

/// The endpoint of a participant.
pub(crate) struct Slot {
    endpoint: Endpoint,
    reads: BTreeMap<u64, ReadId>,
    writes: BTreeMap<u64, Write>,
    next: u64,
}

/// A write that the page was asked for.
struct Write {
    write: WriteId,
    id: maru_transfer::control::TransferId,
    bytes: u64,
}

impl Slot {
    fn new(identity: Identity) -> Self {
        let mut endpoint = Endpoint::new(identity);
        // Of Chromium it has 64 KiB. Firefox and Safari do not say, and lose what arrives at once as well.
        endpoint.set_small_socket(true);
        Self {
            endpoint,
            reads: BTreeMap::new(),
            writes: BTreeMap::new(),
            next: 0,
        }
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(crate) fn on_control(&mut self, message: &[u8], now: Time) {
        self.endpoint.on_control(message, now);
    }

    pub(crate) fn on_bulk(&mut self, message: &[u8], now: Time) {
        self.endpoint.on_bulk(Bytes::copy_from_slice(message), now);
    }

    /// These bytes were read.
    pub(crate) fn on_read(&mut self, read: u64, bytes: &[u8], now: Time) {
        let Some(read) = self.reads.remove(&read) else {
            return;
        };
        let pieces = if bytes.is_empty() {
            Vec::new()
        } else {
            vec![Piece::Bytes(Bytes::copy_from_slice(bytes))]
        };
        self.endpoint.on_read(read, Ok(pieces), now);
    }

    pub(crate) fn on_written(&mut self, write: u64, now: Time) {
        if let Some(Write { write, id, bytes }) = self.writes.remove(&write) {
            self.endpoint.on_written(write, id, bytes, now);
        }
    }

    pub(crate) fn poll_bulk(&mut self, now: Time) -> Option<Bytes> {
        self.endpoint.poll_bulk(now)
    }

    /// In milliseconds; negative if nothing is due.
    pub(crate) fn poll_timeout(&self) -> f64 {
        self.endpoint
            .poll_timeout()
            .map_or(-1.0, |time| time.since_start().as_secs_f64() * 1_000.0)
    }
}

impl Endpoints {
    pub(crate) fn open(&mut self, identity: Identity) -> usize {
        insert(&mut self.slots, Slot::new(identity))
    }

    pub(crate) fn close(&mut self, handle: usize) {
        if let Some(slot) = self.slots.get_mut(handle) {
            *slot = None;
        }
    }

    pub(crate) fn slot(&mut self, handle: usize) -> Result<&mut Slot, Failure> {
        self.slots
            .get_mut(handle)
            .and_then(Option::as_mut)
            .ok_or(Failure::NoSuchHandle)
    }

    /// Adds sizes of entries, of eight bytes each in little-endian order.
    pub(crate) fn stage_sizes(&mut self, bytes: &[u8]) {
        let (sizes, _) = bytes.as_chunks::<8>();
        self.staged
            .sizes
            .extend(sizes.iter().map(|size| u64::from_le_bytes(*size)));
    }

    pub(crate) fn stage_digest(&mut self, entry: u32, group: u64, digest: Digest) {
        let digests = self.staged.digests.entry(entry).or_default();
        digests.push((group, digest));
    }

    pub(crate) fn open_layout(&mut self) -> usize {
        insert(&mut self.layouts, Layout::new())
    }

    pub(crate) fn close_layout(&mut self, handle: usize) {
        if let Some(layout) = self.layouts.get_mut(handle) {
            *layout = None;
        }
    }

    fn layout(&mut self, handle: usize) -> Result<&mut Layout, Failure> {
        self.layouts
            .get_mut(handle)
            .and_then(Option::as_mut)
            .ok_or(Failure::NoSuchHandle)
    }
}

/// Returns its handle: the lowest free one.
pub(crate) fn insert<T>(slots: &mut Vec<Option<T>>, value: T) -> usize {
    let free = slots.iter().position(Option::is_none);
    let handle = free.unwrap_or_else(|| {
        slots.push(None);
        slots.len() - 1
    });
    slots[handle] = Some(value);
    handle
}
