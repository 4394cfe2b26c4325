//! Transfers, so that they go on after a restart, and can be listed when they are over: a folder for each, `<ID>-s` of a sender and `<ID>-r` of a
//! receiver, with `record.json`, `progress` and the manifest, and of a receiver the journal.

mod end;
mod json;
mod progress;
mod record;

#[cfg(test)]
mod tests;

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use maru_transfer::{control::TransferId, endpoint::MAX_ENDED, resume::Role};

pub use self::{
    end::{End, EndKind},
    json::MAX_FAILED_RANGES,
    record::{Record, StoredProgress},
};
use crate::{Destination, DiskError, Fault, os::Directory, private_file};

const FILE_NAME: &str = "record.json";
const NEW_FILE_NAME: &str = "record.json.new";

/// The name of a sender's manifest in the folder of its record, for [`scan`](crate::scan()).
pub const MANIFEST: &str = "manifest";

/// Bytes of a record at most.
const MAX_RECORD_BYTES: u64 = 1 << 20;

/// Seconds after which a transfer that was not continued is removed.
const EXPIRY: u64 = 30 * 24 * 60 * 60;

/// Bytes of the manifests and journals of transfers that are over and kept, at most. The records alone stay of those that ended before.
const MAX_ENDED_BYTES: u64 = 256 << 20;

/// The folder of the records of transfers. Only the person can read it.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
}

/// What is in a [`Store`].
#[derive(Debug, Default)]
pub struct Listing {
    /// In no order.
    pub records: Vec<Record>,
    /// Folders whose record is damaged, missing, or of a later version. They stay.
    pub damaged: Vec<PathBuf>,
}

impl Store {
    /// Opens it, and makes it if it is missing.
    ///
    /// # Errors
    /// That it cannot be made.
    pub fn open(root: &Path) -> Result<Self, DiskError> {
        make_private_folder(root, true).map_err(writing)?;
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// The folder of a record, whether it exists or not.
    #[must_use]
    pub fn folder(&self, id: TransferId, role: Role) -> PathBuf {
        let role = match role {
            Role::Sender => 's',
            Role::Receiver => 'r',
        };
        self.root.join(format!("{id}-{role}"))
    }

    /// All records.
    ///
    /// # Errors
    /// That the folder cannot be read.
    pub fn list(&self) -> Result<Listing, DiskError> {
        let mut listing = Listing::default();
        for item in fs::read_dir(&self.root).map_err(reading)? {
            let item = item.map_err(reading)?;
            if !item.file_type().map_err(reading)?.is_dir() {
                continue;
            }
            match self.read(&item.path()) {
                Some(record) => listing.records.push(record),
                None => listing.damaged.push(item.path()),
            }
        }
        Ok(listing)
    }

    fn read(&self, folder: &Path) -> Option<Record> {
        let mut text = String::new();
        let file = File::open(folder.join(FILE_NAME)).ok()?;
        file.take(MAX_RECORD_BYTES).read_to_string(&mut text).ok()?;
        let mut record = Record::decode(&text)?;
        if let Some(progress) = progress::read(folder) {
            record.progress = record.progress.max(progress);
        }
        (self.folder(record.id, record.role) == folder).then_some(record)
    }

    /// Stores a new record, durably. Returns its folder.
    ///
    /// # Errors
    /// That it cannot be written, or that there is one.
    pub fn create(&self, record: &Record) -> Result<PathBuf, DiskError> {
        let folder = self.folder(record.id, record.role);
        make_private_folder(&folder, false).map_err(writing)?;
        self.update(record)?;
        self.sync(&self.root)?;
        Ok(folder)
    }

    /// Gives a transfer of the same selection the manifest of the first one.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn copy_manifest(&self, from: TransferId, to: TransferId) -> Result<(), DiskError> {
        let path = |id| self.folder(id, Role::Sender).join(MANIFEST);
        let (from, to) = (path(from), path(to));
        // FAT has no hard links.
        fs::hard_link(&from, &to)
            .or_else(|_| fs::copy(&from, &to).map(drop))
            .map_err(writing)
    }

    /// Replaces a record, durably: after a loss of power it is the old or the new one.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn update(&self, record: &Record) -> Result<(), DiskError> {
        let folder = self.folder(record.id, record.role);
        let new = folder.join(NEW_FILE_NAME);
        let write = || {
            let mut file = private_file(&new)?;
            file.write_all(record.encode().as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, folder.join(FILE_NAME))
        };
        write().map_err(writing)?;
        self.sync(&folder)
    }

    /// Stores how far a transfer is. After a loss of power it may be what was stored before, or what the record says.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn save_progress(
        &self,
        id: TransferId,
        role: Role,
        progress: StoredProgress,
    ) -> Result<(), DiskError> {
        progress::write(&self.folder(id, role), progress).map_err(writing)
    }

    /// Removes a record, and the staging folder of a receiver if it is there. What is published stays. Nothing, if there is
    /// no such record.
    ///
    /// # Errors
    /// That the record cannot be removed; [`Fault::InUse`].
    pub fn remove(&self, id: TransferId, role: Role) -> Result<(), DiskError> {
        let folder = self.folder(id, role);
        if role == Role::Receiver {
            match Destination::remove_staging(&folder) {
                Err(error) if error.fault == Fault::InUse => return Err(error),
                // Gone, with its drive perhaps, or not of this transfer: the record is of no use without it.
                _ => {}
            }
        }
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(writing(error)),
            _ => self.sync(&self.root),
        }
    }

    /// Removes everything but the record of a transfer: the manifest, and of a receiver the journal and the staging folder.
    ///
    /// # Errors
    /// That something cannot be removed; [`Fault::InUse`].
    pub fn strip(&self, id: TransferId, role: Role) -> Result<(), DiskError> {
        let folder = self.folder(id, role);
        if role == Role::Receiver
            && let Err(error) = Destination::remove_staging(&folder)
            && error.fault == Fault::InUse
        {
            return Err(error);
        }
        for item in fs::read_dir(&folder).map_err(reading)? {
            let item = item.map_err(reading)?;
            if item.file_name() != FILE_NAME {
                fs::remove_file(item.path()).map_err(writing)?;
            }
        }
        self.sync(&folder)
    }

    /// Bounds what is kept of transfers that are over: the last [`MAX_ENDED`] records, and 256 MiB of their entries.
    ///
    /// # Errors
    /// As [`Self::list`]. What cannot be removed stays.
    pub fn limit_ended(&self) -> Result<(), DiskError> {
        let mut records = self.list()?.records;
        records.sort_by_key(|record| std::cmp::Reverse(record.updated));
        let mut kept = 0;
        let ended = records
            .iter()
            .filter_map(|record| Some((record, record.end.as_ref()?)));
        for (number, (record, end)) in ended.enumerate() {
            if number >= MAX_ENDED {
                let _ = self.remove(record.id, record.role);
                continue;
            }
            let bytes = self.bytes(&self.folder(record.id, record.role));
            if end.is_listed && kept + bytes <= MAX_ENDED_BYTES {
                kept += bytes;
            } else {
                let _ = self.strip(record.id, record.role);
            }
        }
        Ok(())
    }

    /// Bytes of what is in the folder of a record.
    fn bytes(&self, folder: &Path) -> u64 {
        let items = fs::read_dir(folder).into_iter().flatten().flatten();
        items
            .filter_map(|item| item.metadata().ok())
            .map(|metadata| metadata.len())
            .sum()
    }

    /// Removes the records that were not updated for 30 days. `now`: seconds since 1970. Returns which.
    ///
    /// # Errors
    /// As [`Self::list`]. One that cannot be removed stays.
    pub fn remove_expired(&self, now: u64) -> Result<Vec<(TransferId, Role)>, DiskError> {
        let mut removed = Vec::new();
        for record in self.list()?.records {
            let is_expired = record.updated.saturating_add(EXPIRY) < now;
            if is_expired && self.remove(record.id, record.role).is_ok() {
                removed.push((record.id, record.role));
            }
        }
        Ok(removed)
    }

    fn sync(&self, folder: &Path) -> Result<(), DiskError> {
        Directory::open(folder)
            .and_then(|folder| folder.sync())
            .map_err(writing)
    }
}

fn make_private_folder(path: &Path, recursive: bool) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(recursive);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn reading(error: io::Error) -> DiskError {
    DiskError::reading("reading records of transfers")(error)
}

fn writing(error: io::Error) -> DiskError {
    DiskError::writing("writing records of transfers")(error)
}
