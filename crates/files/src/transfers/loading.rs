//! What takes long is done by other threads: scanning, preparing and opening.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, atomic::AtomicBool};

use maru_disk::{Destination, Record, Source, Store, check_folder, scan};
use maru_transfer::{control::Code, endpoint::Restored, resume::Role};

use tokio::sync::oneshot;

use super::hashing::hash_of_only_file;
use super::loaded::{Loaded, OpenedSource, Scanned};
use super::records::now;
use super::{Command, Key, Transfers, scanning::Scanning};
use crate::disk::Open;

/// Files that are offered once more.
const MAX_RETRIED: usize = 100_000;

impl Transfers {
    /// Runs `work` on a thread that may block, and takes its result as a command.
    fn spawn(&self, work: impl FnOnce() -> Loaded + Send + 'static) {
        let commands = self.commands.clone();
        tokio::task::spawn_blocking(move || {
            // Fails when the application ends.
            let _ = commands.send(Command::Loaded(work()));
        });
    }

    /// Scans a selection once, for one or several recipients.
    pub(super) fn scan(&self, records: Vec<Record>, paths: Vec<PathBuf>, scanning: Arc<Scanning>) {
        let store = self.store.clone();
        self.spawn(move || {
            let ids = records.iter().map(|record| record.id).collect();
            let scanned = scan_selection(store.as_deref(), records, &paths, &scanning.cancelled);
            Loaded::Scanned(ids, scanned.map(Box::new))
        });
    }

    /// Makes a folder ready to receive a transfer.
    pub(super) fn prepare(&self, record: Record, folder: PathBuf, largest: u64) {
        let store = self.store.clone();
        self.spawn(move || {
            let outcome = prepare(store.as_deref(), &record, folder, largest);
            Loaded::Prepared(record.id, Box::new(record), outcome.map(Box::new))
        });
    }

    /// Opens an unfinished transfer again.
    pub(super) fn load(&self, (id, _): Key, record: Record) {
        let Some(store) = self.store.clone() else {
            return;
        };
        self.spawn(move || {
            let folder = store.folder(id, record.role);
            match record.role {
                Role::Sender => {
                    let opened = open_source(&folder.join("manifest"));
                    Loaded::Source(id, opened.map(Box::new))
                }
                Role::Receiver => Loaded::Destination(id, open_destination(&record, folder)),
            }
        });
    }

    /// Finds out where the entries are that failed.
    pub(super) fn find_failed(&self, (id, _): Key, failed: BTreeSet<u32>) {
        let Some(store) = self.store.clone() else {
            return;
        };
        self.spawn(move || {
            let manifest = store.folder(id, Role::Sender).join("manifest");
            let paths = Source::open(&manifest).map(|mut source| {
                let paths = failed.into_iter().take(MAX_RETRIED);
                paths.filter_map(|entry| source.path(entry).ok()).collect()
            });
            Loaded::Failed(id, paths.unwrap_or_default())
        });
    }

    /// Finds out the hash of the only file that was sent: this run read only a part of it.
    pub(super) fn hash_sent(&self, (id, _): Key, cancelled: Arc<AtomicBool>) {
        let Some(store) = self.store.clone() else {
            return;
        };
        self.spawn(move || {
            let manifest = store.folder(id, Role::Sender).join("manifest");
            Loaded::Hashed(id, hash_of_only_file(&manifest, &cancelled))
        });
    }

    pub(super) fn save(&self, mut record: Record) {
        record.updated = now();
        if let Some(store) = self.store.clone() {
            tokio::task::spawn_blocking(move || {
                // Without it the transfer cannot be resumed after a restart, and works all the same.
                let _ = store.update(&record);
            });
        }
    }

    /// Nothing of a transfer is to be remembered.
    pub(super) fn forget_record(&self, key: Key) {
        self.forget_record_when(key, None);
    }

    /// As [`Self::forget_record`]. A receiver's record cannot be removed before its destination is `released`.
    pub(super) fn forget_record_when(
        &self,
        (id, direction): Key,
        released: Option<oneshot::Receiver<()>>,
    ) {
        self.candidates.remove(id, direction.into());
        let Some(store) = self.store.clone() else {
            return;
        };
        tokio::spawn(async move {
            if let Some(released) = released {
                // Fails if the thread that had it has panicked: then it is released as well.
                let _ = released.await;
            }
            // What cannot be removed now is removed when it has expired.
            let _ = tokio::task::spawn_blocking(move || store.remove(id, direction.into())).await;
        });
    }
}

fn scan_selection(
    store: Option<&Store>,
    mut records: Vec<Record>,
    paths: &[PathBuf],
    cancelled: &AtomicBool,
) -> Result<Scanned, Code> {
    let store = store.ok_or(Code::Unwritable)?;
    let scanned = scan_for(store, &mut records, paths, cancelled);
    match scanned {
        Ok(opened) => Ok(Scanned { records, opened }),
        Err(code) => {
            for record in &records {
                let _ = store.remove(record.id, record.role);
            }
            Err(code)
        }
    }
}

fn scan_for(
    store: &Store,
    records: &mut [Record],
    paths: &[PathBuf],
    cancelled: &AtomicBool,
) -> Result<OpenedSource, Code> {
    let mut manifests = Vec::with_capacity(records.len());
    for record in &*records {
        let folder = store.create(record).map_err(|error| error.code)?;
        manifests.push(folder.join("manifest"));
    }
    let (first, others) = manifests.split_first().ok_or(Code::Unwritable)?;
    let scan = scan(paths, first, cancelled).map_err(|error| error.code())?;
    let mut source = Source::open(first).map_err(|error| error.code)?;
    let sizes = source.sizes().map_err(|error| error.code)?;
    if sizes.is_empty() {
        return Err(Code::Unreadable);
    }
    for manifest in others {
        // FAT has no hard links.
        std::fs::hard_link(first, manifest)
            .or_else(|_| std::fs::copy(first, manifest).map(drop))
            .map_err(|_| Code::Unwritable)?;
    }
    for record in records {
        record.files = scan.files;
        record.folders = scan.folders;
        record.bytes = scan.bytes;
        record.names.clone_from(&scan.names);
        record.skipped = scan.skipped;
        store.update(record).map_err(|error| error.code)?;
    }
    let sizes = sizes.into();
    Ok(OpenedSource { source, sizes })
}

fn prepare(
    store: Option<&Store>,
    record: &Record,
    folder: PathBuf,
    largest: u64,
) -> Result<Open, Code> {
    let store = store.ok_or(Code::Unwritable)?;
    check_folder(&folder, record.bytes, largest).map_err(|error| error.code)?;
    let record_folder = store.create(record).map_err(|error| error.code)?;
    match Destination::create(&folder, &record_folder) {
        Ok(destination) => Ok(Open {
            destination,
            record: record_folder,
            folder,
            bytes: record.bytes,
        }),
        Err(error) => {
            let _ = store.remove(record.id, record.role);
            Err(error.code)
        }
    }
}

fn open_source(manifest: &Path) -> Result<OpenedSource, Code> {
    let mut source = Source::open(manifest).map_err(|error| error.code)?;
    let sizes = source.sizes().map_err(|error| error.code)?;
    let sizes = sizes.into();
    Ok(OpenedSource { source, sizes })
}

fn open_destination(record: &Record, folder: PathBuf) -> Result<Box<(Open, Restored)>, Code> {
    let (destination, restored) = Destination::reopen(&folder).map_err(|error| error.code)?;
    let open = Open {
        folder: destination.folder().to_owned(),
        destination,
        record: folder,
        bytes: record.bytes,
    };
    Ok(Box::new((open, crate::disk::restored(restored))))
}
