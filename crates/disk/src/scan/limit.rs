//! Limits of a manifest and of its messages (docs/transfer.md, "Limits").

use maru_transfer::{
    control::{ControlMessage, Entry, EntryKind, Secret, TransferId},
    limits::{MAX_CONTROL_BYTES, MAX_ENTRIES, MAX_FILE_BYTES, MAX_NAMES},
};

/// Bytes of all paths of a manifest.
const MAX_MANIFEST_BYTES: u64 = 256 << 20;

/// What a manifest has more of than it may.
#[derive(Debug)]
pub(super) struct Exceeded;

/// Counts towards the limits.
#[derive(Debug)]
pub(super) struct Limits {
    max_entries: u32,
    entries: u32,
    path_bytes: u64,
    file_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self::with_max_entries(MAX_ENTRIES)
    }
}

impl Limits {
    pub(super) const fn with_max_entries(max_entries: u32) -> Self {
        Self {
            max_entries,
            entries: 0,
            path_bytes: 0,
            file_bytes: 0,
        }
    }

    pub(super) fn add(&mut self, entry: &Entry) -> Result<(), Exceeded> {
        self.entries += 1;
        self.path_bytes += entry.path.as_str().len() as u64;
        if let EntryKind::File { size } = entry.kind {
            self.file_bytes = self.file_bytes.saturating_add(size);
        }
        let exceeded = self.entries > self.max_entries
            || self.path_bytes > MAX_MANIFEST_BYTES
            || self.file_bytes > MAX_FILE_BYTES;
        if exceeded { Err(Exceeded) } else { Ok(()) }
    }
}

/// Bytes that a message has for entries and the commas between them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    manifest: usize,
    offer: usize,
}

impl Room {
    pub(super) fn new() -> Self {
        let id = TransferId([0xff; 16]);
        let manifest = ControlMessage::Manifest {
            id,
            first: MAX_ENTRIES,
            entries: Vec::new(),
            last: false,
        };
        let offer = ControlMessage::Offer {
            id,
            number: u16::MAX,
            files: MAX_ENTRIES,
            folders: MAX_ENTRIES,
            bytes: MAX_FILE_BYTES,
            names: Vec::new(),
            skipped: MAX_FILE_BYTES,
            secret: Secret([0xff; 32]),
        };
        let rest = |message: ControlMessage| {
            let envelope = message.encode().map_or(usize::MAX, |text| text.len());
            MAX_CONTROL_BYTES.saturating_sub(envelope)
        };
        Self {
            manifest: rest(manifest),
            offer: rest(offer),
        }
    }

    /// Whether an entry of so many bytes fits a message by itself.
    pub(super) const fn fits(self, json_bytes: usize) -> bool {
        json_bytes <= self.manifest
    }

    /// Adds an entry to those that an offer names, if it fits with them and all before it were added.
    pub(super) fn add_name(&mut self, names: &mut Vec<Entry>, entry: &Entry, json_bytes: usize) {
        let bytes = json_bytes + 1;
        if names.len() < MAX_NAMES && bytes <= self.offer {
            self.offer -= bytes;
            names.push(entry.clone());
        } else {
            self.offer = 0;
        }
    }
}
