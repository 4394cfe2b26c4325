//! What takes long is done by other threads: scanning, preparing and opening.

use std::path::{Path, PathBuf};
use std::sync::{Arc, atomic::AtomicBool};
use std::time::{Duration, Instant};

use maru_disk::{
    Destination, MANIFEST, Record, SkipReason, Skipped, Source, Store, StoredProgress,
    check_folder, scan, scan_failed,
};
use maru_transfer::{FailedEntries, control::Code, endpoint::Restored, resume::Role};

use super::hashing::hash_of_only_file;
use super::loaded::{Loaded, OpenedSource, Scanned};
use super::records::now;
use super::{Command, Key, Transfers, scanning::Scanning};
use crate::disk::Open;
use crate::view::{SkippedView, TransferView};

/// How often it is stored how far a transfer is.
const SAVE_INTERVAL: Duration = Duration::from_secs(1);

/// Names of what is not offered that are shown, at most.
const MAX_SKIPPED: usize = 20;
/// Of each: also what has too long a path is left out.
const MAX_SKIPPED_CHARS: usize = 1_000;

/// What is offered.
pub(super) enum Selection {
    /// What a person selected.
    Paths(Vec<PathBuf>),
    /// What failed of an earlier transfer, whose manifest this is.
    Failed {
        earlier: PathBuf,
        failed: FailedEntries,
    },
}

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
    pub(super) fn scan(&self, records: Vec<Record>, selection: Selection, scanning: Arc<Scanning>) {
        let store = self.store.clone();
        self.spawn(move || {
            let ids = records.iter().map(|record| record.id).collect();
            let scanned =
                scan_selection(store.as_deref(), records, &selection, &scanning.cancelled);
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
                    let opened = open_source(&folder.join(MANIFEST));
                    Loaded::Source(id, opened.map(Box::new))
                }
                Role::Receiver => Loaded::Destination(id, open_destination(&record, folder)),
            }
        });
    }

    /// Finds out the hash of the only file that was sent: this run read only a part of it.
    pub(super) fn hash_sent(&self, (id, _): Key, cancelled: Arc<AtomicBool>) {
        let Some(store) = self.store.clone() else {
            return;
        };
        self.spawn(move || {
            let manifest = store.folder(id, Role::Sender).join(MANIFEST);
            Loaded::Hashed(id, hash_of_only_file(&manifest, &cancelled))
        });
    }

    /// Stores what is known of a transfer, how far it is included.
    pub(super) fn save(&mut self, key: Key) {
        let Some(of) = self.transfers.get_mut(&key) else {
            return;
        };
        let Some(record) = &mut of.record else {
            return;
        };
        record.updated = now();
        record.progress = progress(&of.view);
        record.location.clone_from(&of.location);
        record.hash = of.view.hash;
        of.version += 1;
        of.saved_at = Some(Instant::now());
        of.is_unsaved = false;
        self.saver.save(record.clone());
    }

    /// Stores how far a transfer is, once a second.
    pub(super) fn save_progress(&mut self, key: Key) {
        let Some(of) = self.transfers.get_mut(&key) else {
            return;
        };
        if of.record.is_none() || of.saved_at.is_some_and(|at| at.elapsed() < SAVE_INTERVAL) {
            return;
        }
        if of.is_unsaved {
            self.save(key);
        } else {
            of.saved_at = Some(Instant::now());
            self.saver.save_progress(key, progress(&of.view));
        }
    }
}

const fn progress(view: &TransferView) -> StoredProgress {
    StoredProgress {
        transferred: view.transferred,
        files_done: view.files_done,
        files_failed: view.files_failed,
        files_present: view.files_present,
    }
}

fn scan_selection(
    store: Option<&Store>,
    mut records: Vec<Record>,
    selection: &Selection,
    cancelled: &AtomicBool,
) -> Result<Scanned, Code> {
    let store = store.ok_or(Code::Unwritable)?;
    let scanned = scan_for(store, &mut records, selection, cancelled);
    match scanned {
        Ok((opened, skipped)) => Ok(Scanned {
            records,
            opened,
            skipped_names: skipped
                .into_iter()
                .take(MAX_SKIPPED)
                .map(skipped_view)
                .collect(),
        }),
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
    selection: &Selection,
    cancelled: &AtomicBool,
) -> Result<(OpenedSource, Vec<Skipped>), Code> {
    for record in &*records {
        store.create(record).map_err(|error| error.code)?;
    }
    let (first, others) = records.split_first().ok_or(Code::Unwritable)?;
    let manifest = &store.folder(first.id, Role::Sender).join(MANIFEST);
    let scan = match selection {
        Selection::Paths(paths) => scan(paths, manifest, cancelled),
        Selection::Failed { earlier, failed } => scan_failed(earlier, failed, manifest, cancelled),
    };
    let scan = scan.map_err(|error| error.code())?;
    // Folders alone are a transfer, unless it is another try of files.
    if scan.files == 0 && matches!(selection, Selection::Failed { .. }) {
        return Err(Code::Missing);
    }
    let opened = open_source(manifest)?;
    if opened.sizes.is_empty() {
        let are_gone = |it: &Skipped| it.reason == SkipReason::Missing;
        return Err(match scan.skipped_names.iter().all(are_gone) {
            true => Code::Missing,
            false => Code::Unreadable,
        });
    }
    for other in others {
        let copied = store.copy_manifest(first.id, other.id);
        copied.map_err(|error| error.code)?;
    }
    for record in records {
        record.files = scan.files;
        record.folders = scan.folders;
        record.bytes = scan.bytes;
        record.names.clone_from(&scan.names);
        record.skipped = scan.skipped;
        store.update(record).map_err(|error| error.code)?;
    }
    Ok((opened, scan.skipped_names))
}

fn skipped_view(Skipped { path, reason }: Skipped) -> SkippedView {
    SkippedView {
        name: path.chars().take(MAX_SKIPPED_CHARS).collect(),
        reason,
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
            looks_for_files: !record.is_by_rule,
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
        looks_for_files: !record.is_by_rule,
    };
    Ok(Box::new((open, crate::disk::restored(restored))))
}
