use std::io::ErrorKind;

use maru_transfer::{Ranges, hash::group_length};

use super::{
    files::writing,
    journal::Record,
    progress::{numbers, one},
    staging::Staging,
    state::Destination,
};
use crate::{DiskError, Fault};

impl Destination {
    /// Makes durable what was written, and gives files that are done their places. Returns how many bytes of the transfer
    /// survive a loss of power. If it fails, it can be repeated, except after [`Fault::Unsynced`].
    ///
    /// # Errors
    /// That something cannot be written or renamed. [`Fault::Unsynced`]: this object is to be dropped, and
    /// [`Self::reopen`] says what is durable.
    pub fn checkpoint(&mut self) -> Result<u64, DiskError> {
        self.check_synced()?;
        let result = self.try_checkpoint();
        if let Err(error) = &result {
            self.is_unsynced = error.fault == Fault::Unsynced;
        }
        result
    }

    fn try_checkpoint(&mut self) -> Result<u64, DiskError> {
        let written = self.written;
        let groups = self.cover_groups()?;
        self.manifest.sync()?;
        self.make_folders()?;
        if let Some(staging) = self.staging.as_ref().filter(|_| self.files.is_dirty())
            && self.files.sync(&staging.folder)?
        {
            self.folders.unsynced.clear();
        }
        self.sync_made_folders()?;
        self.sync_present()?;
        self.journal_pending(groups)?;
        self.written -= written;
        self.place_done()?;
        self.journal_published()?;
        Ok(self.durable)
    }

    /// Records for the groups that are not in the journal. Files reach to the ends of them, also if those are holes.
    fn cover_groups(&mut self) -> Result<Vec<Record>, DiskError> {
        let mut records = Vec::new();
        let mut too_large = Vec::new();
        let Some(staging) = &self.staging else {
            return Ok(records);
        };
        'files: for (entry, groups) in &self.pending.groups {
            let Some(size) = self.manifest.get(*entry)?.size() else {
                continue;
            };
            let mut inode = 0;
            for (group, _) in groups {
                inode = match self.files.cover(&staging.folder, (*entry, size), *group) {
                    Err(error) if error.kind() == ErrorKind::FileTooLarge => {
                        too_large.push(*entry);
                        continue 'files;
                    }
                    covered => covered.map_err(writing)?,
                };
            }
            records.push(Record::Groups {
                entry: *entry,
                inode,
                groups: groups.clone(),
            });
        }
        for entry in too_large {
            self.fail_too_large(entry)?;
        }
        Ok(records)
    }

    /// Appends what is pending to the journal, makes that durable, and counts it.
    fn journal_pending(&mut self, groups: Vec<Record>) -> Result<(), DiskError> {
        let mut records: Vec<Record> = self
            .pending
            .reset
            .iter()
            .map(|entry| Record::Reset { entry: *entry })
            .collect();
        records.extend(
            self.pending
                .failed
                .iter()
                .map(|(entry, code)| Record::Failed {
                    entry: *entry,
                    code: *code,
                }),
        );
        records.extend(groups);
        records.extend(self.pending.done_files.iter().map(|(entry, inode, hash)| {
            Record::DoneFile {
                entry: *entry,
                inode: *inode,
                hash: *hash,
            }
        }));
        if !self.pending.present.is_empty() {
            records.push(Record::Present(self.pending.present.clone()));
        }
        if !self.pending.done.is_empty() {
            records.push(Record::Done(self.pending.done.clone()));
        }
        self.journal.append(&records)?;
        self.pending.reset.clear();
        self.pending.failed.clear();
        self.pending.done_files.clear();
        let groups = std::mem::take(&mut self.pending.groups);
        let done = std::mem::take(&mut self.pending.done);
        for (entry, groups) in groups {
            self.count_groups(entry, groups.iter().map(|(group, _)| *group))?;
        }
        let present = std::mem::take(&mut self.pending.present);
        for entry in numbers(&done) {
            self.forget_partial(entry);
            self.durable += self.manifest.get(entry)?.size().unwrap_or(0);
            self.done.insert(one(entry));
            if !present.contains(&one(entry)) {
                self.to_place.push_back(entry);
            }
        }
        for entries in present.iter() {
            self.present_entries.insert(entries);
        }
        // Last: if it fails, nothing that is counted goes to the caller.
        self.sync_journal()
    }

    pub(super) fn sync_journal(&mut self) -> Result<(), DiskError> {
        self.journal.sync().map_err(DiskError::of_sync)
    }

    pub(super) fn count_groups(
        &mut self,
        entry: u32,
        groups: impl Iterator<Item = u64>,
    ) -> Result<(), DiskError> {
        let size = self.manifest.get(entry)?.size().unwrap_or(0);
        let bytes: u64 = groups.filter_map(|group| group_length(size, group)).sum();
        *self.partial_bytes.entry(entry).or_default() += bytes;
        self.durable += bytes;
        Ok(())
    }

    /// Makes durable that files have their final places, and notes it in the journal. The journal itself may follow later:
    /// if the note is lost, the files are found in their places.
    pub(super) fn journal_published(&mut self) -> Result<(), DiskError> {
        if self.pending.published.is_empty() {
            return Ok(());
        }
        self.root
            .sync()
            .map_err(DiskError::writing("syncing a folder"))?;
        self.journal
            .append(&[Record::Published(self.pending.published.clone())])?;
        self.pending.published = Ranges::new();
        Ok(())
    }

    pub(super) fn staging(&self) -> Result<&Staging, DiskError> {
        let missing = || DiskError::new("opening the staging folder", Fault::Argument);
        self.staging.as_ref().ok_or_else(missing)
    }
}
