//! The sender's side of one transfer.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use maru_protocol::Open;

use super::{
    FOLDER,
    at_hand::AtHand,
    offer::Offer,
    pauses::Pauses,
    pipeline::{Sent, Taken},
    wanted::{Chunk, Wanted},
};
use crate::{
    FailedEntries, Ranges,
    control::{Code, Secret},
    ranges::one,
    resume::ResumeKey,
};

/// A transfer to send: new, or of an earlier connection.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// What is offered.
    pub offer: Offer,
    /// Of each entry in the order of the manifest; [`super::FOLDER`] for a folder.
    pub sizes: Arc<[u64]>,
    /// The receiver's half of the key, if it has accepted.
    pub partner_secret: Option<Secret>,
    /// The person paused it.
    pub paused: bool,
    /// Entries that failed on earlier connections.
    pub failed: FailedEntries,
}

/// The state of a transfer that is sent.
#[derive(Debug)]
pub(super) struct Sending {
    pub(super) offer: Offer,
    pub(super) sizes: Arc<[u64]>,
    pub(super) key: Option<ResumeKey>,
    /// The other side is known to be the same as before, on this connection.
    pub(super) recognised: bool,
    pub(super) pauses: Pauses,
    pub(super) wanted: Wanted,
    pub(super) at_hand: AtHand,
    /// What only the digests of are asked for.
    pub(super) to_verify: Wanted,
    /// The last part to be read was of `to_verify`.
    verified_last: bool,
    /// The next entry of the manifest to send; `None` if there is none, or the receiver has to ask.
    pub(super) next_listed: Option<u32>,
    /// Entries from this one on are being read from the disk.
    pub(super) listing: Option<u32>,
    pub(super) failed: FailedEntries,
    /// Their bytes.
    failed_bytes: u64,
    /// Bytes that were sent, on this connection, of entries whose end was not.
    begun: BTreeMap<u32, u64>,
    /// Entries whose end was sent.
    pub(super) ended: Ranges,
    /// Entries whose digests were sent, and which were not wanted since: the receiver has them.
    pub(super) present: Ranges,
    /// Bytes of those of this connection.
    pub(super) present_bytes: u64,
    /// What the receiver had when this connection began, and what was sent since, but for entries that failed.
    pub(super) base: u64,
    pub(super) sent: u64,
    pub(super) durable: u64,
    /// The receiver did not say yet what it has, on this connection.
    is_base_unknown: bool,
}

impl Sending {
    pub(super) fn new(outgoing: Outgoing) -> Self {
        let Outgoing {
            offer,
            sizes,
            partner_secret,
            paused,
            failed,
        } = outgoing;
        let count = sizes.len() as u64;
        let failed_bytes = failed
            .ranges()
            .flat_map(|range| range.start..range.end.min(count))
            .filter_map(|entry| size_of(&sizes, entry))
            .sum();
        let key = partner_secret.map(|partner| ResumeKey::new(&offer.secret, &partner, &offer.id));
        let is_resumed = key.is_some();
        Self {
            offer,
            sizes,
            key,
            recognised: false,
            pauses: Pauses {
                here: paused,
                ..Pauses::default()
            },
            wanted: Wanted::default(),
            at_hand: AtHand::default(),
            to_verify: Wanted::default(),
            verified_last: false,
            next_listed: None,
            listing: None,
            failed,
            failed_bytes,
            begun: BTreeMap::new(),
            ended: Ranges::new(),
            present: Ranges::new(),
            present_bytes: 0,
            base: 0,
            sent: 0,
            durable: 0,
            is_base_unknown: is_resumed,
        }
    }

    /// An entry cannot be sent, or not be received. False if that is known.
    pub(super) fn fail(&mut self, entry: u32, code: &Open<Code>) -> bool {
        let range = one(entry);
        self.wanted.drop_entries(range.clone());
        self.not_present(range.clone());
        let size = size_of(&self.sizes, entry.into()).unwrap_or_default();
        let is_whole = self.ended.remove(range) > 0;
        let begun = self.begun.remove(&entry).unwrap_or_default();
        self.uncount(if is_whole { size } else { begun });
        let is_new = self.size(entry).is_some() && self.failed.insert(entry, code);
        if is_new {
            self.failed_bytes += size;
        }
        is_new
    }

    /// What was packed of an entry is not sent after all.
    pub(super) fn on_taken_back(&mut self, entry: u32, packed: u64) {
        self.sent = self.sent.saturating_sub(packed);
        if let Some(begun) = self.begun.get_mut(&entry) {
            *begun = begun.saturating_sub(packed);
        }
    }

    /// Bytes that were sent, on this connection or an earlier one, do not count.
    fn uncount(&mut self, bytes: u64) {
        let earlier = bytes.saturating_sub(self.sent);
        self.sent = self.sent.saturating_sub(bytes);
        self.base = self.base.saturating_sub(earlier);
    }

    /// Bytes of an entry were packed, or its end.
    pub(super) fn on_sent(&mut self, sent: Sent) {
        let entry = one(sent.entry);
        // What failed counts again once all of it was sent again.
        if sent.bytes > 0 && self.failed.get(sent.entry).is_none() {
            self.sent = self.sent.saturating_add(sent.bytes);
            let begun = self.begun.entry(sent.entry).or_default();
            *begun = begun.saturating_add(sent.bytes);
        }
        if sent.end && !sent.only_digests {
            self.begun.remove(&sent.entry);
            if self.failed.remove(entry.clone()) > 0 {
                let size = size_of(&self.sizes, sent.entry.into()).unwrap_or_default();
                self.failed_bytes -= size;
                self.sent = self.sent.saturating_add(size);
            }
            self.ended.insert(entry);
        } else if sent.end && !self.ended.contains(&entry) && self.present.insert(entry) > 0 {
            self.present_bytes += self.size(sent.entry).unwrap_or_default();
        }
    }

    /// Entries are wanted, or have failed: the receiver does not have them, and needs no digests.
    pub(super) fn not_present(&mut self, entries: Range<u64>) {
        self.to_verify.drop_entries(entries.clone());
        let removed = self.present.within(&entries);
        self.present.remove(entries);
        for entry in removed.iter().flatten() {
            let size = u32::try_from(entry).ok().and_then(|entry| self.size(entry));
            self.present_bytes = self.present_bytes.saturating_sub(size.unwrap_or_default());
        }
    }

    /// Takes what is to be read next. Digests and bytes in turn: the ones need the disk, the others the path.
    pub(super) fn next_chunk(&mut self) -> Option<Chunk> {
        self.verified_last = !self.verified_last;
        for only_digests in [self.verified_last, !self.verified_last] {
            let wanted = if only_digests {
                &mut self.to_verify
            } else {
                &mut self.wanted
            };
            if let Some(chunk) = wanted.next(&self.sizes, &self.at_hand) {
                return Some(Chunk {
                    only_digests,
                    ..chunk
                });
            }
        }
        None
    }

    /// A part that was read, or not yet, is not sent, and is to be read again.
    pub(super) fn give_back(&mut self, taken: &Taken) {
        let wanted = if taken.only_digests {
            &mut self.to_verify
        } else {
            &mut self.wanted
        };
        wanted.give_back(taken.entry, taken.offset, taken.size);
    }

    /// So many bytes are durable. The first time on a connection, that is what the receiver has, of all that was sent before.
    pub(super) fn on_durable(&mut self, bytes: u64) {
        if std::mem::take(&mut self.is_base_unknown) {
            self.base = bytes;
            self.durable = bytes;
        }
        self.durable = self.durable.max(bytes);
    }

    /// Whether something is to be read.
    pub(super) fn wants_reads(&self) -> bool {
        let is_idle = self.wanted.is_empty() && self.to_verify.is_empty();
        self.recognised && !self.pauses.any() && !is_idle
    }

    /// The first message of the manifest may be sent before the receiver accepted.
    pub(super) fn may_list(&self) -> bool {
        self.next_listed
            .is_some_and(|next| next == 0 || self.key.is_some())
    }

    pub(super) fn on_disconnected(&mut self) {
        self.recognised = false;
        self.pauses.on_disconnected();
        self.wanted.clear();
        self.to_verify.clear();
        self.next_listed = None;
        self.listing = None;
        self.base = self.transferred();
        self.sent = 0;
        self.begun.clear();
        self.present_bytes = 0;
        self.is_base_unknown = true;
    }

    /// Bytes that are still to be sent.
    pub(super) fn bytes_left(&self) -> u64 {
        let settled = self.transferred().saturating_add(self.failed_bytes);
        self.offer.bytes.saturating_sub(settled)
    }

    /// What the receiver has, as far as it is known.
    pub(super) fn transferred(&self) -> u64 {
        self.base
            .saturating_add(self.sent)
            .saturating_add(self.present_bytes)
            .max(self.durable)
            .min(self.offer.bytes)
    }

    pub(super) fn size(&self, entry: u32) -> Option<u64> {
        self.sizes.get(usize::try_from(entry).ok()?).copied()
    }
}

/// Bytes of a file.
fn size_of(sizes: &[u64], entry: u64) -> Option<u64> {
    let size = sizes.get(usize::try_from(entry).ok()?).copied();
    size.filter(|size| *size != FOLDER)
}
