//! On the real disk and on tmpfs.

mod disk;
mod place;
mod power;
mod power_present;
mod present;
mod received;
mod restart;
mod size;

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use maru_transfer::{
    Piece, Ranges,
    control::{Code, Entry, EntryKind, Modified, RelativePath},
    hash::{Digest, FileHash, GROUP_BYTES, GroupHash, GroupHasher, group_count},
};
use tempfile::TempDir;

use super::{progress::one, *};
use crate::{DiskError, Fault};

pub(super) const MIB: usize = 1 << 20;
/// Nobody looks at it but the journal.
pub(super) const HASH: FileHash = FileHash([7; 32]);
pub(super) const MODIFIED: Modified = Modified {
    seconds: -86_400,
    nanoseconds: 500_000_000,
};

pub(super) fn file(path: &str, size: usize) -> Entry {
    Entry {
        path: RelativePath::new(path).unwrap(),
        kind: EntryKind::File { size: size as u64 },
        modified: MODIFIED,
    }
}

pub(super) fn folder(path: &str) -> Entry {
    Entry {
        kind: EntryKind::Folder,
        ..file(path, 0)
    }
}

/// Content that is different for each file and place.
pub(super) fn content(entry: u32, size: usize) -> Vec<u8> {
    content_of(entry, 0, size)
}

/// Part of it, beginning at a multiple of 64 bytes.
pub(super) fn content_of(entry: u32, start: usize, end: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(end - start + 64);
    for block in start / 64..end.div_ceil(64) {
        bytes.extend_from_slice(&[entry.to_le_bytes()[0].wrapping_add(1); 56]);
        bytes.extend_from_slice(&(block as u64 + 1).to_le_bytes());
    }
    bytes.truncate(end - start);
    bytes
}

pub(super) struct Fixture {
    _folders: [TempDir; 2],
    pub(super) folder: PathBuf,
    pub(super) records: PathBuf,
}

impl Fixture {
    pub(super) fn new() -> Self {
        Self::at("/tmp")
    }

    pub(super) fn at(place: &str) -> Self {
        let folders = [TempDir::new_in(place).unwrap(), TempDir::new().unwrap()];
        Self {
            folder: folders[0].path().to_owned(),
            records: folders[1].path().to_owned(),
            _folders: folders,
        }
    }

    pub(super) fn create(&self, entries: &[Entry]) -> Destination {
        let mut destination = Destination::create(&self.folder, &self.records).unwrap();
        destination.store_entries(0, entries, true).unwrap();
        destination
    }

    /// The next transfer has records of its own.
    pub(super) fn forget_records(&mut self) {
        self._folders[1] = TempDir::new().unwrap();
        self.records = self._folders[1].path().to_owned();
    }

    pub(super) fn reopen(&self) -> (Destination, Restored) {
        Destination::reopen(&self.records).unwrap()
    }

    /// Everything in the folder but staging folders, by path. Folders have no content, and links that of their target.
    pub(super) fn list(&self) -> BTreeMap<String, Option<Vec<u8>>> {
        let mut list = BTreeMap::new();
        walk(&self.folder, "", &mut list);
        list
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.list().into_keys().collect()
    }

    pub(super) fn staging(&self) -> Option<PathBuf> {
        let mut folders = fs::read_dir(&self.folder).unwrap().map(|it| it.unwrap());
        folders
            .find(|it| crate::staging_name::is_staging(&it.file_name()))
            .map(|it| it.path())
    }
}

fn walk(folder: &Path, prefix: &str, list: &mut BTreeMap<String, Option<Vec<u8>>>) {
    for item in fs::read_dir(folder).unwrap() {
        let item = item.unwrap();
        if crate::staging_name::is_staging(&item.file_name()) {
            continue;
        }
        let name = format!("{prefix}{}", item.file_name().to_str().unwrap());
        let is_folder = item.file_type().unwrap().is_dir();
        list.insert(
            name.clone(),
            (!is_folder).then(|| fs::read(item.path()).unwrap()),
        );
        if is_folder {
            walk(&item.path(), &format!("{name}/"), list);
        }
    }
}

/// The digest of a group of a file of several.
pub(super) fn digest(size: u64, group: u64, bytes: &[u8]) -> Digest {
    let mut hasher = GroupHasher::new(size, group).unwrap();
    hasher.update(bytes).unwrap();
    match hasher.finish().unwrap() {
        GroupHash::Digest(digest) => digest,
        GroupHash::File(_) => panic!("a file of one group"),
    }
}

impl Destination {
    /// Writes a group of the content of an entry.
    pub(super) fn write_group(&mut self, entry: u32, group: u64) -> Result<(), DiskError> {
        let size = self.manifest.get(entry)?.size().unwrap();
        let start = usize::try_from(group * GROUP_BYTES).unwrap();
        let end = usize::try_from(size).unwrap().min(start + MIB);
        let bytes = content_of(entry, start, end);
        self.write(entry, start as u64, &Piece::Bytes(bytes.clone().into()))?;
        if group_count(size) > 1 {
            self.verified(entry, group, digest(size, group, &bytes));
        }
        Ok(())
    }

    /// Receives all of an entry.
    pub(super) fn receive(&mut self, entry: u32) -> Result<(), DiskError> {
        if let Some(size) = self.manifest.get(entry)?.size() {
            for group in 0..group_count(size) {
                self.write_group(entry, group)?;
            }
        }
        self.finish(entry, HASH)
    }

    pub(super) fn receive_all(&mut self) {
        for entry in 0..self.len() {
            self.receive(entry).unwrap();
        }
    }
}

#[test]
fn files_and_folders_arrive_with_sizes_and_times_on_the_disk_and_on_tmpfs() {
    for place in ["/tmp", "/dev/shm"] {
        let fixture = Fixture::at(place);
        let sizes = [0, 1, 16_383, 16_384, MIB - 1, MIB, MIB + 1, 3 * MIB];
        let mut entries = vec![folder("f"), folder("f/empty"), folder("f/zero")];
        entries.push(file("f/zero/a", 0));
        entries.push(file("f/zero/b", 0));
        for size in sizes {
            entries.push(file(&format!("f/{size}"), size));
            entries.push(file(&format!("top-{size}"), size));
        }
        entries.push(folder("other"));
        let mut destination = fixture.create(&entries);
        destination.receive_all();
        assert_eq!(fixture.names(), Vec::<String>::new());
        let bytes = destination.checkpoint().unwrap();
        assert_eq!(bytes, 2 * sizes.iter().sum::<usize>() as u64);
        // Files in no folder have their places, folders not yet.
        assert_eq!(fixture.names().len(), sizes.len());
        let published = destination.conclude().unwrap();
        assert_eq!(published.len(), sizes.len() + 2);
        assert!(published.iter().all(|path| path.exists()));
        assert_eq!(fixture.staging(), None);
        let list = fixture.list();
        assert_eq!(list.len(), entries.len());
        for (entry, expected) in (0..).zip(&entries) {
            let path = fixture.folder.join(expected.path.as_str());
            let metadata = fs::metadata(&path).unwrap();
            let modified = (metadata.mtime(), metadata.mtime_nsec());
            assert_eq!(modified, (-86_400, 500_000_000), "{path:?}");
            match expected.kind {
                EntryKind::Folder => assert!(metadata.is_dir()),
                EntryKind::File { size } => {
                    let size = usize::try_from(size).unwrap();
                    let there = list[expected.path.as_str()].as_ref().unwrap();
                    assert!(*there == content(entry, size), "{path:?}");
                    assert_eq!(metadata.mode() & 0o111, 0, "executable");
                }
            }
        }
    }
}

#[test]
fn pieces_arrive_in_any_order_and_holes_stay_holes() {
    for place in ["/tmp", "/dev/shm"] {
        let fixture = Fixture::at(place);
        let size = 200 * MIB;
        let mut destination = fixture.create(&[file("sparse", size), file("dense", 65 * MIB)]);
        let bytes = |value| Piece::Bytes(vec![value; MIB].into());
        // Room is allocated for 64 MiB: it is given back where the holes are.
        destination.write(0, 0, &bytes(1)).unwrap();
        destination
            .write(0, MIB as u64, &Piece::Zeros(99 * MIB as u64))
            .unwrap();
        // Content that disagreed becomes a hole.
        destination.write(0, 100 * MIB as u64, &bytes(2)).unwrap();
        destination
            .write(0, 100 * MIB as u64, &Piece::Zeros(MIB as u64))
            .unwrap();
        destination.write(0, 150 * MIB as u64, &bytes(3)).unwrap();
        destination
            .write(0, 110 * MIB as u64, &Piece::Zeros(40 * MIB as u64))
            .unwrap();
        destination
            .write(0, 151 * MIB as u64, &Piece::Zeros(49 * MIB as u64))
            .unwrap();
        destination.finish(0, HASH).unwrap();
        for group in (0..65).rev() {
            destination.write_group(1, group).unwrap();
        }
        destination.finish(1, HASH).unwrap();
        destination.conclude().unwrap();
        let metadata = fs::metadata(fixture.folder.join("sparse")).unwrap();
        assert_eq!(metadata.len(), size as u64);
        let allocated = metadata.blocks() * 512;
        assert!(allocated <= 2 * MIB as u64 + 65_536, "{allocated}");
        let mut expected = vec![0; size];
        expected[..MIB].fill(1);
        expected[150 * MIB..151 * MIB].fill(3);
        let list = fixture.list();
        assert!(list["sparse"].as_ref().unwrap() == &expected);
        assert!(list["dense"].as_ref().unwrap() == &content(1, 65 * MIB));
    }
}

#[test]
fn twenty_gb_of_holes_take_no_room() {
    let fixture = Fixture::at("/dev/shm");
    let size = 20_000_000_000_u64;
    let entry = Entry {
        kind: EntryKind::File { size },
        ..file("holes", 0)
    };
    let mut destination = fixture.create(&[entry]);
    destination.write(0, 0, &Piece::Zeros(size)).unwrap();
    for group in 0..group_count(size) {
        destination.verified(0, group, Digest([1; 32]));
    }
    assert_eq!(destination.checkpoint().unwrap(), size);
    // Also what is a hole at the end of the file is found again.
    drop(destination);
    let (mut destination, restored) = fixture.reopen();
    assert_eq!(restored.bytes, size);
    destination.finish(0, HASH).unwrap();
    destination.conclude().unwrap();
    let metadata = fs::metadata(fixture.folder.join("holes")).unwrap();
    assert_eq!((metadata.len(), metadata.blocks()), (size, 0));
}

#[test]
fn what_is_outside_of_a_file_or_of_the_order_is_refused() {
    let fixture = Fixture::new();
    let mut destination = fixture.create(&[folder("f"), file("f/x", 10), file("y", 10)]);
    let piece = Piece::Bytes(vec![1; 10].into());
    let outside = [(0, 0), (1, 1), (1, u64::MAX), (3, 0)];
    for (entry, offset) in outside {
        let error = destination.write(entry, offset, &piece).unwrap_err();
        assert_eq!(error.fault, Fault::Argument, "{entry} {offset}");
    }
    assert!(destination.write(1, 0, &Piece::Zeros(11)).is_err());
    destination.receive(1).unwrap();
    assert!(destination.write(1, 0, &piece).is_err(), "it is done");
    destination.fail(2, Code::Changed).unwrap();
    // It failed: what was on its way is of no use.
    destination.write(2, 0, &piece).unwrap();
    destination.finish(2, HASH).unwrap();
    assert_eq!(destination.checkpoint().unwrap(), 10);
    assert!(destination.store_entries(3, &[file("z", 1)], true).is_err());
    // The same again is a repetition.
    destination
        .store_entries(2, &[file("y", 10)], true)
        .unwrap();
    assert_eq!(destination.len(), 3);
}

#[test]
fn many_small_files_need_few_syncs() {
    let fixture = Fixture::at("/dev/shm");
    let mut entries = vec![folder("f")];
    entries.extend((0..2_000).map(|index| file(&format!("f/{index}"), 100)));
    let mut destination = fixture.create(&entries);
    let (_, operations) = crate::seam::recorded(|| {
        destination.receive_all();
        destination.conclude().unwrap();
    });
    let syncs = operations.iter().filter(|operation| {
        use crate::seam::Operation;
        matches!(
            operation,
            Operation::SyncFile { .. } | Operation::SyncFolder { .. } | Operation::SyncAll { .. }
        )
    });
    assert!(syncs.count() < 20);
    assert_eq!(fixture.names().len(), 2_001);
}

#[test]
fn failed_entries_leave_nothing_and_can_be_received_afterwards() {
    let fixture = Fixture::new();
    let entries = [
        folder("f"),
        file("f/good", 10),
        file("f/bad", 2 * MIB),
        folder("f/inner"),
        file("f/inner/bad", 10),
        file("top", 10),
        file("only/bad", 10),
    ];
    let mut destination = fixture.create(&entries);
    for entry in [0, 1, 3] {
        destination.receive(entry).unwrap();
    }
    destination.write_group(2, 0).unwrap();
    assert_eq!(destination.checkpoint().unwrap(), 10 + MIB as u64);
    for entry in [2, 4, 5, 6] {
        destination.fail(entry, Code::Changed).unwrap();
    }
    destination.conclude().unwrap();
    assert_eq!(fixture.names(), ["f", "f/good", "f/inner"]);
    assert_eq!(fixture.staging(), None);
    drop(destination);
    let (mut destination, restored) = fixture.reopen();
    assert!(restored.concluded && restored.partial.is_empty());
    let failed = [2, 4, 5, 6].map(|entry| (entry, Code::Changed));
    assert_eq!(restored.failed, failed);
    // Somebody uses the name meanwhile.
    fs::write(fixture.folder.join("f/bad"), "mine").unwrap();
    for entry in [2, 4, 5, 6] {
        destination.retry(entry);
        destination.receive(entry).unwrap();
    }
    destination.conclude().unwrap();
    assert_eq!(fixture.staging(), None);
    let list = fixture.list();
    assert_eq!(list["f/bad"].as_deref(), Some(b"mine".as_slice()));
    assert!(list["f/bad (2)"].as_ref().unwrap() == &content(2, 2 * MIB));
    for (name, entry) in [("f/inner/bad", 4), ("top", 5), ("only/bad", 6)] {
        assert!(
            list[name].as_ref().unwrap() == &content(entry, 10),
            "{name}"
        );
    }
    assert_eq!(list.len(), 9);
}
