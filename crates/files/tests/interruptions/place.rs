//! The disk: a file that is sent, and a folder that gets it.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use maru_disk::{EntryStatus, ReceivedEntries, Store};
use maru_transfer::control::EntryKind;
use tempfile::TempDir;

/// The name of what is sent.
pub(crate) const NAME: &str = "data.bin";
/// The content of a file of the person that has that name already.
const MINE: &[u8] = b"something of mine";

/// The disk of one transfer.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(place.received()).unwrap();
        fs::write(place.received().join(NAME), MINE).unwrap();
        place
    }

    pub(crate) fn received(&self) -> PathBuf {
        self.folder.path().join("received")
    }

    pub(crate) fn records(&self, of: &str) -> PathBuf {
        self.folder.path().join(of)
    }

    /// The file under its final name.
    fn file(&self) -> PathBuf {
        self.received().join("data (2).bin")
    }

    /// Bytes of the file that the receiver has after a restart, by its record.
    pub(crate) fn durable(&self) -> u64 {
        let Ok(folders) = fs::read_dir(self.records("receiver")) else {
            return 0;
        };
        let folders = folders.map(|item| item.unwrap().path());
        // Before an offer is accepted there is no record, and before the first checkpoint none of the file.
        let entry = |folder: PathBuf| ReceivedEntries::open(&folder, false).ok()?.get(0).ok();
        match folders.filter_map(entry).next() {
            None => 0,
            Some((_, EntryStatus::Arrived(bytes))) => bytes,
            Some((placed, EntryStatus::Done)) => match placed.kind {
                EntryKind::File { size } => size,
                EntryKind::Folder => panic!("{placed:?}"),
            },
            Some((_, EntryStatus::Failed(code))) => panic!("{code:?}"),
        }
    }

    /// At any time: what has the final name is complete, and what was there is as it was.
    pub(crate) fn check(&self, source: &Path) {
        assert_eq!(fs::read(self.received().join(NAME)).unwrap(), MINE);
        if self.file().exists() {
            assert!(
                equal(source, &self.file()),
                "a partial file has its final name"
            );
        }
    }

    /// The file is there, nothing else is left, and both sides remember that it is over.
    pub(crate) fn is_finished(&self) -> bool {
        let is_over = |of: &str| {
            let store = Store::open(&self.records(of)).unwrap();
            let records = store.list().unwrap().records;
            matches!(&records[..], [record] if record.end.is_some())
        };
        list(&self.received()) == ["data (2).bin", NAME] && is_over("sender") && is_over("receiver")
    }

    /// At the end. A thread of the disk removes what is not needed any more.
    pub(crate) fn expect_finished(&self, source: &Path) {
        let end = Instant::now() + Duration::from_secs(30);
        while !self.is_finished() {
            assert!(Instant::now() < end, "{:?}", list(&self.received()));
            std::thread::sleep(Duration::from_millis(20));
        }
        self.check(source);
    }
}

fn list(folder: &Path) -> Vec<String> {
    let items = fs::read_dir(folder).unwrap().map(|item| item.unwrap());
    let mut names: Vec<String> = items
        .map(|item| item.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// A file of so many bytes that no part of it is like another one.
pub(crate) fn make_source(folder: &Path, bytes: usize, seed: u64) -> PathBuf {
    let path = folder.join(NAME);
    let mut random = fastrand::Rng::with_seed(seed);
    let mut file = File::create(&path).unwrap();
    let mut left = bytes;
    let mut block = vec![0; 1 << 20];
    while left > 0 {
        let part = left.min(block.len());
        random.fill(&mut block[..part]);
        file.write_all(&block[..part]).unwrap();
        left -= part;
    }
    path
}

fn equal(one: &Path, two: &Path) -> bool {
    let open = |path: &Path| File::open(path).unwrap();
    let (mut one, mut two) = (open(one), open(two));
    if one.metadata().unwrap().len() != two.metadata().unwrap().len() {
        return false;
    }
    let (mut of_one, mut of_two) = (vec![0; 1 << 20], vec![0; 1 << 20]);
    loop {
        let size = one.read(&mut of_one).unwrap();
        if size == 0 {
            return true;
        }
        two.read_exact(&mut of_two[..size]).unwrap();
        if of_one[..size] != of_two[..size] {
            return false;
        }
    }
}
