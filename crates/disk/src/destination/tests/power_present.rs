//! Loss of power while a transfer joins a folder that is there: what was there before stays, and what counts as kept is
//! durable, also if another program wrote it a moment before.

use super::{
    power::{Loss, receive_rest, record, replay},
    present::keep,
    *,
};
use crate::{os, seam};

/// Durable files, kept or not, that are entries. Other files of the same folders are no entries.
const THERE: [(u32, &str); 5] = [
    (1, "f/small"),
    (2, "f/large"),
    (3, "f/sub/inner"),
    (5, "top"),
    (13, "f/more"),
];
/// Files that another program wrote and nothing made durable.
const UNSYNCED: [(u32, &str); 2] = [(9, "f/late"), (10, "h/x")];
const FIRST_OF_MANY: u32 = 14;
const MANY: u32 = 20;

fn entries() -> Vec<Entry> {
    let mut entries = vec![
        folder("f"),
        file("f/small", 10),
        file("f/large", MIB + 5),
        file("f/sub/inner", 20),
        file("f/changed", 31),
        file("top", 40),
        file("f/new", 50),
        file("f/sub/deep/new", 60),
        folder("f/empty"),
        file("f/late", 65),
        file("h/x", 66),
        file("h/y", 67),
        file("g/z", 68),
        file("f/more", 69),
    ];
    // So many that everything is synced at once.
    entries.extend((0..MANY).map(|index| file(&format!("f/many/{index}"), 66)));
    entries
}

fn size_of(entry: u32) -> usize {
    match entries()[entry as usize].kind {
        EntryKind::File { size } => usize::try_from(size).unwrap(),
        EntryKind::Folder => 0,
    }
}

fn there() -> Vec<(u32, String)> {
    let some = THERE.map(|(entry, path)| (entry, path.to_owned()));
    let many = (0..MANY).map(|index| (FIRST_OF_MANY + index, format!("f/many/{index}")));
    some.into_iter().chain(many).collect()
}

/// What there is before the transfer, and is durable.
fn make_existing(fixture: &Fixture) {
    let at = |path: &str| fixture.folder.join(path);
    for folder in ["f/sub", "f/many", "g"] {
        fs::create_dir_all(at(folder)).unwrap();
    }
    for (entry, path) in there() {
        fs::write(at(&path), content(entry, size_of(entry))).unwrap();
        os::set_modified(&fs::File::open(at(&path)).unwrap(), MODIFIED).unwrap();
    }
    fs::write(at("f/changed"), b"mine").unwrap();
    fs::write(at("f/other"), b"mine").unwrap();
    fs::write(at("g/other"), b"mine").unwrap();
}

/// What another program does, a moment before the transfer.
fn write_unsynced(fixture: &Fixture) {
    let root = os::Directory::open(&fixture.folder).unwrap();
    let f = root.open_folder("f".as_ref()).unwrap();
    let h = root.make_folder("h".as_ref(), false).unwrap();
    for (folder, (entry, path)) in [f, h].iter().zip(UNSYNCED) {
        let name = path.rsplit('/').next().unwrap();
        let file = folder.make_file(name.as_ref(), false).unwrap();
        os::write_at(&file, &content(entry, size_of(entry)), 0).unwrap();
        os::set_modified(&file, MODIFIED).unwrap();
    }
}

fn receive(fixture: &Fixture, promise: &mut dyn FnMut(u64)) {
    write_unsynced(fixture);
    let mut destination = fixture.create(&entries());
    promise(0);
    let mut checkpoint = |destination: &mut Destination| promise(destination.checkpoint().unwrap());
    let count = destination.len();
    let found = destination.find(0, count).unwrap();
    let mut known: Vec<u32> = there().iter().map(|(entry, _)| *entry).collect();
    known.extend(UNSYNCED.map(|(entry, _)| entry));
    known.sort_unstable();
    assert_eq!(found, known);
    // Few, of which each is synced, and then many.
    for entry in [1, 5, 9, 10] {
        assert!(keep(&mut destination, entry, size_of(entry)));
    }
    destination.receive(6).unwrap();
    checkpoint(&mut destination);
    for entry in [2, 3, 13].into_iter().chain(FIRST_OF_MANY..) {
        if entry >= FIRST_OF_MANY + MANY {
            break;
        }
        assert!(keep(&mut destination, entry, size_of(entry)));
    }
    for entry in [0, 4, 7, 8] {
        destination.receive(entry).unwrap();
    }
    checkpoint(&mut destination);
    destination.receive(11).unwrap();
    destination.receive(12).unwrap();
    destination.conclude().unwrap();
    checkpoint(&mut destination);
}

/// What the transfer adds, by the entries.
const NEW: [(u32, &str); 5] = [
    (4, "f/changed (2)"),
    (6, "f/new"),
    (7, "f/sub/deep/new"),
    (11, "h/y"),
    (12, "g (2)/z"),
];
const NEW_FOLDERS: [&str; 3] = ["f/empty", "f/sub/deep", "g (2)"];

type List = BTreeMap<String, Option<Vec<u8>>>;

/// Goes on, and keeps what is there.
fn complete(destination: &mut Destination, restored: &Restored) {
    let all = entries();
    let known = destination.len();
    if !restored.manifest_complete {
        let rest = &all[known as usize..];
        destination.store_entries(known, rest, true).unwrap();
    }
    let count = destination.len();
    let found = destination.find(0, count).unwrap();
    for (entry, of) in (0..).zip(&all) {
        let is_kept = found.contains(&entry) && keep(destination, entry, size_of(entry));
        if !is_kept && !restored.done.contains(&one(entry)) {
            receive_rest(destination, restored, (entry, of.kind));
        }
    }
    destination.conclude().unwrap();
}

/// Whether something of an entry is there as a whole, at its path or where it goes if that is taken.
fn is_there(list: &List, entry: u32, path: &str) -> bool {
    let whole = Some(content(entry, size_of(entry)));
    let (folder, name) = path.rsplit_once('/').unwrap();
    let places = [
        path.to_owned(),
        format!("{path} (2)"),
        format!("{folder} (2)/{name}"),
    ];
    places.iter().any(|place| list.get(place) == Some(&whole))
}

fn check(fixture: &Fixture, existing: &List, loss: &Loss<'_>) {
    let context = loss.context;
    let before = fixture.list();
    for (name, bytes) in existing {
        assert!(before.get(name) == Some(bytes), "{name} {context}");
    }
    // What has a final name is complete.
    for (entry, path) in NEW {
        let bytes = before.get(path);
        let whole = Some(content(entry, size_of(entry)));
        assert!(
            bytes.is_none_or(|bytes| *bytes == whole),
            "{path} {context}"
        );
    }
    let Some((mut destination, restored)) = loss.reopen(fixture) else {
        return;
    };
    for (entry, path) in UNSYNCED {
        let whole = Some(content(entry, size_of(entry)));
        let is_kept = restored.present.contains(&one(entry));
        assert!(
            !is_kept || before.get(path) == Some(&whole),
            "{path} {context}"
        );
    }
    complete(&mut destination, &restored);
    let list = fixture.list();
    for (name, bytes) in &before {
        assert!(list.get(name) == Some(bytes), "{name} {context}");
    }
    for (entry, path) in NEW.into_iter().chain(UNSYNCED) {
        assert!(is_there(&list, entry, path), "{path} {context}");
    }
    for path in NEW_FOLDERS {
        assert!(list.contains_key(path), "{path} {context}");
    }
    // What is twice is so because what was there is not what is sent.
    let may_be_new = |name: &str| {
        NEW.iter().any(|(_, path)| *path == name)
            || NEW_FOLDERS.contains(&name)
            || ["f/late", "f/late (2)", "h", "h/x"].contains(&name)
            || name.starts_with("h (2)")
    };
    for name in list.keys() {
        assert!(
            before.contains_key(name) || may_be_new(name),
            "{name} {context}"
        );
    }
    let late = fixture.folder.join("f/late");
    let was_sent = list["f/late"] == Some(content(9, size_of(9)))
        && fs::metadata(late).unwrap().mtime() == MODIFIED.seconds;
    assert!(!was_sent || !list.contains_key("f/late (2)"), "{context}");
}

fn power_fails_anywhere(lacking: &[&'static str]) {
    let fixture = Fixture::at("/dev/shm");
    make_existing(&fixture);
    let existing = fixture.list();
    seam::set_lacking(lacking);
    let recording = record(&fixture, |promise| receive(&fixture, promise));
    let mut expected = existing.clone();
    let files = NEW.into_iter().chain(UNSYNCED);
    expected
        .extend(files.map(|(entry, path)| (path.to_owned(), Some(content(entry, size_of(entry))))));
    expected.extend(NEW_FOLDERS.map(|path| (path.to_owned(), None)));
    expected.insert("h".to_owned(), None);
    assert!(fixture.list() == expected);
    replay(&fixture, &recording, |loss| {
        check(&fixture, &existing, loss);
    });
    seam::set_lacking(&[]);
}

#[test]
fn power_fails_anywhere_and_what_was_there_stays() {
    power_fails_anywhere(&["inodes"]);
}

#[test]
fn power_fails_anywhere_and_what_was_there_stays_where_each_file_is_synced() {
    power_fails_anywhere(&["inodes", "syncfs"]);
}
