use std::{
    ffi::{OsStr, OsString},
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use maru_transfer::{
    control::{Entry, EntryKind, RelativePath},
    limits::MAX_FILE_BYTES,
};

use super::{
    MAX_SKIPPED_NAMES, Scan, ScanError, SkipReason, Skipped,
    limit::{Limits, Room},
    name::{FolderNames, selected_name, wire_name},
};
use crate::{
    DiskError,
    json_bytes::json_bytes,
    os::{self, Directory, FileKind, Status},
    source::manifest::{ManifestWriter, Origin},
    staging_name,
};

/// A folder that is being walked.
struct Level {
    folder: Directory,
    /// In the manifest.
    wire: String,
    /// On this computer.
    path: PathBuf,
    names: std::vec::IntoIter<OsString>,
    folders: FolderNames,
}

pub(super) struct Walk<'a> {
    cancelled: &'a AtomicBool,
    limits: Limits,
    room: Room,
    writer: ManifestWriter,
    selected: FolderNames,
    /// Where what was selected is.
    base: PathBuf,
    scan: Scan,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        manifest: &Path,
        cancelled: &'a AtomicBool,
        limits: Limits,
    ) -> Result<Self, ScanError> {
        Ok(Self {
            cancelled,
            limits,
            room: Room::new(),
            writer: ManifestWriter::create(manifest).map_err(writing)?,
            selected: FolderNames::default(),
            base: PathBuf::new(),
            scan: Scan::default(),
        })
    }

    pub(super) fn finish(self) -> Result<Scan, ScanError> {
        self.writer.finish().map_err(writing)?;
        Ok(self.scan)
    }

    /// Something that the person selected.
    pub(super) fn selected(&mut self, path: &Path) -> Result<(), ScanError> {
        self.base = path.parent().unwrap_or(path).to_owned();
        let found = fs::canonicalize(path)
            .and_then(|target| Ok((Status::from(&fs::metadata(&target)?), target)));
        let (status, target) = match found {
            Ok(found) => found,
            Err(error) => {
                self.skip(path, SkipReason::from(&error));
                return Ok(());
            }
        };
        let name = selected_name(path, &target);
        if status.kind == FileKind::Folder {
            self.base = target.parent().unwrap_or(&target).to_owned();
        }
        match status.kind {
            FileKind::File => match os::open_source(&target) {
                Ok(_) => self.file(&target, name, &status),
                Err(error) => {
                    self.skip(path, SkipReason::from(&error));
                    Ok(())
                }
            },
            FileKind::Folder => {
                let name = self.selected.claim(name);
                let folder = Directory::open(&target);
                match self.folder(folder, target, name, &status)? {
                    Some(level) => self.inside(level),
                    None => Ok(()),
                }
            }
            FileKind::Link | FileKind::Special => {
                self.skip(path, SkipReason::Special);
                Ok(())
            }
        }
    }

    /// A file of an earlier manifest.
    pub(super) fn file_again(&mut self, path: &Path, wire: &str) -> Result<(), ScanError> {
        let base = path.ancestors().nth(wire.split('/').count());
        self.base = base.unwrap_or(path).to_owned();
        let found = os::open_source(path).and_then(|file| file.metadata());
        match found {
            Ok(metadata) if metadata.is_file() => {
                self.file(path, wire.to_owned(), &Status::from(&metadata))
            }
            Ok(_) => {
                self.skip(path, SkipReason::Special);
                Ok(())
            }
            Err(error) => {
                self.skip(path, SkipReason::from(&error));
                Ok(())
            }
        }
    }

    /// A folder of an earlier manifest, without what is in it. Without it, if it is gone.
    pub(super) fn folder_again(&mut self, path: &Path, wire: &str) -> Result<(), ScanError> {
        let Ok(metadata) = fs::symlink_metadata(path) else {
            return Ok(());
        };
        let status = Status::from(&metadata);
        if status.kind == FileKind::Folder && self.add(path, wire, EntryKind::Folder, &status)? {
            self.scan.folders += 1;
        }
        Ok(())
    }

    /// Everything in a folder, and in the folders of it.
    fn inside(&mut self, outermost: Level) -> Result<(), ScanError> {
        let mut levels = vec![outermost];
        while let Some(level) = levels.last_mut() {
            match level.names.next() {
                Some(name) => {
                    if let Some(inner) = self.item(level, &name)? {
                        levels.push(inner);
                    }
                }
                None => {
                    levels.pop();
                }
            }
        }
        Ok(())
    }

    /// Something in a folder. Returns it, if it is a folder to be walked.
    fn item(&mut self, level: &mut Level, name: &OsStr) -> Result<Option<Level>, ScanError> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(ScanError::Cancelled);
        }
        let path = level.path.join(name);
        // First without opening it: to open a device can have effects.
        let status = match level.folder.status(name) {
            Ok(status) => status,
            Err(error) => {
                self.skip(&path, SkipReason::from(&error));
                return Ok(None);
            }
        };
        let wire = wire_name(name);
        match status.kind {
            FileKind::File => match level.folder.open_file(name) {
                Ok(_) => self.file(&path, format!("{}/{wire}", level.wire), &status)?,
                Err(error) => self.skip(&path, SkipReason::from(&error)),
            },
            FileKind::Folder if staging_name::is_staging(name) => {
                self.skip(&path, SkipReason::Partial);
            }
            FileKind::Folder => {
                let wire = format!("{}/{}", level.wire, level.folders.claim_inside(wire));
                return self.folder(level.folder.open_folder(name), path, wire, &status);
            }
            FileKind::Link => self.skip(&path, SkipReason::Link),
            FileKind::Special => self.skip(&path, SkipReason::Special),
        }
        Ok(None)
    }

    fn file(&mut self, path: &Path, wire: String, status: &Status) -> Result<(), ScanError> {
        if status.size > MAX_FILE_BYTES {
            self.skip(path, SkipReason::TooLarge);
            return Ok(());
        }
        let kind = EntryKind::File { size: status.size };
        if self.add(path, &wire, kind, status)? {
            self.scan.files += 1;
            self.scan.bytes += status.size;
        }
        Ok(())
    }

    fn folder(
        &mut self,
        folder: io::Result<Directory>,
        path: PathBuf,
        wire: String,
        status: &Status,
    ) -> Result<Option<Level>, ScanError> {
        let read = folder.and_then(|folder| {
            let mut names = folder.names()?;
            names.sort_unstable_by(|one, other| {
                one.as_encoded_bytes().cmp(other.as_encoded_bytes())
            });
            Ok((folder, names))
        });
        let (folder, names) = match read {
            Ok(read) => read,
            Err(error) => {
                self.skip(&path, SkipReason::from(&error));
                return Ok(None);
            }
        };
        if !self.add(&path, &wire, EntryKind::Folder, status)? {
            return Ok(None);
        }
        self.scan.folders += 1;
        Ok(Some(Level {
            folder,
            wire,
            path,
            names: names.into_iter(),
            folders: FolderNames::default(),
        }))
    }

    /// Adds an entry to the manifest. `false`: it cannot be in one, and is skipped.
    fn add(
        &mut self,
        path: &Path,
        wire: &str,
        kind: EntryKind,
        status: &Status,
    ) -> Result<bool, ScanError> {
        let entry = RelativePath::new(wire).map(|path| Entry {
            path,
            kind,
            modified: status.modified,
        });
        let origin = Origin::new(path, status);
        let json_bytes = entry.as_ref().map_or(usize::MAX, json_bytes);
        let (Ok(entry), true, Some(origin)) = (entry, self.room.fits(json_bytes), origin) else {
            self.skip(path, SkipReason::Path);
            return Ok(false);
        };
        self.limits.add(&entry)?;
        self.room.add_name(&mut self.scan.names, &entry, json_bytes);
        self.writer.add(&entry, &origin).map_err(writing)?;
        Ok(true)
    }

    fn skip(&mut self, path: &Path, reason: SkipReason) {
        self.scan.skipped += 1;
        if self.scan.skipped_names.len() < MAX_SKIPPED_NAMES {
            let path = path.strip_prefix(&self.base).unwrap_or(path);
            self.scan.skipped_names.push(Skipped::new(path, reason));
        }
    }
}

fn writing(error: io::Error) -> ScanError {
    DiskError::writing("writing the manifest")(error).into()
}
