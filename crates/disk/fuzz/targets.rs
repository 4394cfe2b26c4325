//! What the fuzzer and the tests that replay its corpus do with an input: files of a transfer, as a crash, a failing disk or
//! another program may leave them. Each target returns whether the file was read without an error.
//!
//! The frames of a file have a CRC-32, which no mutation meets. So an input is a sequence of contents, each with its length
//! (two bytes), and their frames are made here; what is left at the end is appended as it is.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use maru_disk::{
    Destination, EntryStatus, FOLDER, MANIFEST, ReceivedEntries, Record, Restored, Source, Store,
};
use maru_transfer::Piece;
use maru_transfer::control::{Entry, EntryKind, Modified, RelativePath};
use maru_transfer::hash::{Digest, FileHash, GROUP_BYTES};
use tempfile::TempDir;

/// The content of a file of the person, which no transfer may change.
const MINE: &[u8] = b"mine";
/// Files of the person that are those of the transfer, by their paths: all have this content, and the time of the entries.
const SAME: [&str; 2] = ["d", "f/e"];
const SAME_CONTENT: &[u8] = b"same";

/// Of all entries, in seconds since 1970.
const MODIFIED: u64 = 1;

/// The disk of a receiver.
struct Place {
    /// The parent of both.
    _folder: TempDir,
    received: PathBuf,
    /// The folder of the record.
    records: PathBuf,
}

impl Place {
    fn new() -> Self {
        // In memory, where there is such a thing.
        let memory = Path::new("/dev/shm");
        let folder = match memory.is_dir() {
            true => TempDir::new_in(memory),
            false => TempDir::new(),
        };
        let folder = folder.expect("a folder");
        let (received, records) = (
            folder.path().join("received"),
            folder.path().join("records"),
        );
        fs::create_dir(&received).expect("a folder");
        fs::create_dir(&records).expect("a folder");
        fs::write(received.join("b"), MINE).expect("a file");
        fs::create_dir(received.join("f")).expect("a folder");
        for path in SAME {
            fs::write(received.join(path), SAME_CONTENT).expect("a file");
            let file = OpenOptions::new().append(true).open(received.join(path));
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(MODIFIED);
            file.expect("a file").set_modified(time).expect("set");
        }
        Self {
            _folder: folder,
            received,
            records,
        }
    }

    fn append(&self, name: &str, bytes: &[u8]) {
        let mut file = OpenOptions::new()
            .append(true)
            .open(self.records.join(name))
            .expect("a file");
        file.write_all(bytes).expect("written");
    }

    /// Opens a transfer again, twice: the first time changes nothing that the second one reads, and the transfer can go on.
    fn reopen(&self) -> bool {
        self.list();
        let Ok((destination, restored)) = Destination::reopen(&self.records) else {
            return false;
        };
        check(&restored);
        drop(destination);
        let (mut destination, again) = Destination::reopen(&self.records).expect("as before");
        assert_eq!(restored, again);
        if !again.concluded {
            // Errors are fine: what the journal says may not be there.
            let _ = destination.checkpoint();
            let _ = destination.conclude();
        }
        drop(destination);
        assert_eq!(fs::read(self.received.join("b")).expect("there"), MINE);
        for path in SAME {
            let content = fs::read(self.received.join(path)).expect("there");
            assert_eq!(content, SAME_CONTENT);
        }
        self.list();
        true
    }

    /// Lists the entries, as for the person.
    fn list(&self) {
        let Ok(mut entries) = ReceivedEntries::open(&self.records, false) else {
            return;
        };
        for number in 0..entries.len() {
            let Ok((entry, status)) = entries.get(number) else {
                continue;
            };
            if let (EntryKind::File { size }, EntryStatus::Arrived(bytes)) = (entry.kind, status) {
                assert!(bytes <= size, "{bytes} of {size}");
            }
        }
    }
}

fn check(restored: &Restored) {
    let sizes = restored.sizes.iter().filter(|size| **size != FOLDER);
    let all = sizes.fold(0_u64, |sum, size| sum.saturating_add(*size));
    assert!(restored.bytes <= all, "{restored:?}");
    let entries = restored.sizes.len() as u64;
    assert!(restored.done.iter().all(|done| done.end <= entries));
    let mut present = restored.present.iter();
    assert!(present.all(|present| restored.done.contains(&present)));
    for (entry, groups) in &restored.partial {
        let size = restored.sizes[*entry as usize];
        assert!(size != FOLDER && groups.iter().all(|(group, _)| group * GROUP_BYTES < size));
    }
    assert!(
        restored
            .failed
            .iter()
            .all(|(entry, _)| u64::from(*entry) < entries)
    );
}

/// A journal: after one that is right, unless the first byte is 0.
pub(crate) fn journal(input: &[u8]) -> bool {
    let Some((kind, input)) = input.split_first() else {
        return false;
    };
    let place = Place::new();
    begin(&place);
    if *kind == 0 {
        fs::write(place.records.join("journal"), b"").expect("written");
    }
    place.append("journal", &frames(input));
    place.reopen()
}

/// The manifest of a receiver, with a journal that has no entries: after a header that is right, unless the first byte is 0.
pub(crate) fn manifest(input: &[u8]) -> bool {
    let Some((kind, input)) = input.split_first() else {
        return false;
    };
    let place = Place::new();
    drop(Destination::create(&place.received, &place.records).expect("created"));
    if *kind == 0 {
        fs::write(place.records.join(MANIFEST), b"").expect("written");
    }
    place.append(MANIFEST, &frames(input));
    place.reopen()
}

/// The manifest of a sender.
pub(crate) fn source(input: &[u8]) -> bool {
    let place = Place::new();
    let path = place.records.join(MANIFEST);
    fs::write(&path, frames(input)).expect("written");
    let Ok(mut source) = Source::open(&path) else {
        return false;
    };
    let sizes = source.sizes();
    if let Ok(sizes) = &sizes {
        assert_eq!(sizes.len() as u64, u64::from(source.len()));
    }
    let mut first = 0;
    while first < source.len() {
        let Ok(entries) = source.entries(first, 4_096) else {
            return false;
        };
        assert!(!entries.is_empty());
        first += u32::try_from(entries.len()).expect("few");
    }
    let Ok(sizes) = sizes else {
        return false;
    };
    if sizes
        .first()
        .is_some_and(|size| *size != FOLDER && *size > 0)
    {
        // A file that is there by chance is not the one that was scanned.
        assert!(source.read(0, 0, 1, true).is_err());
    }
    true
}

/// `record.json`. A record that is read is written as one that is read as the same.
pub(crate) fn record(input: &[u8]) -> bool {
    stored(|_| input.to_vec(), None)
}

/// The progress of a transfer, with a record that is right.
pub(crate) fn progress(input: &[u8]) -> bool {
    stored(
        |role| {
            include_str!("corpus/record/sender")
                .replace("sender", role)
                .into_bytes()
        },
        Some(&frames(input)),
    )
}

fn stored(json: impl Fn(&str) -> Vec<u8>, progress: Option<&[u8]>) -> bool {
    let place = Place::new();
    for (role, letter) in [("sender", 's'), ("receiver", 'r')] {
        let folder = place.records.join(format!("{:032x}-{letter}", 1));
        fs::create_dir(&folder).expect("a folder");
        fs::write(folder.join("record.json"), json(role)).expect("written");
        if let Some(progress) = progress {
            fs::write(folder.join("progress"), progress).expect("written");
        }
    }
    let store = Store::open(&place.records).expect("a folder");
    let records = |store: &Store| store.list().expect("readable").records;
    let before = records(&store);
    for record in &before {
        store.update(record).expect("written");
    }
    assert_eq!(records(&store), before);
    for Record {
        id, role, progress, ..
    } in &before
    {
        store.save_progress(*id, *role, *progress).expect("written");
    }
    assert_eq!(records(&store), before);
    store.limit_ended().expect("readable");
    assert_eq!(records(&store), before, "two are few");
    store.remove_expired(u64::MAX).expect("readable");
    before
        .iter()
        .any(|record| progress.is_none() || record.progress.transferred > 0)
}

/// A transfer of two folders and five files: some arrived, and some are there already.
fn begin(place: &Place) {
    let mut destination = Destination::create(&place.received, &place.records).expect("created");
    let file = |path, size| entry(path, EntryKind::File { size });
    let entries = [
        entry("a", EntryKind::Folder),
        file("a/x", 3),
        file("b", 2 * GROUP_BYTES + 1),
        file("c", 4),
        file("d", 4),
        entry("f", EntryKind::Folder),
        file("f/e", 4),
    ];
    destination
        .store_entries(0, &entries, true)
        .expect("stored");
    let mut write = |entry, bytes: &'static [u8]| {
        let piece = Piece::Bytes(bytes.into());
        destination.write(entry, 0, &piece).expect("written");
    };
    write(1, b"abc");
    write(3, b"abcd");
    let zeros = Piece::Zeros(GROUP_BYTES);
    destination.write(2, 0, &zeros).expect("written");
    destination.verified(2, 0, Digest([1; 32]));
    destination.finish(3, FileHash([2; 32])).expect("finished");
    destination.checkpoint().expect("durable");
}

fn entry(path: &str, kind: EntryKind) -> Entry {
    Entry {
        path: RelativePath::new(path).expect("valid"),
        kind,
        modified: Modified {
            seconds: i64::try_from(MODIFIED).expect("small"),
            nanoseconds: 0,
        },
    }
}

/// The file with the frames of an input.
fn frames(mut input: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    while let Some((length, rest)) = input.split_first_chunk::<2>() {
        let size = usize::from(u16::from_be_bytes(*length));
        let Some((content, rest)) = rest.split_at_checked(size) else {
            break;
        };
        input = rest;
        let length = u32::from(u16::from_be_bytes(*length)).to_le_bytes();
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&length);
        hasher.update(content);
        file.extend_from_slice(&length);
        file.extend_from_slice(&hasher.finalize().to_le_bytes());
        file.extend_from_slice(content);
    }
    file.extend_from_slice(input);
    file
}
