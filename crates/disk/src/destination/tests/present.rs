//! A transfer that is sent once more: what is there already stays as it is.

use maru_transfer::endpoint::Expected;

use super::*;
use crate::seam;

/// What was received before, and is offered again.
fn entries() -> Vec<Entry> {
    vec![
        folder("f"),
        file("f/small", 10),
        file("f/large", 2 * MIB + 5),
        file("f/sub/inner", 20),
        file("f/changed", 30),
        file("top", 40),
        file("f/none", 0),
    ]
}

/// The same with what is new since then. The file `f/changed` has another size.
fn entries_later() -> Vec<Entry> {
    let mut later = entries();
    later[4] = file("f/changed", 31);
    later.push(file("f/new", 50));
    later.push(file("f/sub/deep/new", 60));
    later.push(folder("f/empty"));
    later
}

fn receive_all(destination: &mut Destination, entries: &[u32]) {
    for entry in entries {
        destination.receive(*entry).unwrap();
    }
}

/// A folder in which [`entries`] were received, to which [`entries_later`] are sent.
fn again() -> (Fixture, Destination) {
    let mut fixture = Fixture::new();
    let mut first = fixture.create(&entries());
    receive_all(&mut first, &[0, 1, 2, 3, 4, 5, 6]);
    first.conclude().unwrap();
    drop(first);
    fixture.forget_records();
    let second = fixture.create(&entries_later());
    (fixture, second)
}

/// What the sender says of an entry whose content is that of [`content`].
pub(super) fn expected(entry: u32, size: usize) -> Vec<Expected> {
    let bytes = content(entry, size);
    if size <= MIB {
        return vec![Expected::Hash(FileHash(*blake3_of(&bytes)))];
    }
    let groups = 0..group_count(size as u64);
    let digests = groups.map(|group| {
        let start = usize::try_from(group * GROUP_BYTES).unwrap();
        let end = (start + MIB).min(size);
        digest(size as u64, group, &content_of(entry, start, end))
    });
    let digests: Vec<Digest> = digests.collect();
    let (some, rest) = digests.split_at(2);
    let of = |first, digests: &[Digest]| Expected::Digests {
        first,
        digests: digests.to_vec(),
    };
    vec![of(2, rest), of(0, some)]
}

fn blake3_of(bytes: &[u8]) -> Box<[u8; 32]> {
    let size = bytes.len() as u64;
    if size == 0 {
        let hash = maru_transfer::hash::FileHasher::new(0).unwrap().finish();
        return Box::new(hash.unwrap().0);
    }
    let mut hasher = GroupHasher::new(size, 0).unwrap();
    hasher.update(bytes).unwrap();
    match hasher.finish().unwrap() {
        GroupHash::File(hash) => Box::new(hash.0),
        GroupHash::Digest(_) => panic!("more than a group"),
    }
}

const SIZES: [(u32, usize); 5] = [(1, 10), (2, 2 * MIB + 5), (3, 20), (5, 40), (6, 0)];

pub(super) fn keep(destination: &mut Destination, entry: u32, size: usize) -> bool {
    let parts = expected(entry, size);
    let same = |part| destination.compare(entry, part).unwrap();
    parts.iter().all(same) && destination.keep(entry, HASH).unwrap()
}

fn keep_all(destination: &mut Destination) {
    for (entry, size) in SIZES {
        assert!(keep(destination, entry, size), "{entry}");
    }
}

/// What a file is, its content aside.
fn states(fixture: &Fixture, names: &[&str]) -> Vec<(u64, i64, i64, u64)> {
    let state = |name: &&str| {
        let it = fs::symlink_metadata(fixture.folder.join(name)).unwrap();
        (it.ino(), it.ctime(), it.ctime_nsec(), it.nlink())
    };
    names.iter().map(state).collect()
}

const KEPT: [&str; 5] = ["f/small", "f/large", "f/sub/inner", "top", "f/none"];

const AFTERWARDS: [&str; 13] = [
    "f",
    "f/changed",
    "f/changed (2)",
    "f/empty",
    "f/large",
    "f/new",
    "f/none",
    "f/small",
    "f/sub",
    "f/sub/deep",
    "f/sub/deep/new",
    "f/sub/inner",
    "top",
];

#[test]
fn what_is_there_stays_and_the_rest_joins_it() {
    for lacking in [&[][..], &["syncfs"], &["rename-no-replace"]] {
        let (fixture, mut destination) = again();
        seam::set_lacking(lacking);
        let before = states(&fixture, &KEPT);
        let found = destination.find(0, 10).unwrap();
        assert_eq!(found, [1, 2, 3, 5, 6], "4 has another size");
        keep_all(&mut destination);
        receive_all(&mut destination, &[0, 4, 7, 8, 9]);
        assert_eq!(
            destination.checkpoint().unwrap(),
            2 * MIB as u64 + 5 + 10 + 20 + 40 + 31 + 50 + 60
        );
        assert_eq!(
            fixture.names().len(),
            8,
            "nothing is put there before the end"
        );
        let paths = destination.conclude().unwrap();
        seam::set_lacking(&[]);
        let paths: Vec<_> = paths.iter().map(|it| it.file_name().unwrap()).collect();
        assert_eq!(paths, ["top", "f"]);
        assert_eq!(fixture.names(), AFTERWARDS);
        assert_eq!(states(&fixture, &KEPT), before, "not touched");
        let list = fixture.list();
        assert_eq!(list["f/changed"], Some(content(4, 30)));
        assert_eq!(list["f/changed (2)"], Some(content(4, 31)));
        assert_eq!(list["f/sub/deep/new"], Some(content(8, 60)));
        let time = fs::metadata(fixture.folder.join("f/empty"))
            .unwrap()
            .mtime();
        assert_eq!(time, MODIFIED.seconds, "a folder that is new");
        assert_eq!(fixture.staging(), None);
    }
}

#[test]
fn a_folder_without_a_file_that_is_kept_is_another_one() {
    let (fixture, mut destination) = again();
    destination.find(0, 10).unwrap();
    receive_all(&mut destination, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    destination.conclude().unwrap();
    let names = fixture.names();
    assert!(names.contains(&"f (2)/small".to_owned()), "{names:?}");
    assert!(
        names.contains(&"f (2)/sub/deep/new".to_owned()),
        "{names:?}"
    );
    assert!(!names.contains(&"f/new".to_owned()), "{names:?}");
}

#[test]
fn a_cancelled_transfer_changes_nothing() {
    let (fixture, mut destination) = again();
    let before = fixture.list();
    destination.find(0, 10).unwrap();
    keep_all(&mut destination);
    receive_all(&mut destination, &[0, 4, 7, 8, 9]);
    destination.checkpoint().unwrap();
    destination.discard().unwrap();
    assert!(fixture.list() == before);
    assert_eq!(fixture.staging(), None);
}

#[test]
fn only_a_file_with_the_same_size_and_time_is_found_and_no_link() {
    let (fixture, mut destination) = again();
    let at = |name: &str| fixture.folder.join(name);
    fs::write(at("f/small"), content(1, 10)).unwrap();
    let elsewhere = TempDir::new().unwrap();
    fs::rename(at("f/large"), elsewhere.path().join("large")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("large"), at("f/large")).unwrap();
    fs::rename(at("f/sub"), elsewhere.path().join("sub")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("sub"), at("f/sub")).unwrap();
    fs::remove_file(at("top")).unwrap();
    fs::create_dir(at("top")).unwrap();
    assert_eq!(destination.find(0, 10).unwrap(), [6]);
    for (entry, size) in &SIZES[..4] {
        assert!(!keep(&mut destination, *entry, *size), "{entry}");
    }
    // The folder itself is a link.
    let (fixture, mut destination) = again();
    fs::rename(fixture.folder.join("f"), elsewhere.path().join("f")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("f"), fixture.folder.join("f")).unwrap();
    assert_eq!(destination.find(0, 10).unwrap(), [5]);
    assert!(!keep(&mut destination, 1, 10));
}

#[test]
fn a_fifo_does_not_stop_the_search() {
    let (fixture, mut destination) = again();
    let path = fixture.folder.join("f/none");
    fs::remove_file(&path).unwrap();
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mkfifoat(rustix::fs::CWD, &path, mode).unwrap();
    assert_eq!(destination.find(0, 10).unwrap(), [1, 2, 3, 5]);
    assert!(!keep(&mut destination, 6, 0));
}

/// Other content of the same size, and the time of before.
fn change(path: &Path) {
    let time = fs::metadata(path).unwrap().modified().unwrap();
    let mut bytes = fs::read(path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    // Coarse clocks: the time of the change has to be another one.
    std::thread::sleep(std::time::Duration::from_millis(20));
    fs::write(path, bytes).unwrap();
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(time).unwrap();
}

#[test]
fn other_content_of_the_same_size_and_time_is_not_the_same() {
    let (fixture, mut destination) = again();
    change(&fixture.folder.join("f/small"));
    change(&fixture.folder.join("f/large"));
    assert_eq!(destination.find(0, 10).unwrap(), [1, 2, 3, 5, 6]);
    assert!(!keep(&mut destination, 1, 10));
    assert!(!keep(&mut destination, 2, 2 * MIB + 5));
}

#[test]
fn a_file_that_changes_while_it_is_compared_is_not_kept() {
    let (fixture, mut destination) = again();
    let size = 2 * MIB + 5;
    let path = fixture.folder.join("f/large");
    destination.find(0, 10).unwrap();
    let parts = expected(2, size);
    assert!(destination.compare(2, &parts[0]).unwrap());
    let before = fs::read(&path).unwrap();
    change(&path);
    change(&path);
    assert!(fs::read(&path).unwrap() == before, "as it was");
    assert!(!destination.compare(2, &parts[1]).unwrap());
    assert!(!destination.keep(2, HASH).unwrap());
    // After the comparison.
    assert!(destination.compare(1, &expected(1, 10)[0]).unwrap());
    change(&fixture.folder.join("f/small"));
    assert!(!destination.keep(1, HASH).unwrap());
    // Without a comparison.
    assert!(!destination.keep(3, HASH).unwrap());
}

#[test]
fn a_file_that_is_gone_before_the_end_is_received_after_all() {
    let (fixture, mut destination) = again();
    destination.find(0, 10).unwrap();
    keep_all(&mut destination);
    receive_all(&mut destination, &[0, 4, 7, 8, 9]);
    destination.checkpoint().unwrap();
    fs::remove_file(fixture.folder.join("f/small")).unwrap();
    fs::remove_file(fixture.folder.join("top")).unwrap();
    let error = destination.conclude().unwrap_err();
    assert_eq!(error.fault, Fault::Changed);
    assert!(!fixture.names().contains(&"f/new".to_owned()));
    drop(destination);
    let (mut destination, restored) = fixture.reopen();
    assert_eq!(restored.done, [0..1, 2..5, 6..10].into_iter().collect());
    assert_eq!(restored.present, [2..4, 6..7].into_iter().collect());
    assert!(destination.find(0, 10).unwrap().is_empty());
    receive_all(&mut destination, &[1, 5]);
    destination.conclude().unwrap();
    assert_eq!(fixture.names(), AFTERWARDS);
    assert_eq!(fixture.list()["f/small"], Some(content(1, 10)));
}

#[test]
fn a_restart_at_any_time_puts_each_file_there_once() {
    // Renames fail: of none of the four files and folders that are put there, of the second, and so on.
    for skipped in 0..5 {
        let (fixture, mut destination) = again();
        destination.find(0, 10).unwrap();
        keep_all(&mut destination);
        receive_all(&mut destination, &[0, 4, 7, 8, 9]);
        destination.checkpoint().unwrap();
        drop(destination);
        let (mut destination, restored) = fixture.reopen();
        assert_eq!(restored.done.total(), 10);
        assert_eq!(restored.present.total(), 5);
        seam::fail("rename", skipped, rustix::io::Errno::NOSPC.raw_os_error());
        let failed = destination.conclude().is_err();
        seam::clear_failure();
        assert_eq!(failed, skipped < 3, "{skipped}");
        drop(destination);
        let (mut destination, restored) = fixture.reopen();
        assert_eq!(restored.done.total(), 10, "{skipped}");
        assert_eq!(restored.concluded, !failed);
        destination.conclude().unwrap();
        assert_eq!(fixture.names(), AFTERWARDS, "{skipped}");
        assert_eq!(fixture.staging(), None);
    }
}

#[test]
fn something_else_of_a_name_gets_no_file() {
    let (fixture, mut destination) = again();
    let at = |name: &str| fixture.folder.join(name);
    destination.find(0, 10).unwrap();
    assert!(keep(&mut destination, 1, 10));
    let elsewhere = TempDir::new().unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), at("f/sub/deep")).unwrap();
    fs::write(at("f/empty"), b"mine").unwrap();
    receive_all(&mut destination, &[0, 2, 3, 4, 5, 6, 7, 8, 9]);
    destination.conclude().unwrap();
    fs::remove_file(at("f/sub/deep")).unwrap();
    let list = fixture.list();
    assert_eq!(list["f/sub/deep (2)/new"], Some(content(8, 60)));
    assert_eq!(list["f/empty"], Some(b"mine".to_vec()));
    assert!(list.contains_key("f/empty (2)"));
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn coarse_times_of_file_systems_are_the_same() {
    let (fixture, mut destination) = again();
    let path = fixture.folder.join("f/small");
    let file = fs::File::options().write(true).open(path).unwrap();
    let mut found = |seconds: i64, nanoseconds: u32| {
        let modified = Modified {
            seconds: MODIFIED.seconds + seconds,
            nanoseconds,
        };
        crate::os::set_modified(&file, modified).unwrap();
        destination.find(1, 1).unwrap() == [1]
    };
    assert!(found(0, 500_000_000));
    assert!(found(0, 0), "seconds");
    assert!(!found(0, 500_000_001) && !found(0, 400_000_000));
    assert!(!found(1, 0) && !found(-1, 0) && !found(-2, 0) && !found(2, 0));
}
