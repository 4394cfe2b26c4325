//! What the disk reports.

use maru_protocol::Open;

use super::{
    Endpoint,
    output::{DiskRequest, Event, Expected, Outcome, Output, ReadId, WriteId},
};
use crate::{
    Piece, Time,
    control::{Code, ControlMessage, Entry, TransferId},
    hash::GroupHash,
    limits::MAX_CONTROL_BYTES,
    resume::Role,
};

/// Bytes of a `manifest` beside its entries.
const MANIFEST_FRAME: usize = 256;

impl Endpoint {
    /// Outcome of [`DiskRequest::Manifest`]: entries, and whether they are the last.
    pub fn on_manifest(
        &mut self,
        id: TransferId,
        first: u32,
        outcome: Result<(Vec<Entry>, bool), Code>,
        now: Time,
    ) {
        let sending = self.sending.get_mut(&id);
        // Otherwise it is of an earlier connection.
        if let Some(sending) = sending.filter(|of| of.listing == Some(first)) {
            sending.listing = None;
            if sending.next_listed == Some(first) {
                self.send_manifest(id, first, outcome);
            }
        }
        self.after(now);
    }

    fn send_manifest(
        &mut self,
        id: TransferId,
        first: u32,
        outcome: Result<(Vec<Entry>, bool), Code>,
    ) {
        let (entries, last) = match outcome {
            Ok(outcome) => outcome,
            Err(code) => return self.cancel_because(id, Role::Sender, code),
        };
        let count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        let message = ControlMessage::Manifest {
            id,
            first,
            entries,
            last,
        };
        // The receiver would wait for ever.
        if count == 0 && !last || message.encode().is_err() {
            return self.cancel_because(id, Role::Sender, Code::Unreadable);
        }
        if let Some(sending) = self.sending.get_mut(&id) {
            sending.next_listed = (!last).then_some(first.saturating_add(count));
        }
        self.send(&message);
    }

    /// Outcome of [`DiskRequest::Read`]. Pieces cover what was to be read; the last may be zeros that go on to the end of
    /// the hole.
    pub fn on_read(&mut self, read: ReadId, outcome: Result<Vec<Piece>, Code>, now: Time) {
        self.on_hashed_read(read, outcome.map(|pieces| (pieces, None)), now);
    }

    /// As [`Self::on_read`], with what [`hash_pieces`](crate::hash_pieces) says, if it is known already.
    pub fn on_hashed_read(
        &mut self,
        read: ReadId,
        outcome: Result<(Vec<Piece>, Option<GroupHash>), Code>,
        now: Time,
    ) {
        let (id, entry, code) = match outcome {
            Ok((pieces, hash)) => match self.pipeline.on_read(read, pieces, hash) {
                Ok(None) => return self.after(now),
                Ok(Some(hole)) => {
                    if let Some(sending) = self.sending.get_mut(&hole.id) {
                        let size = sending.size(hole.entry).unwrap_or_default();
                        let number = sending.offer.number;
                        let groups = sending.wanted.take_hole(hole.entry, hole.end);
                        for range in groups.iter() {
                            self.pipeline.hole(hole.id, number, hole.entry, size, range);
                        }
                    }
                    return self.after(now);
                }
                // Not what was asked for: the file is not what it was.
                Err((id, entry)) => {
                    self.pipeline.on_read_failed(read);
                    (id, entry, Code::Changed)
                }
            },
            Err(code) => match self.pipeline.on_read_failed(read) {
                Some((id, entry)) => (id, entry, code),
                None => return,
            },
        };
        if let Some(sending) = self.sending.get_mut(&id) {
            let code = Open::Known(code);
            sending.fail(entry, &code);
            self.send(&ControlMessage::Error {
                id: Some(id),
                entry: Some(entry),
                code: code.clone(),
                text: String::new(),
            });
            self.event(Event::EntryFailed {
                id,
                role: Role::Sender,
                entry,
                code,
            });
        }
        self.after(now);
    }

    pub(super) fn store(&mut self, id: TransferId, first: u32, entries: Vec<Entry>, last: bool) {
        self.outputs.push_back(Output::Disk(DiskRequest::Store {
            id,
            first,
            entries,
            last,
        }));
    }

    /// Outcome of [`DiskRequest::Write`], of `bytes` bytes. On failure call [`Self::on_disk_problem`] as well. Also to be
    /// called for writes of a transfer that is over, done or not: otherwise the sender may send less.
    pub fn on_written(&mut self, write: WriteId, id: TransferId, bytes: u64, now: Time) {
        self.release(write);
        if let Some(receiving) = self.receiving.get_mut(&id) {
            receiving.on_written(bytes, now);
        }
        self.after(now);
    }

    /// A write is done, or will not be done.
    pub(super) fn release(&mut self, write: WriteId) {
        let earlier = self.unwritten.on_written(write);
        if let Some(connection) = &mut self.connection {
            connection.receive.release(earlier);
            connection.on_written(write);
        }
    }

    /// The receiver's disk cannot take one entry, such as one whose name the system refuses, also one that was finished: the
    /// others go on.
    pub fn on_entry_refused(&mut self, id: TransferId, entry: u32, code: Code, now: Time) {
        if let Some(receiving) = self.receiving.get_mut(&id)
            && receiving.refuse(entry, code)
        {
            let mut effects = super::receiving::Effects::default();
            effects.failed.push((entry, code));
            self.apply(id, effects);
        }
        self.after(now);
    }

    /// [`DiskRequest::Finish`] or [`DiskRequest::Keep`] succeeded.
    pub fn on_finished(&mut self, id: TransferId, entry: u32, now: Time) {
        let receiving = self.receiving.get_mut(&id);
        if let Some(hash) = receiving.and_then(|of| of.on_finished(entry, now)) {
            let hash = Some(hash);
            self.event(Event::EntryDone { id, entry, hash });
        }
        self.after(now);
    }

    /// Outcome of [`DiskRequest::Find`]: the entries that may be there already.
    pub fn on_found(&mut self, id: TransferId, first: u32, found: &[u32], now: Time) {
        if let Some(receiving) = self.receiving.get_mut(&id) {
            receiving.on_found(first, found);
        }
        self.after(now);
    }

    /// Outcome of [`DiskRequest::Compare`]: whether the file is as `expected`. Also to be called if that is not known.
    pub fn on_compared(
        &mut self,
        write: WriteId,
        (id, entry): (TransferId, u32),
        expected: &Expected,
        equal: bool,
        now: Time,
    ) {
        self.release(write);
        let mut effects = super::receiving::Effects::default();
        if let Some(receiving) = self.receiving.get_mut(&id) {
            receiving.on_compared(entry, expected, equal, &mut effects);
        }
        self.apply(id, effects);
        self.after(now);
    }

    /// [`DiskRequest::Keep`] came too late: the file changed.
    pub fn on_not_kept(&mut self, id: TransferId, entry: u32, now: Time) {
        if let Some(receiving) = self.receiving.get_mut(&id) {
            receiving.on_not_kept(entry);
        }
        self.after(now);
    }

    /// [`DiskRequest::Checkpoint`] succeeded: so many bytes of the transfer are durable.
    pub fn on_checkpoint(&mut self, id: TransferId, durable: u64, now: Time) {
        if let Some(receiving) = self.receiving.get_mut(&id) {
            receiving.on_checkpoint(durable);
            let bytes = receiving.durable;
            if receiving.recognised {
                self.send(&ControlMessage::Durable { id, bytes });
            }
        }
        self.after(now);
    }

    /// [`DiskRequest::Conclude`] succeeded: the transfer is over.
    pub fn on_concluded(&mut self, id: TransferId, now: Time) {
        if let Some(receiving) = self.receiving.remove(&id) {
            self.say_present(id, Role::Receiver, receiving.files_present.into());
            let done = ControlMessage::Done { id };
            if receiving.recognised {
                self.send(&done);
            }
            self.end(id, Role::Receiver, receiving.key, done, Outcome::Done);
        }
        self.after(now);
    }

    /// Asks for entries of manifests, one batch at a time and while the control channel takes them.
    pub(super) fn list(&mut self) {
        if self.connection.as_ref().is_none_or(|of| !of.may_list()) {
            return;
        }
        for (id, sending) in &mut self.sending {
            if sending.listing.is_some() || !sending.recognised || !sending.may_list() {
                continue;
            }
            if let Some(first) = sending.next_listed {
                sending.listing = Some(first);
                self.outputs.push_back(Output::Disk(DiskRequest::Manifest {
                    id: *id,
                    first,
                    max_json_bytes: MAX_CONTROL_BYTES - MANIFEST_FRAME,
                }));
            }
        }
    }

    /// Bytes of the holes that wait are hashed in steps.
    pub(super) fn hash_holes(&mut self, now: Time) {
        let write = WriteId(self.next_write);
        self.next_write += 1;
        self.holes_wait = false;
        let ids: Vec<TransferId> = self.receiving.keys().copied().collect();
        for id in ids {
            let Some(receiving) = self.receiving.get_mut(&id) else {
                continue;
            };
            let mut effects = super::receiving::Effects::default();
            self.holes_wait |= receiving.hash_holes(write, &mut effects);
            self.apply(id, effects);
        }
        self.after(now);
    }
}
