//! The receiver's side of one transfer.

mod ask;
mod checkpoint;
mod compare;
mod content;
mod present;
mod restore;
mod wants;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use maru_protocol::Open;

pub(super) use self::content::Effects;
use self::{present::Present, wants::Wants};
use super::{FOLDER, offer::Offer, pauses::Pauses};
use crate::{
    FailedEntries, IncomingFile, Ranges, Time,
    control::{Code, Entry, EntryKind, Secret},
    hash::Digest,
    incoming::Held,
    resume::ResumeKey,
};

/// A transfer to receive, of an earlier connection.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// What was offered.
    pub offer: Offer,
    /// The receiver's half of the key.
    pub secret: Secret,
    /// What is on the disk.
    pub restored: Restored,
    /// The person paused it.
    pub paused: bool,
}

/// What is on the disk of a transfer that is received.
#[derive(Debug, Clone, Default)]
pub struct Restored {
    /// Of the entries whose manifest is stored, in order; [`FOLDER`] for a folder.
    pub sizes: Vec<u64>,
    /// No entry is missing.
    pub manifest_complete: bool,
    /// Entries that are complete.
    pub done: Ranges,
    /// Those of them that were there already.
    pub present: Ranges,
    /// Entries that failed.
    pub failed: BTreeMap<u32, Open<Code>>,
    /// Verified groups of other files.
    pub partial: Vec<(u32, Vec<(u64, Digest)>)>,
}

/// The state of a transfer that is received.
#[derive(Debug)]
pub(super) struct Receiving {
    pub(super) offer: Offer,
    /// This side's half of the key, once the person accepted.
    pub(super) secret: Option<Secret>,
    pub(super) key: Option<ResumeKey>,
    /// The other side is known to be the same as before, on this connection.
    pub(super) recognised: bool,
    pub(super) pauses: Pauses,
    pub(super) sizes: Vec<u64>,
    /// Entries whose manifest arrived, some of which a problem of the disk may have lost.
    seen: usize,
    pub(super) manifest_complete: bool,
    /// The manifest was asked for from this entry on, and that did not arrive yet.
    pub(super) awaited: Option<u32>,
    /// Sums over the manifest, which may not exceed the offer.
    totals: Totals,
    /// Entries that came before the person accepted.
    pub(super) early: Vec<Entry>,
    /// Those of which something arrived.
    files: BTreeMap<u32, IncomingFile>,
    /// Those with holes to be hashed.
    hole_files: BTreeSet<u32>,
    /// Sum over the files.
    held: Held,
    /// What may be there already, and is not wanted before that is known.
    present: Present,
    /// Files that were there already, and their bytes.
    pub(super) files_present: u32,
    pub(super) bytes_present: u64,
    wants: Wants,
    pub(super) done: Ranges,
    pub(super) files_done: u32,
    pub(super) failed: FailedEntries,
    /// Their bytes.
    failed_bytes: u64,
    /// Complete, and being finished by the disk.
    finishing: HashSet<u32>,
    /// Bytes of done entries, and of open files.
    done_bytes: u64,
    open_bytes: u64,
    pub(super) durable: u64,
    checkpoint: Checkpoint,
    pub(super) concluding: bool,
}

#[derive(Debug, Default)]
struct Totals {
    files: u32,
    folders: u32,
    bytes: u64,
}

/// When the disk makes durable what it wrote.
#[derive(Debug, Default)]
struct Checkpoint {
    /// Bytes written since the last.
    written: u64,
    /// The first change that is in none.
    since: Option<Time>,
    running: bool,
}

/// Bytes between two checkpoints, at most.
const CHECKPOINT_BYTES: u64 = 64 << 20;
/// Time between two checkpoints, at most.
pub(super) const CHECKPOINT_INTERVAL: std::time::Duration = std::time::Duration::from_secs(1);

/// Entries do not follow the last ones, are more than was offered, or others than the offer named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WrongManifest;

impl Receiving {
    pub(super) fn offered(offer: Offer) -> Self {
        Self {
            offer,
            secret: None,
            key: None,
            // The one who offers is known by this connection.
            recognised: true,
            pauses: Pauses::default(),
            sizes: Vec::new(),
            seen: 0,
            manifest_complete: false,
            awaited: None,
            totals: Totals::default(),
            early: Vec::new(),
            files: BTreeMap::new(),
            hole_files: BTreeSet::new(),
            held: Held::default(),
            present: Present::default(),
            files_present: 0,
            bytes_present: 0,
            wants: Wants::default(),
            done: Ranges::new(),
            files_done: 0,
            failed: FailedEntries::default(),
            failed_bytes: 0,
            finishing: HashSet::new(),
            done_bytes: 0,
            open_bytes: 0,
            durable: 0,
            checkpoint: Checkpoint::default(),
            concluding: false,
        }
    }

    pub(super) fn resumed(incoming: Incoming) -> Self {
        let mut receiving = Self::offered(incoming.offer);
        receiving.recognised = false;
        receiving.accept(incoming.secret);
        receiving.pauses.here = incoming.paused;
        receiving.restore(incoming.restored);
        receiving
    }

    pub(super) fn accept(&mut self, secret: Secret) {
        self.secret = Some(secret);
        self.key = Some(ResumeKey::new(&self.offer.secret, &secret, &self.offer.id));
    }

    /// Entries of the manifest arrived. Returns those that are new.
    pub(super) fn on_entries(
        &mut self,
        first: u32,
        mut entries: Vec<Entry>,
        last: bool,
    ) -> Result<Vec<Entry>, WrongManifest> {
        if let Some(awaited) = self.awaited {
            if first != awaited {
                // Sent before the sender knew.
                return Ok(Vec::new());
            }
            self.awaited = None;
        }
        let have = self.sizes.len();
        let first = usize::try_from(first).map_err(|_| WrongManifest)?;
        let known = have.checked_sub(first).ok_or(WrongManifest)?;
        if self.manifest_complete {
            return Ok(Vec::new());
        }
        entries.drain(..known.min(entries.len()));
        // What was accepted is what the offer named.
        let named = self.offer.names.get(have..).unwrap_or_default();
        if named
            .iter()
            .zip(&entries)
            .any(|(name, entry)| name != entry)
        {
            return Err(WrongManifest);
        }
        for entry in &entries {
            let size = match entry.kind {
                EntryKind::File { size } => {
                    self.totals.files += 1;
                    self.totals.bytes = self.totals.bytes.saturating_add(size);
                    size
                }
                EntryKind::Folder => {
                    self.totals.folders += 1;
                    FOLDER
                }
            };
            self.sizes.push(size);
        }
        let (totals, offer) = (&self.totals, &self.offer);
        let exceeds = totals.files > offer.files
            || totals.folders > offer.folders
            || totals.bytes > offer.bytes;
        let lacks = totals.files < offer.files
            || totals.folders < offer.folders
            || totals.bytes < offer.bytes
            || self.sizes.len() < offer.names.len();
        if exceeds || last && lacks {
            return Err(WrongManifest);
        }
        self.manifest_complete = last;
        self.seen = self.seen.max(self.sizes.len());
        let mut new = Ranges::new();
        new.insert(have as u64..self.sizes.len() as u64);
        // Some may have failed before a problem of the disk lost their part of the manifest.
        for failed in self.failed.ranges() {
            new.remove(failed);
        }
        for entries in new.iter() {
            self.present.look_for(entries);
        }
        Ok(entries)
    }

    pub(super) fn on_disconnected(&mut self) {
        self.recognised = false;
        self.awaited = None;
        self.pauses.on_disconnected();
        self.present.on_disconnected();
        // The sender sends groups as a whole: parts of groups stay, and are not needed again.
        self.want_all();
    }

    pub(super) fn transferred(&self) -> u64 {
        (self.done_bytes + self.open_bytes).min(self.offer.bytes)
    }

    /// Bytes that are still to arrive.
    pub(super) fn bytes_left(&self) -> u64 {
        let settled = self.done_bytes + self.open_bytes + self.failed_bytes;
        let bytes = self.offer.bytes.saturating_sub(settled);
        bytes.saturating_sub(self.present.bytes())
    }

    pub(super) fn size(&self, entry: u32) -> Option<u64> {
        self.sizes.get(usize::try_from(entry).ok()?).copied()
    }

    /// What is in memory, of how many files.
    pub(super) fn held(&self) -> (Held, usize) {
        (self.held, self.files.len())
    }

    /// Whether all entries are done or have failed.
    fn is_settled(&self) -> bool {
        let settled = self.done.total() + u64::from(self.failed.count());
        self.manifest_complete && settled == self.sizes.len() as u64 && self.finishing.is_empty()
    }

    /// Bytes of an entry that arrived.
    pub(super) fn arrived(&self, entry: u32) -> u64 {
        let size = self.size(entry).unwrap_or_default();
        self.files
            .get(&entry)
            .map_or(0, |file| size - file.missing())
    }
}
