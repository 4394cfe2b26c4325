//! What takes long is done by other threads: scanning, preparing and opening.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, atomic::AtomicBool};

use maru_disk::{Destination, Record, Source, Store, check_folder, scan};
use maru_transfer::{control::Code, endpoint::Restored, resume::Role};

use tokio::sync::oneshot;

use super::loaded::{Loaded, Scanned};
use super::records::now;
use super::{Command, Key, Transfers};
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

    pub(super) fn scan(&self, record: Record, paths: Vec<PathBuf>, cancelled: Arc<AtomicBool>) {
        let store = self.store.clone();
        self.spawn(move || {
            let id = record.id;
            let scanned = scan_selection(store.as_deref(), record, &paths, &cancelled);
            Loaded::Scanned(id, scanned.map(Box::new))
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
                Role::Sender => Loaded::Source(id, open_source(&folder.join("manifest"))),
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
    mut record: Record,
    paths: &[PathBuf],
    cancelled: &AtomicBool,
) -> Result<Scanned, Code> {
    let store = store.ok_or(Code::Unwritable)?;
    let folder = store.create(&record).map_err(|error| error.code)?;
    let manifest = folder.join("manifest");
    let result = scan(paths, &manifest, cancelled).map_err(|error| error.code());
    let opened = result.and_then(|scan| {
        let mut source = Source::open(&manifest).map_err(|error| error.code)?;
        let sizes = source.sizes().map_err(|error| error.code)?;
        if sizes.is_empty() {
            return Err(Code::Unreadable);
        }
        Ok((scan, source, sizes))
    });
    match opened {
        Ok((scan, source, sizes)) => {
            record.files = scan.files;
            record.folders = scan.folders;
            record.bytes = scan.bytes;
            record.names.clone_from(&scan.names);
            record.skipped = scan.skipped;
            store.update(&record).map_err(|error| error.code)?;
            Ok(Scanned {
                record,
                source,
                sizes,
            })
        }
        Err(code) => {
            let _ = store.remove(record.id, record.role);
            Err(code)
        }
    }
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

fn open_source(manifest: &std::path::Path) -> Result<Box<(Source, Vec<u64>)>, Code> {
    let mut source = Source::open(manifest).map_err(|error| error.code)?;
    let sizes = source.sizes().map_err(|error| error.code)?;
    Ok(Box::new((source, sizes)))
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
