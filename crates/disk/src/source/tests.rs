use std::{
    fs::{self, File},
    io::Write as _,
    os::unix::fs::{FileExt as _, symlink},
    path::PathBuf,
    sync::atomic::AtomicBool,
    thread::sleep,
    time::Duration,
};

use maru_transfer::control::Code;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::scan;

/// The clock of the time of change is coarse.
const TICK: Duration = Duration::from_millis(30);

struct Fixture {
    _root: TempDir,
    file: PathBuf,
    manifest: PathBuf,
    source: Source,
}

fn fixture_of(make: impl FnOnce(&Path)) -> Fixture {
    let root = TempDir::new().unwrap();
    let file = root.path().join("file");
    make(&file);
    let manifest = root.path().join("manifest");
    let never = AtomicBool::new(false);
    scan::scan(std::slice::from_ref(&file), &manifest, &never).unwrap();
    let source = Source::open(&manifest).unwrap();
    Fixture {
        _root: root,
        file,
        manifest,
        source,
    }
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| (at * 7 + at / 251 + 1).to_le_bytes()[0])
        .collect()
}

fn fixture(length: usize) -> Fixture {
    fixture_of(|file| fs::write(file, pattern(length)).unwrap())
}

/// All bytes, and how many of them came as zeros.
fn read_all(source: &mut Source, size: u64) -> (Vec<u8>, u64) {
    let (mut bytes, mut zeros) = (Vec::new(), 0);
    loop {
        let at = bytes.len() as u64;
        let length = (size - at).min(GROUP_BYTES - at % GROUP_BYTES);
        let pieces = source.read(0, at, length, at + length == size).unwrap();
        let total: u64 = pieces.iter().map(Piece::len).sum();
        assert!(total >= length && at + total <= size, "{total} of {length}");
        assert!(pieces.iter().all(|piece| !piece.is_empty()));
        let ends_with_hole = matches!(pieces.last(), Some(Piece::Zeros(_)));
        assert!(total == length || ends_with_hole);
        for piece in pieces {
            match piece {
                Piece::Bytes(content) => bytes.extend_from_slice(&content),
                Piece::Zeros(count) => {
                    zeros += count;
                    bytes.resize(bytes.len() + usize::try_from(count).unwrap(), 0);
                }
            }
        }
        if bytes.len() as u64 == size {
            return (bytes, zeros);
        }
    }
}

#[test]
fn files_of_all_boundary_sizes_are_read() {
    let sizes = [
        0,
        1,
        (1 << 14) - 1,
        1 << 14,
        (1 << 20) - 1,
        1 << 20,
        (1 << 20) + 1,
        3 << 20,
    ];
    for size in sizes {
        let mut fixture = fixture(size);
        assert_eq!(fixture.source.sizes().unwrap(), [size as u64]);
        assert_eq!(read_all(&mut fixture.source, size as u64).0, pattern(size));
    }
}

#[test]
fn ranges_are_read_in_any_order_and_none_outside() {
    let mut fixture = fixture(5000);
    let all = pattern(5000);
    for (offset, length) in [(4000, 1000), (0, 10), (10, 3990), (5000, 0)] {
        let expected = &all[offset..offset + length];
        let (offset, length) = (offset as u64, length as u64);
        let pieces = fixture.source.read(0, offset, length, false).unwrap();
        let bytes: Vec<u8> = pieces
            .into_iter()
            .flat_map(|piece| match piece {
                Piece::Bytes(bytes) => bytes.to_vec(),
                Piece::Zeros(_) => panic!("no hole"),
            })
            .collect();
        assert_eq!(bytes, expected);
    }
    let outside = [
        (0, 0, 5001),
        (0, 5001, 0),
        (0, u64::MAX, 2),
        (1, 0, 1),
        (0, 0, 1 << 21),
    ];
    for (entry, offset, length) in outside {
        let error = fixture
            .source
            .read(entry, offset, length, false)
            .unwrap_err();
        assert_eq!(error.fault, Fault::Argument, "{entry} {offset} {length}");
    }
}

#[test]
fn holes_are_found_to_their_end() {
    const MIB: u64 = 1 << 20;
    let size = 64 * MIB + 4096;
    let content = pattern(8192);
    for folder in ["/tmp", "/dev/shm"] {
        let root = TempDir::new_in(folder).unwrap();
        let path = root.path().join("sparse");
        let file = File::create(&path).unwrap();
        file.write_all_at(&content, 0).unwrap();
        file.write_all_at(&content, 10 * MIB + MIB / 2).unwrap();
        file.set_len(size).unwrap();
        let manifest = root.path().join("manifest");
        scan::scan(&[path], &manifest, &AtomicBool::new(false)).unwrap();
        let mut source = Source::open(&manifest).unwrap();
        let (bytes, zeros) = read_all(&mut source, size);
        let mut expected = vec![0; usize::try_from(size).unwrap()];
        expected[..8192].copy_from_slice(&content);
        expected[10 << 20 | 1 << 19..][..8192].copy_from_slice(&content);
        assert!(bytes == expected, "{folder}");
        assert_eq!(zeros, size - 16_384, "{folder}");
        // A hole of many groups is one piece.
        let pieces = source.read(0, 20 * MIB, MIB, false).unwrap();
        assert_eq!(pieces, [Piece::Zeros(size - 20 * MIB)]);
    }
}

#[test]
fn a_file_of_one_hole_of_20_gb_is_one_piece() {
    let size = 20_000_000_000;
    let mut fixture = fixture_of(|file| File::create(file).unwrap().set_len(size).unwrap());
    let pieces = fixture.source.read(0, 0, GROUP_BYTES, true).unwrap();
    assert_eq!(pieces, [Piece::Zeros(size)]);
}

/// What happens to a source, and whether it is before it was opened or in the middle.
fn changed(change: impl Fn(&Path)) {
    const SIZE: usize = 3 << 20;
    let mut before = fixture(SIZE);
    sleep(TICK);
    change(&before.file);
    let error = before.source.read(0, 0, GROUP_BYTES, false).unwrap_err();
    assert!(
        matches!(error.code, Code::Changed | Code::Missing),
        "{error}"
    );

    let mut middle = fixture(SIZE);
    middle.source.read(0, 0, GROUP_BYTES, false).unwrap();
    sleep(TICK);
    change(&middle.file);
    let second = middle.source.read(0, GROUP_BYTES, GROUP_BYTES, false);
    let third = middle.source.read(0, 2 * GROUP_BYTES, GROUP_BYTES, true);
    let error = second.and(third).unwrap_err();
    assert!(
        matches!(error.code, Code::Changed | Code::Missing),
        "{error}"
    );
    if let Some(io) = error.io_error() {
        assert_eq!(io.kind(), std::io::ErrorKind::NotFound);
    }
}

#[test]
fn a_source_that_changes_is_never_a_mixture() {
    changed(|file| {
        File::options()
            .write(true)
            .open(file)
            .unwrap()
            .set_len(3 << 19)
            .unwrap()
    });
    changed(|file| {
        let mut file = File::options().append(true).open(file).unwrap();
        file.write_all(b"more").unwrap();
    });
    // Rewritten in place, with the same size and time of modification.
    changed(|path| {
        let file = File::options().write(true).open(path).unwrap();
        let modified = file.metadata().unwrap().modified().unwrap();
        file.write_all_at(b"other", 2_500_000).unwrap();
        file.set_modified(modified).unwrap();
    });
    changed(|path| {
        let other = path.with_extension("other");
        fs::copy(path, &other).unwrap();
        let modified = fs::metadata(path).unwrap().modified().unwrap();
        File::open(&other).unwrap().set_modified(modified).unwrap();
        fs::rename(other, path).unwrap();
    });
    changed(|path| fs::remove_file(path).unwrap());
    changed(|path| {
        let other = path.with_extension("other");
        fs::rename(path, &other).unwrap();
        symlink(other, path).unwrap();
    });
}

#[test]
fn a_sparse_source_that_is_cut_is_not_zeros() {
    let size = 64 << 20;
    let mut fixture = fixture_of(|file| {
        let made = File::create(file).unwrap();
        made.write_all_at(b"content", 0).unwrap();
        made.set_len(size).unwrap();
    });
    fixture.source.read(0, 0, 1024, false).unwrap();
    let file = File::options().write(true).open(&fixture.file).unwrap();
    file.set_len(8192).unwrap();
    let error = fixture
        .source
        .read(0, 32 << 20, GROUP_BYTES, false)
        .unwrap_err();
    assert_eq!(error.fault, Fault::Changed);
}

#[test]
fn many_files_are_read_in_turns_with_few_open() {
    let root = TempDir::new().unwrap();
    let folder = root.path().join("f");
    fs::create_dir(&folder).unwrap();
    for index in 0..40 {
        fs::write(folder.join(format!("{index:02}")), [index; 100]).unwrap();
    }
    let manifest = root.path().join("manifest");
    scan::scan(&[folder], &manifest, &AtomicBool::new(false)).unwrap();
    let mut source = Source::open(&manifest).unwrap();
    for half in [0, 50] {
        for index in 0..40_u8 {
            let entry = u32::from(index) + 1;
            let pieces = source.read(entry, half, 50, half == 50).unwrap();
            assert_eq!(pieces, [Piece::Bytes(vec![index; 50].into())]);
            assert!(source.open.len() <= MAX_OPEN);
        }
    }
    let error = source.read(0, 0, 0, true).unwrap_err();
    assert_eq!(error.fault, Fault::Argument);
}

#[test]
fn entries_come_in_messages_that_are_full() {
    let root = TempDir::new().unwrap();
    let folder = root.path().join("f");
    fs::create_dir(&folder).unwrap();
    for index in 0..300 {
        fs::write(folder.join(format!("{index:03}-\u{1}\"")), "").unwrap();
    }
    let manifest = root.path().join("manifest");
    scan::scan(&[folder], &manifest, &AtomicBool::new(false)).unwrap();
    let mut source = Source::open(&manifest).unwrap();
    let all = source.entries(0, usize::MAX).unwrap();
    for limit in [0, 100, 1000, 1001, 1002, 1003, 16_000] {
        let mut entries = Vec::new();
        while entries.len() < 301 {
            let first = u32::try_from(entries.len()).unwrap();
            let some = source.entries(first, limit).unwrap();
            let bytes = serde_json::to_string(&some).unwrap().len();
            assert!(bytes <= limit || some.len() == 1);
            // One more would not have fitted.
            if let Some(next) = all.get(entries.len() + some.len()) {
                let next = serde_json::to_string(next).unwrap().len();
                assert!(bytes + 1 + next > limit);
            }
            entries.extend(some);
        }
        assert_eq!(entries, all);
    }
    assert!(source.entries(301, 1000).unwrap().is_empty());
}

fn manifest_bytes() -> &'static [u8] {
    static BYTES: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    BYTES.get_or_init(|| {
        let root = TempDir::new().unwrap();
        let folder = root.path().join("f");
        fs::create_dir(&folder).unwrap();
        for index in 0..20 {
            fs::write(folder.join(format!("file {index}")), vec![1; index]).unwrap();
        }
        let manifest = root.path().join("manifest");
        scan::scan(&[folder], &manifest, &AtomicBool::new(false)).unwrap();
        fs::read(manifest).unwrap()
    })
}

fn open_bytes(bytes: &[u8]) -> Result<Source, DiskError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    Source::open(file.path())
}

#[test]
fn a_manifest_that_is_cut_anywhere_is_damaged() {
    let bytes = manifest_bytes();
    assert_eq!(open_bytes(bytes).unwrap().len(), 21);
    for length in 0..bytes.len() {
        let error = open_bytes(&bytes[..length]).unwrap_err();
        assert_eq!(error.fault, Fault::Damaged, "{length}");
    }
}

#[test]
fn a_manifest_that_is_damaged_while_it_is_open_is_noticed() {
    let mut fixture = fixture(10);
    let mut bytes = fs::read(&fixture.manifest).unwrap();
    let last = bytes.len() - 30;
    bytes[last] ^= 1;
    fs::write(&fixture.manifest, bytes).unwrap();
    let error = fixture.source.entries(0, 1000).unwrap_err();
    assert_eq!(error.fault, Fault::Damaged);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn a_damaged_manifest_is_an_error_and_no_panic(
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1..=255_u8), 0..4),
        insert in prop::option::of((any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 1..40))),
    ) {
        let mut bytes = manifest_bytes().to_vec();
        for (index, flip) in &flips {
            let at = index.index(bytes.len());
            bytes[at] ^= flip;
        }
        if let Some((index, garbage)) = &insert {
            let at = index.index(bytes.len());
            bytes.splice(at..at, garbage.iter().copied());
        }
        if bytes == manifest_bytes() {
            return Ok(());
        }
        let result = open_bytes(&bytes).and_then(|mut source| {
            source.sizes()?;
            source.entries(0, usize::MAX)?;
            source.read(1, 0, 0, true)
        });
        let error = result.unwrap_err();
        prop_assert_eq!(error.fault, Fault::Damaged);
    }
}
