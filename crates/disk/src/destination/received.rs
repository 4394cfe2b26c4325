//! The entries of a transfer that nobody receives at the moment.

use std::{collections::BTreeSet, path::Path};

use maru_transfer::{control::Code, hash::group_length};

use super::{
    journal::Journal,
    manifest::Manifest,
    placed_entry::PlacedEntry,
    progress::{Progress, one},
};
use crate::{DiskError, os::Directory};

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryStatus {
    /// So many bytes of it are durable, and not all.
    Arrived(u64),
    /// All of it is there.
    Done,
    /// It could not be sent, or received.
    Failed(Code),
}

/// The entries of a transfer that is interrupted or over, from the folder of its record. Nothing is changed.
#[derive(Debug)]
pub struct ReceivedEntries {
    manifest: Manifest,
    progress: Progress,
    is_discarded: bool,
}

impl ReceivedEntries {
    /// Reads the journal and the manifest. `is_discarded`: what was not published is removed.
    ///
    /// # Errors
    /// That they cannot be read; [`Fault::Damaged`](crate::Fault::Damaged); [`Fault::Foreign`](crate::Fault::Foreign).
    pub fn open(record_folder: &Path, is_discarded: bool) -> Result<Self, DiskError> {
        let open = DiskError::reading("opening the folder of a record");
        let records = Directory::open(record_folder).map_err(open)?;
        let mut progress = Progress::default();
        let token = Journal::read(&records, |record| progress.replay(record))?;
        Ok(Self {
            manifest: Manifest::read(&records, token)?,
            progress,
            is_discarded,
        })
    }

    /// How many entries are known.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.manifest.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An entry, and where it stands.
    ///
    /// # Errors
    /// [`Fault::Argument`](crate::Fault::Argument) if there is none of this number; that the manifest cannot be read.
    pub fn get(&mut self, entry: u32) -> Result<(PlacedEntry, EntryStatus), DiskError> {
        let placed = self.manifest.get(entry)?;
        let number = one(entry);
        let status = if let Some(code) = self.progress.failed.get(&entry) {
            EntryStatus::Failed(*code)
        } else if self.is_discarded && !self.progress.published.contains(&number) {
            EntryStatus::Arrived(0)
        } else if self.progress.done.contains(&number) {
            EntryStatus::Done
        } else {
            let size = placed.size().unwrap_or(0);
            let partial = self.progress.partial.get(&entry);
            let groups = partial.into_iter().flat_map(|partial| &partial.groups);
            // The journal may name one again that was lost and received again.
            let groups: BTreeSet<u64> = groups.map(|(group, _)| *group).collect();
            let lengths = groups
                .into_iter()
                .filter_map(|group| group_length(size, group));
            EntryStatus::Arrived(lengths.sum())
        };
        let placed = PlacedEntry {
            path: self.manifest.path_of(&placed.place),
            kind: placed.entry.kind,
            modified: placed.entry.modified,
        };
        Ok((placed, status))
    }
}
