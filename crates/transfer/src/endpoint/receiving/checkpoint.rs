//! What the disk reports, and what it is to make durable.

use maru_protocol::Open;

use super::{CHECKPOINT_BYTES, CHECKPOINT_INTERVAL, Receiving};
use crate::{
    Time,
    control::Code,
    endpoint::{FOLDER, output::DiskRequest},
    hash::FileHash,
    ranges::one,
};

impl Receiving {
    /// The disk finished an entry, or kept what was there, whose hash is returned.
    pub(in crate::endpoint) fn on_finished(&mut self, entry: u32, now: Time) -> Option<FileHash> {
        let size = self.size(entry).unwrap_or_default();
        let kept = self.present.take_kept(entry, size);
        let range = one(entry);
        if kept.is_some() {
            self.done_bytes += size;
            self.count_present(&std::iter::once(range.clone()).collect());
        } else if !self.finishing.remove(&entry) {
            return None;
        }
        self.wants.remove(entry);
        self.done.insert(range);
        if self.size(entry) != Some(FOLDER) {
            self.files_done += 1;
        }
        self.checkpoint.since.get_or_insert(now);
        kept
    }

    /// The disk refuses an entry, which may be done. False if that changes nothing.
    pub(in crate::endpoint) fn refuse(&mut self, entry: u32, code: Code) -> bool {
        if self.done.remove(one(entry)) > 0
            && let Some(size) = self.size(entry).filter(|size| *size != FOLDER)
        {
            self.files_done -= 1;
            self.done_bytes -= size;
        }
        self.fail(entry, &Open::Known(code))
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
        if !self.checkpoint.running && self.is_settled() {
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
