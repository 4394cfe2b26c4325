//! Bulk messages that arrive and that are sent.

use bytes::Bytes;

use super::{
    AtHand, DiskRequest, Endpoint,
    output::{Event, Output, Violation, WriteId},
    receiving::Effects,
};
use crate::{
    Time,
    bulk::BulkMessage,
    control::{ControlMessage, TransferId},
    incoming::Held,
    limits::MAX_OPEN_FILES,
    resume::Role,
};

/// Bytes of a message: 53 packets of SCTP, which the system sends at once. 60 KiB of a file fit into it. Browsers take longer
/// to send larger ones, and native peers gain nothing from them.
const MESSAGE_BYTES: usize = 53 * 1_160;
/// A message is sent at once, so it is a delay for a call by itself, and overruns a short queue: while transfers yield, it is
/// this part of the window at most.
const MESSAGES_IN_WINDOW: u64 = 8;
/// Bytes of a message in a small window: 4 KiB of a file, with the headers.
const MIN_MESSAGE_BYTES: usize = 4 * 1_160;

impl Endpoint {
    /// A message of the bulk channel arrived.
    pub fn on_bulk(&mut self, message: Bytes, now: Time) {
        let Some(connection) = &mut self.connection else {
            return;
        };
        connection.received_at = now;
        let Ok(message) = BulkMessage::decode(message) else {
            self.violate(Violation::Bulk);
            return self.after(now);
        };
        let content = message.content_bytes() as u64;
        if connection.receive.on_arrived(content, now).is_err() {
            self.violate(Violation::Credit);
            return self.after(now);
        }
        connection.on_delay(message.sent_ms(), now);
        let write = WriteId(self.next_write);
        self.next_write += 1;
        let mut writes = 0;
        for record in message.records() {
            // Of a transfer that is over, or not wanted on this connection: ignored.
            let Some((id, receiving)) = self
                .receiving
                .iter_mut()
                .find(|(_, of)| of.recognised && of.offer.number == record.number)
            else {
                continue;
            };
            let id = *id;
            let mut effects = Effects::default();
            let result = receiving.on_content(record.entry, &record.content, write, &mut effects);
            writes += effects.writes;
            self.holes_wait |= receiving.has_holes();
            self.apply(id, effects);
            if let Err(violation) = result {
                self.violate(violation);
                return self.after(now);
            }
        }
        if let Some(connection) = &mut self.connection {
            connection.on_message(write, content, writes);
        }
        let held = self
            .receiving
            .values()
            .map(super::receiving::Receiving::held);
        let (held, files) = held.fold((Held::default(), 0), |(held, files), of| {
            (held.and(of.0), files + of.1)
        });
        if let Some(connection) = &mut self.connection {
            connection.receive.set_waiting(held.waiting);
        }
        if !held.is_permitted() || files > MAX_OPEN_FILES {
            self.violate(Violation::TooMuchAtOnce);
        }
        self.after(now);
    }

    /// Hands out what follows from content.
    pub(super) fn apply(&mut self, id: TransferId, effects: Effects) {
        self.outputs
            .extend(effects.disk.into_iter().map(Output::Disk));
        for message in &effects.control {
            self.send(message);
        }
        for (entry, hash) in effects.complete {
            self.event(Event::EntryDone { id, entry, hash });
        }
        for (entry, code) in effects.failed {
            let code = maru_protocol::Open::Known(code);
            self.send(&ControlMessage::Error {
                id: Some(id),
                entry: Some(entry),
                code: code.clone(),
                text: String::new(),
            });
            self.event(Event::EntryFailed {
                id,
                role: Role::Receiver,
                entry,
                code,
            });
        }
    }

    /// The next message of the bulk channel, if one may be sent. To be called when the channel has room.
    pub fn poll_bulk(&mut self, now: Time) -> Option<Bytes> {
        self.poll_stripe(0, now)
    }

    /// The next message for the bulk channel of a stripe, if one may be sent; 0 is the first connection. To be called when
    /// that channel has room. Each stripe gets whole groups of files: the others do not wait for a slow one.
    pub fn poll_stripe(&mut self, stripe: u8, now: Time) -> Option<Bytes> {
        let connection = self.connection.as_mut()?;
        let mut window = u64::MAX;
        if self.yields {
            window = connection.pacing.window();
            let in_flight = connection.in_flight();
            if !self.pipeline.is_ready() || !connection.pacing.may_send(in_flight, now) {
                return None;
            }
        }
        let allowed = connection.send.next_message()?;
        let max_message = usize::try_from(window / MESSAGES_IN_WINDOW)
            .unwrap_or(usize::MAX)
            .clamp(MIN_MESSAGE_BYTES, MESSAGE_BYTES);
        let message =
            self.pipeline
                .poll_message(stripe, allowed, max_message, now.wrapping_millis())?;
        self.pipeline.on_packed(now);
        if let Some(connection) = &mut self.connection {
            connection.on_sent(message.content, now);
            if self.yields {
                connection.pacing.on_sent(message.content, now);
            }
        }
        for sent in self.pipeline.take_sent() {
            if let Some(sending) = self.sending.get_mut(&sent.id) {
                sending.on_sent(sent);
                let is_only = sending.offer.files == 1;
                if let Some(hash) = sent.hash.filter(|_| is_only) {
                    self.event(Event::Sent(sent.id, hash));
                }
            }
        }
        self.read_ahead();
        Some(message.bytes)
    }

    /// Asks for reads as long as there is room, from one transfer after the other.
    pub(super) fn read_ahead(&mut self) {
        // Reads that fail become messages.
        if self.connection.as_ref().is_none_or(|of| !of.may_read()) {
            return;
        }
        while self.pipeline.has_room() {
            let Some(id) = self.next_turn() else { return };
            let Some(sending) = self.sending.get_mut(&id) else {
                return;
            };
            self.turn = Some(id);
            let Some(chunk) = sending.next_chunk() else {
                // Only folders were wanted.
                continue;
            };
            let Some(size) = sending.size(chunk.entry) else {
                continue;
            };
            let read = self.pipeline.read(id, sending.offer.number, size, chunk);
            self.outputs.push_back(Output::Disk(DiskRequest::Read {
                read,
                id,
                entry: chunk.entry,
                offset: chunk.offset,
                length: chunk.length,
                size,
                last: chunk.last,
            }));
        }
    }

    /// Files of this transfer are sent to others as well, of which this is in memory: it is read next, out of order.
    pub fn set_at_hand(&mut self, id: TransferId, at_hand: AtHand) {
        if let Some(sending) = self.sending.get_mut(&id) {
            sending.at_hand = at_hand;
        }
    }

    /// The transfer after the last one that has something to read.
    fn next_turn(&self) -> Option<TransferId> {
        let ready = |(id, sending): (&TransferId, &super::sending::Sending)| {
            sending.wants_reads().then_some(*id)
        };
        let after = self.turn.and_then(|turn| {
            use std::ops::Bound::{Excluded, Unbounded};
            self.sending
                .range((Excluded(turn), Unbounded))
                .find_map(ready)
        });
        after.or_else(|| self.sending.iter().find_map(ready))
    }

    /// What was read of a transfer and is not sent is to be read again.
    pub(super) fn pause_reading(&mut self, id: TransferId) {
        let Some(sending) = self.sending.get_mut(&id) else {
            return;
        };
        if sending.pauses.any() {
            let (taken, packed) = self.pipeline.take_back(id);
            for (entry, bytes) in packed {
                sending.on_taken_back(entry, bytes);
            }
            for part in &taken {
                sending.give_back(part);
            }
        }
    }
}
