mod again;

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt as _, fs::symlink, net::UnixListener},
    path::{Path, PathBuf},
    sync::{atomic::AtomicBool, mpsc},
    time::Duration,
};

use maru_protocol::Open;
use maru_transfer::{
    FailedEntries,
    control::{Code, ControlMessage, Entry, EntryKind, TransferId},
};
use rustix::fs::{FileType, Mode};
use tempfile::TempDir;

use super::{limit::Limits, walk::Walk, *};
use crate::Source;

struct Scanned {
    scan: Scan,
    entries: Vec<Entry>,
}

impl Scanned {
    fn paths(&self) -> Vec<&str> {
        self.entries.iter().map(|it| it.path.as_str()).collect()
    }

    fn reasons(&self) -> BTreeMap<String, SkipReason> {
        assert_eq!(self.scan.skipped, self.scan.skipped_names.len() as u64);
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let skipped = self.scan.skipped_names.iter();
        let is_relative = |path: &str| !std::path::Path::new(path).is_absolute();
        assert!(skipped.clone().all(|it| is_relative(&it.path)));
        skipped.map(|it| (name(&it.path), it.reason)).collect()
    }
}

fn run(selection: &[PathBuf]) -> Scanned {
    let records = TempDir::new().unwrap();
    let manifest = records.path().join("manifest");
    let scan = scan(selection, &manifest, &AtomicBool::new(false)).unwrap();
    let mut source = Source::open(&manifest).unwrap();
    let entries = source.entries(0, usize::MAX).unwrap();
    assert_eq!(entries.len(), (scan.files + scan.folders) as usize);
    Scanned { scan, entries }
}

/// Folders end with `/`.
fn tree(paths: &[&str]) -> TempDir {
    let root = TempDir::new().unwrap();
    for path in paths {
        let full = root.path().join(path);
        if path.ends_with('/') {
            fs::create_dir_all(full).unwrap();
        } else {
            fs::create_dir_all(full.parent().unwrap()).unwrap();
            fs::write(full, path).unwrap();
        }
    }
    root
}

#[test]
fn folders_come_before_what_is_in_them_and_names_in_the_order_of_their_bytes() {
    let root = tree(&[
        "f/b.txt",
        "f/a/z",
        "f/B",
        "f/a.txt",
        "f/.hidden",
        "f/empty/",
        "f/a/a",
        "f/é",
        "f/z",
    ]);
    let scanned = run(&[root.path().join("f")]);
    let expected = [
        "f",
        "f/.hidden",
        "f/B",
        "f/a",
        "f/a/a",
        "f/a/z",
        "f/a.txt",
        "f/b.txt",
        "f/empty",
        "f/z",
        "f/é",
    ];
    assert_eq!(scanned.paths(), expected);
    assert_eq!((scanned.scan.files, scanned.scan.folders), (8, 3));
    assert_eq!(scanned.scan.skipped, 0);
}

#[test]
fn sizes_and_times_are_those_of_the_files() {
    let root = tree(&["f/empty-folder/"]);
    let times = [
        (-1, 0),
        (-(1_i64 << 31), 0),
        (0, 0),
        (1 << 32, 1),
        (1_764_000_000, 999_999_999),
    ];
    for (index, (seconds, nanoseconds)) in times.into_iter().enumerate() {
        let path = root.path().join(format!("f/{index}"));
        fs::write(&path, vec![0; index * 1000]).unwrap();
        let modified = maru_transfer::control::Modified {
            seconds,
            nanoseconds,
        };
        crate::os::set_modified(&fs::File::open(path).unwrap(), modified).unwrap();
    }
    let scanned = run(&[root.path().join("f")]);
    assert_eq!(scanned.scan.bytes, 10_000);
    for (index, (seconds, nanoseconds)) in times.into_iter().enumerate() {
        let entry = &scanned.entries[index + 1];
        let size = index as u64 * 1000;
        assert_eq!(entry.kind, EntryKind::File { size });
        assert_eq!(entry.modified.seconds, seconds);
        assert_eq!(entry.modified.nanoseconds, nanoseconds);
    }
}

#[test]
fn nothing_but_files_and_folders_is_offered_and_nothing_waits() {
    let root = tree(&["f/file", "outside/file", "f/folder/file"]);
    let f = root.path().join("f");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        f.join("fifo"),
        FileType::Fifo,
        Mode::RUSR | Mode::WUSR,
        0,
    )
    .unwrap();
    let _socket = UnixListener::bind(f.join("socket")).unwrap();
    symlink("nowhere", f.join("dangling")).unwrap();
    symlink(".", f.join("loop")).unwrap();
    symlink("..", f.join("parent")).unwrap();
    symlink("file", f.join("to-file")).unwrap();
    symlink("../outside", f.join("to-folder")).unwrap();
    let mut expected = BTreeMap::from([
        ("fifo".to_owned(), SkipReason::Special),
        ("socket".to_owned(), SkipReason::Special),
        ("dangling".to_owned(), SkipReason::Link),
        ("loop".to_owned(), SkipReason::Link),
        ("parent".to_owned(), SkipReason::Link),
        ("to-file".to_owned(), SkipReason::Link),
        ("to-folder".to_owned(), SkipReason::Link),
    ]);
    // `/dev/zero`.
    let device = rustix::fs::makedev(1, 5);
    let made = rustix::fs::mknodat(
        rustix::fs::CWD,
        f.join("device"),
        FileType::CharacterDevice,
        Mode::RUSR,
        device,
    );
    if made.is_ok() {
        expected.insert("device".to_owned(), SkipReason::Special);
    } else {
        println!("skipped: no permission to make a device");
    }
    let (sender, receiver) = mpsc::channel();
    let selection = vec![f.clone()];
    std::thread::spawn(move || sender.send(run(&selection)));
    let scanned = receiver
        .recv_timeout(Duration::from_secs(60))
        .expect("the scan waits for something");
    assert_eq!(
        scanned.paths(),
        ["f", "f/file", "f/folder", "f/folder/file"]
    );
    assert_eq!(scanned.reasons(), expected);
    // Selected, they are no files either.
    let scanned = run(&[f.join("fifo"), f.join("dangling"), f.join("missing")]);
    assert!(scanned.entries.is_empty());
    assert_eq!(scanned.reasons()["fifo"], SkipReason::Special);
    assert_eq!(scanned.reasons()["dangling"], SkipReason::Missing);
    assert_eq!(scanned.reasons()["missing"], SkipReason::Missing);
}

#[test]
fn what_cannot_be_read_is_skipped_and_the_rest_goes_on() {
    let root = tree(&["f/a", "f/closed/file", "f/secret", "f/z"]);
    let close = |name: &str| {
        let mode = fs::Permissions::from_mode(0o000);
        fs::set_permissions(root.path().join(name), mode).unwrap();
    };
    use std::os::unix::fs::PermissionsExt as _;
    close("f/closed");
    close("f/secret");
    if fs::File::open(root.path().join("f/secret")).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    let scanned = run(&[root.path().join("f")]);
    assert_eq!(scanned.paths(), ["f", "f/a", "f/z"]);
    let expected = BTreeMap::from([
        ("closed".to_owned(), SkipReason::Unreadable),
        ("secret".to_owned(), SkipReason::Unreadable),
    ]);
    assert_eq!(scanned.reasons(), expected);
}

#[test]
fn a_selected_link_stands_for_its_target_under_its_own_name() {
    let root = tree(&["folder/file", "file"]);
    symlink("folder", root.path().join("to-folder")).unwrap();
    symlink("file", root.path().join("to-file")).unwrap();
    let scanned = run(&[root.path().join("to-folder"), root.path().join("to-file")]);
    assert_eq!(scanned.paths(), ["to-folder", "to-folder/file", "to-file"]);
    assert_eq!(scanned.scan.skipped, 0);
}

#[test]
fn selected_things_of_the_same_name_are_all_kept() {
    let root = tree(&["1/x/one", "2/x/two", "3/x", "4/x", "5/x (2)/five"]);
    let of = |folder: &str, name: &str| root.path().join(folder).join(name);
    let scanned = run(&[
        of("1", "x"),
        of("2", "x"),
        of("3", "x"),
        of("4", "x"),
        of("5", "x (2)"),
    ]);
    let expected = [
        "x",
        "x/one",
        "x (2)",
        "x (2)/two",
        "x",
        "x",
        "x (2) (2)",
        "x (2) (2)/five",
    ];
    assert_eq!(scanned.paths(), expected);
}

#[test]
fn names_that_are_no_unicode_are_kept_apart() {
    let root = tree(&["f/"]);
    for name in [b"fo\x80o".as_slice(), b"fo\x81o"] {
        let folder = root.path().join("f").join(OsStr::from_bytes(name));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(OsStr::from_bytes(b"\xff")), "1").unwrap();
        fs::write(folder.join(OsStr::from_bytes(b"\xfe")), "2").unwrap();
    }
    fs::create_dir(root.path().join("f/fo\u{FFFD}o")).unwrap();
    let scanned = run(&[root.path().join("f")]);
    let expected = [
        "f",
        "f/fo\u{FFFD}o",
        "f/fo\u{FFFD}o/\u{FFFD}",
        "f/fo\u{FFFD}o/\u{FFFD}",
        "f/fo\u{FFFD}o (2)",
        "f/fo\u{FFFD}o (2)/\u{FFFD}",
        "f/fo\u{FFFD}o (2)/\u{FFFD}",
        "f/fo\u{FFFD}o (3)",
    ];
    assert_eq!(scanned.paths(), expected);
}

#[test]
fn hostile_and_odd_names_are_sent_as_they_are() {
    let names = [
        "con .txt",
        "NUL.tar.gz",
        "COM¹.txt",
        "a.",
        "a ",
        "a.txt::$DATA",
        "x\\y",
        "C:x",
        "..\\x",
        "%2e%2e",
        "a\u{FF0F}b",
        "photo\u{202E}gnp.js",
        "a\u{0085}b",
        "\u{1b}[31m",
        "-rf",
    ];
    let root = tree(&["f/"]);
    for name in names {
        fs::write(root.path().join("f").join(name), "").unwrap();
    }
    let scanned = run(&[root.path().join("f")]);
    let mut expected: Vec<String> = names.iter().map(|name| format!("f/{name}")).collect();
    expected.sort_unstable();
    assert_eq!(scanned.paths()[1..], expected);
}

#[test]
fn paths_that_fit_no_message_are_skipped_with_what_is_in_them() {
    let root = tree(&["f/a"]);
    let limit = maru_transfer::limits::MAX_PATH_COMPONENTS;
    let mut deep = root.path().join("f");
    for _ in 0..limit + 10 {
        deep.push("d");
    }
    fs::create_dir_all(&deep).unwrap();
    // 70 components of 200 bytes, each a control character of 6 bytes in JSON: fits the limits of paths, and no message.
    let mut escaped = root.path().join("f");
    let component = "\u{1}".repeat(240);
    for _ in 0..12 {
        escaped.push(&component);
    }
    fs::create_dir_all(&escaped).unwrap();
    let scanned = run(&[root.path().join("f")]);
    let depths = scanned
        .entries
        .iter()
        .map(|it| it.path.components().count());
    assert_eq!(depths.max(), Some(limit));
    assert!(scanned.paths().contains(&"f/a"));
    assert_eq!(scanned.scan.skipped, 2);
    assert!(scanned.reasons().values().all(|it| *it == SkipReason::Path));
    // Everything that is offered fits a message by itself.
    for entry in scanned.entries {
        let message = ControlMessage::Manifest {
            id: TransferId([0xff; 16]),
            first: 1_000_000,
            entries: vec![entry],
            last: false,
        };
        message.encode().unwrap();
    }
}

#[test]
fn the_names_of_an_offer_are_the_first_entries_and_fit_it() {
    let root = tree(&["f/"]);
    let component = "\u{1}".repeat(200);
    for name in ["a", "b"] {
        let folder = root.path().join("f").join(name).join(&component);
        fs::create_dir_all(folder.join(&component).join(&component)).unwrap();
    }
    let scanned = run(&[root.path().join("f")]);
    let names = &scanned.scan.names;
    assert!(names.len() > 2 && names.len() < scanned.entries.len());
    assert_eq!(names[..], scanned.entries[..names.len()]);
    let many = tree(&["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    let scanned = run(&[many.path().to_owned()]);
    assert_eq!(scanned.scan.names[..], scanned.entries[..8]);
}

#[test]
fn a_transfer_that_is_being_received_is_not_offered() {
    let root = tree(&["f/.maru-0123456789abcdef.part/0", "f/.maru-x.part/file"]);
    let scanned = run(&[root.path().join("f")]);
    assert_eq!(
        scanned.paths(),
        ["f", "f/.maru-x.part", "f/.maru-x.part/file"]
    );
    let partial = scanned.reasons()[".maru-0123456789abcdef.part"];
    assert_eq!(partial, SkipReason::Partial);
}

#[test]
fn more_entries_than_a_transfer_may_have_are_an_error() {
    let root = tree(&["f/1", "f/2", "f/3"]);
    let walk = |entries| {
        let manifest = root.path().join("manifest");
        let never = AtomicBool::new(false);
        let mut walk = Walk::new(&manifest, &never, Limits::with_max_entries(entries))?;
        walk.selected(&root.path().join("f"))?;
        walk.finish()
    };
    assert!(walk(4).is_ok());
    assert!(matches!(walk(3), Err(ScanError::Limit)));
}

#[test]
fn files_that_are_too_large_are_skipped_and_sums_that_are_are_an_error() {
    const MAX: u64 = maru_transfer::limits::MAX_FILE_BYTES;
    // tmpfs has files of this size.
    let root = TempDir::new_in("/dev/shm").unwrap();
    let folder = root.path().join("f");
    fs::create_dir(&folder).unwrap();
    let file = |name: &str, size: u64| {
        let file = fs::File::create(folder.join(name)).unwrap();
        file.set_len(size).unwrap();
    };
    file("a", MAX + 1);
    file("b", MAX);
    let scanned = run(std::slice::from_ref(&folder));
    assert_eq!(scanned.scan.bytes, MAX);
    let expected = BTreeMap::from([("a".to_owned(), SkipReason::TooLarge)]);
    assert_eq!(scanned.reasons(), expected);
    file("c", 1);
    let manifest = root.path().join("manifest");
    let result = scan(&[folder], &manifest, &AtomicBool::new(false));
    assert!(matches!(result, Err(ScanError::Limit)));
}

#[test]
fn a_scan_can_be_cancelled_and_needs_a_place_for_the_manifest() {
    let root = tree(&["f/1"]);
    let selection = [root.path().join("f")];
    let manifest = root.path().join("manifest");
    let result = scan(&selection, &manifest, &AtomicBool::new(true));
    assert!(matches!(result, Err(ScanError::Cancelled)));
    let nowhere = Path::new("/nonexistent/manifest");
    let result = scan(&selection, nowhere, &AtomicBool::new(false));
    let Err(ScanError::Disk(error)) = result else {
        panic!("{result:?}");
    };
    assert_eq!(error.code, maru_transfer::control::Code::Missing);
}

#[test]
fn the_root_of_a_drive_has_a_name() {
    assert_eq!(name::selected_name(Path::new("/"), Path::new("/")), "_");
    assert_eq!(name::selected_name(Path::new(".."), Path::new("/a/b")), "b");
}
