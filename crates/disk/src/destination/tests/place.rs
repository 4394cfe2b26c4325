//! Names and places: nothing is overwritten, and links are not followed.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;
use crate::{os::Directory, seam};

/// Receives everything, and returns what is there.
fn received(fixture: &Fixture, entries: &[Entry]) -> BTreeMap<String, Option<Vec<u8>>> {
    let mut destination = fixture.create(entries);
    destination.receive_all();
    destination.conclude().unwrap();
    assert_eq!(destination.take_refused(), []);
    assert_eq!(fixture.staging(), None);
    for (entry, expected) in (0..).zip(entries) {
        let placed = destination.entry(entry).unwrap();
        let there = fs::symlink_metadata(fixture.folder.join(&placed.path)).unwrap();
        assert_eq!(there.is_dir(), expected.kind == EntryKind::Folder);
    }
    fixture.list()
}

#[test]
fn classes_of_names_are_kept_apart_on_the_real_file_system() {
    let names = [
        "\u{e5}.txt",
        "a\u{30a}.txt",
        "\u{c6b0}\u{b9ac}\u{c9d1}.txt",
        "\u{110b}\u{116e}\u{1105}\u{1175}\u{110c}\u{1175}\u{11b8}.txt",
        "TESTFILE.txt",
        "testfile.txt",
        "straße",
        "STRASSE",
        "I",
        "ı",
        "İ",
        "con .txt",
        "NUL.tar.gz",
        "COM¹.txt",
        "lpt³",
        "CONIN$",
        "a.",
        "a ",
        "a.txt::$DATA",
        "a:b",
        "x\\y",
        "C:x",
        "..\\x",
        "%2e%2e",
        "a\u{ff0f}b",
        "fo\u{fffd}o",
        "fo\u{fffd}o",
        "photo\u{202e}gnp.js",
        "a\u{85}b",
        "\u{1b}[31m",
        "-rf",
    ];
    let long = "\u{d55c}".repeat(85);
    let longer = "x".repeat(1024);
    for place in ["/tmp", "/dev/shm"] {
        for as_folders in [false, true] {
            let fixture = Fixture::at(place);
            let entries: Vec<Entry> = (names.iter().copied())
                .chain([&*long, &*longer])
                .map(|name| match as_folders {
                    false => file(name, 5),
                    true => file(&format!("{name}/inner"), 5),
                })
                .collect();
            let list = received(&fixture, &entries);
            let mut contents: Vec<_> = list.values().flatten().cloned().collect();
            contents.sort();
            let entries = u32::try_from(entries.len()).unwrap();
            let mut expected: Vec<_> = (0..entries).map(|entry| content(entry, 5)).collect();
            // Folders of the same path are one folder, in which the second file gets a number.
            expected.sort();
            assert_eq!(contents, expected, "{place} {as_folders}");
        }
    }
}

#[test]
fn long_and_deep_paths_arrive() {
    let fixture = Fixture::new();
    let component = "d".repeat(60);
    let deep = [&*component; 64].join("/");
    let list = received(&fixture, &[file(&deep, 9)]);
    assert_eq!(list.values().flatten().count(), 1);
    assert_eq!(list.len(), 64);
}

#[test]
fn nothing_that_is_there_is_overwritten_or_merged() {
    let fixture = Fixture::new();
    let mine = |name: &str| {
        let path = fixture.folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "mine").unwrap();
    };
    for name in [
        "report.pdf",
        "report.pdf.part",
        "report (2).pdf",
        "photos/a.jpg",
    ] {
        mine(name);
    }
    let entries = [
        file("report.pdf", 10),
        folder("photos"),
        file("photos/a.jpg", 10),
        file("report.pdf", 10),
    ];
    let mut destination = fixture.create(&entries);
    destination.receive(0).unwrap();
    destination.checkpoint().unwrap();
    assert_eq!(destination.entry(0).unwrap().path, "report (3).pdf");
    // By another program, during the transfer.
    mine("report (4).pdf");
    for entry in 1..4 {
        destination.receive(entry).unwrap();
    }
    destination.conclude().unwrap();
    assert_eq!(destination.entry(3).unwrap().path, "report (5).pdf");
    assert_eq!(destination.entry(2).unwrap().path, "photos (2)/a.jpg");
    let list = fixture.list();
    let kept = [
        "report.pdf",
        "report.pdf.part",
        "report (2).pdf",
        "report (4).pdf",
    ];
    for name in kept.into_iter().chain(["photos/a.jpg"]) {
        assert_eq!(list[name].as_deref(), Some(b"mine".as_slice()), "{name}");
    }
    for (name, entry) in [
        ("report (3).pdf", 0),
        ("report (5).pdf", 3),
        ("photos (2)/a.jpg", 2),
    ] {
        assert!(
            list[name].as_ref().unwrap() == &content(entry, 10),
            "{name}"
        );
    }
    assert_eq!(list.len(), 10);
}

#[test]
fn transfers_of_the_same_names_at_once_keep_apart() {
    let fixtures = [Fixture::new(), Fixture::new()];
    let entries = [folder("f"), file("f/x", 10), file("y", 10)];
    let folder = &fixtures[0].folder;
    let mut both = [&fixtures[0].records, &fixtures[1].records].map(|records| {
        let mut destination = Destination::create(folder, records).unwrap();
        destination.store_entries(0, &entries, true).unwrap();
        destination
    });
    for entry in 0..3 {
        for destination in &mut both {
            destination.receive(entry).unwrap();
        }
    }
    for destination in &mut both {
        destination.conclude().unwrap();
    }
    let expected = ["f", "f (2)", "f (2)/x", "f/x", "y", "y (2)"];
    assert_eq!(fixtures[0].names(), expected);
}

#[test]
fn links_in_the_destination_are_not_followed() {
    let outside = TempDir::new().unwrap();
    let fixture = Fixture::new();
    let plant = |name: &str| symlink(outside.path(), fixture.folder.join(name)).unwrap();
    plant("link");
    symlink("nowhere", fixture.folder.join("dangling")).unwrap();
    let entries = [
        file("link/owned.txt", 10),
        file("dangling", 10),
        folder("late"),
        file("late/owned.txt", 10),
        file("late-file", 10),
    ];
    let mut destination = fixture.create(&entries);
    // Between the check and the write.
    plant("late");
    symlink(outside.path().join("new"), fixture.folder.join("late-file")).unwrap();
    destination.receive_all();
    destination.conclude().unwrap();
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    for name in ["link", "dangling", "late", "late-file"] {
        let metadata = fs::symlink_metadata(fixture.folder.join(name)).unwrap();
        assert!(metadata.is_symlink(), "{name}");
    }
    for (entry, path) in ["link (2)/owned.txt", "dangling (2)", "late (2)"]
        .iter()
        .enumerate()
    {
        let entry = u32::try_from(entry).unwrap();
        assert_eq!(destination.entry(entry).unwrap().path, *path);
        assert!(fixture.folder.join(path).exists());
    }
}

#[test]
fn links_in_the_staging_folder_are_not_followed() {
    let outside = TempDir::new().unwrap();
    fs::write(outside.path().join("victim"), "mine").unwrap();
    let fixture = Fixture::new();
    let entries = [file("a/b/c", 10), file("a/b/d", 10), file("x", 2 * MIB)];
    let mut destination = fixture.create(&entries);
    destination.receive(0).unwrap();
    destination.write_group(2, 0).unwrap();
    destination.checkpoint().unwrap();
    drop(destination);
    let staging = fixture.staging().unwrap();
    let inner = staging.join("d00000000/b");
    fs::remove_dir_all(&inner).unwrap();
    symlink(outside.path(), &inner).unwrap();
    fs::remove_file(staging.join("f00000002")).unwrap();
    symlink(outside.path().join("victim"), staging.join("f00000002")).unwrap();
    let (mut destination, restored) = fixture.reopen();
    // What is not there is received again.
    assert!(restored.done.is_empty() && restored.partial.is_empty());
    destination.receive(2).unwrap();
    destination.receive(0).unwrap();
    destination.receive(1).unwrap();
    destination.conclude().unwrap();
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
    assert_eq!(fs::read(outside.path().join("victim")).unwrap(), b"mine");
    // The planted link is in the way, and the folder gets the next name.
    assert_eq!(destination.entry(0).unwrap().path, "a/b (2)/c");
    assert!(fixture.folder.join("a/b (2)/d").exists());
}

#[test]
fn a_folder_that_is_a_link_itself_is_the_person_s_choice() {
    let fixture = Fixture::new();
    let link = fixture.records.join("downloads");
    symlink(&fixture.folder, &link).unwrap();
    let mut destination = Destination::create(&link, &fixture.records).unwrap();
    destination.store_entries(0, &[file("x", 5)], true).unwrap();
    destination.receive_all();
    destination.conclude().unwrap();
    assert_eq!(fixture.names(), ["x"]);
    assert_eq!(destination.published(), [link.join("x")]);
}

#[test]
fn without_a_rename_that_keeps_others_files_are_linked_or_put_on_a_placeholder() {
    for lacking in [
        vec!["rename-no-replace"],
        vec!["rename-no-replace", "hard-links"],
    ] {
        seam::set_lacking(&lacking);
        let fixture = Fixture::new();
        fs::write(fixture.folder.join("x"), "mine").unwrap();
        fs::create_dir(fixture.folder.join("f")).unwrap();
        let entries = [file("x", 10), file("new", 10), folder("f"), file("f/x", 10)];
        let list = received(&fixture, &entries);
        seam::set_lacking(&[]);
        assert_eq!(list["x"].as_deref(), Some(b"mine".as_slice()));
        for (name, entry) in [("x (2)", 0), ("new", 1), ("f (2)/x", 3)] {
            assert!(
                list[name].as_ref().unwrap() == &content(entry, 10),
                "{name}"
            );
        }
        assert_eq!(list.len(), 6, "{lacking:?}");
        assert_eq!(list["f"], None);
    }
}

#[test]
fn the_rename_itself_refuses_what_is_there() {
    let all = ["rename-no-replace", "hard-links"];
    for lacking in [&all[..0], &all[..1], &all[..]] {
        seam::set_lacking(lacking);
        let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
        let [from, to] = [0, 1].map(|index| Directory::open(folders[index].path()).unwrap());
        let path = |index: usize, name: &str| folders[index].path().join(name);
        fs::write(path(0, "file"), "new").unwrap();
        fs::create_dir(path(0, "folder")).unwrap();
        fs::write(path(0, "folder/x"), "new").unwrap();
        fs::write(path(1, "a"), "mine").unwrap();
        fs::create_dir(path(1, "b")).unwrap();
        symlink("nowhere", path(1, "c")).unwrap();
        for own in ["file", "folder"] {
            for taken in ["a", "b", "c"] {
                let error = from.rename(own.as_ref(), &to, taken.as_ref()).unwrap_err();
                assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
            }
        }
        assert_eq!(fs::read(path(1, "a")).unwrap(), b"mine");
        assert_eq!(fs::read_dir(path(1, "b")).unwrap().count(), 0);
        from.rename("file".as_ref(), &to, "d".as_ref()).unwrap();
        from.rename("folder".as_ref(), &to, "e".as_ref()).unwrap();
        assert_eq!(fs::read(path(1, "d")).unwrap(), b"new");
        assert_eq!(fs::read(path(1, "e/x")).unwrap(), b"new");
        assert_eq!(fs::read_dir(folders[0].path()).unwrap().count(), 0);
        seam::set_lacking(&[]);
    }
}

#[test]
fn a_crash_between_link_and_unlink_leaves_one_file() {
    let fixture = Fixture::new();
    let mut destination = fixture.create(&[file("x", 10)]);
    destination.receive(0).unwrap();
    let staged = fixture.staging().unwrap().join("f00000000");
    // As if the process had ended there: the journal says done, and the file has both names.
    seam::fail("rename", 0, 5);
    destination.checkpoint().unwrap_err();
    drop(destination);
    fs::hard_link(&staged, fixture.folder.join("x")).unwrap();
    let (mut destination, restored) = fixture.reopen();
    assert!(restored.done.contains(&one(0)));
    destination.conclude().unwrap();
    assert_eq!(fixture.names(), ["x"]);
}

#[test]
fn the_staging_folder_is_for_the_person_only_and_what_comes_out_is_as_usual() {
    let fixture = Fixture::new();
    let mut destination = fixture.create(&[file("f/x", 10)]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&fixture.staging().unwrap()), 0o700);
    assert_eq!(mode(&fixture.records.join("journal")), 0o600);
    assert_eq!(mode(&fixture.records.join("manifest")), 0o600);
    destination.receive_all();
    destination.conclude().unwrap();
    let usual = TempDir::new().unwrap();
    fs::create_dir(usual.path().join("f")).unwrap();
    fs::write(usual.path().join("x"), "").unwrap();
    assert_eq!(
        mode(&fixture.folder.join("f")),
        mode(&usual.path().join("f"))
    );
    assert_eq!(
        mode(&fixture.folder.join("f/x")),
        mode(&usual.path().join("x"))
    );
}

#[test]
fn times_of_all_years_are_kept() {
    let fixture = Fixture::at("/dev/shm");
    let times = [
        (-1, 0),
        (-(1 << 31), 999_999_999),
        (0, 0),
        (1 << 32, 5),
        (253_402_300_799, 999_999_999),
        ((1 << 53) - 1, 0),
    ];
    let entries: Vec<Entry> = times
        .iter()
        .map(|(seconds, nanoseconds)| Entry {
            modified: Modified {
                seconds: *seconds,
                nanoseconds: *nanoseconds,
            },
            ..file(&format!("t{seconds}"), 0)
        })
        .collect();
    received(&fixture, &entries);
    for (seconds, nanoseconds) in &times[..5] {
        let metadata = fs::metadata(fixture.folder.join(format!("t{seconds}"))).unwrap();
        let expected = (*seconds, i64::from(*nanoseconds));
        assert_eq!((metadata.mtime(), metadata.mtime_nsec()), expected);
    }
}
