//! Loss of power, by replaying what was recorded: at each operation, everything that a sync covers is there, and of the rest
//! anything may be.
//!
//! The model is a file system that renames atomically, and promises no more: contents are durable by a sync of the file, and
//! names by a sync of the folder they are in.

use std::{collections::HashMap, ffi::OsString, os::unix::fs::MetadataExt as _};

use super::*;
use crate::seam::{self, Id, Operation};

/// A file or a folder of the model.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    names: BTreeMap<OsString, usize>,
    is_folder: bool,
    bytes: Vec<u8>,
    modified: Option<Modified>,
}

/// The numbers of nodes of the folder and of the records.
const ROOT: usize = 0;
const RECORDS: usize = 1;

/// An operation, and the nodes that it changes or syncs.
struct Step {
    operation: Operation,
    /// The file or folder whose sync makes it durable, or that it syncs.
    subject: usize,
    /// The folder a rename is from, or what is made.
    other: usize,
    in_records: bool,
}

/// What happened, and what the destination said meanwhile.
pub(super) struct Recording {
    /// What was durable before.
    initial: Vec<Node>,
    steps: Vec<Step>,
    /// After so many operations, so many bytes were durable.
    promises: Vec<(usize, u64)>,
}

/// What is in the folder and in the records before something is recorded, and which inodes that are.
struct Initial {
    nodes: Vec<Node>,
    ids: HashMap<Id, usize>,
}

impl Initial {
    fn of(fixture: &Fixture) -> Self {
        let mut initial = Self {
            nodes: Vec::new(),
            ids: HashMap::new(),
        };
        // The numbers of these two are fixed.
        for folder in [&fixture.folder, &fixture.records] {
            initial.add(folder);
        }
        initial.read_folder(ROOT, &fixture.folder);
        initial
    }

    fn add(&mut self, path: &Path) -> usize {
        let metadata = fs::metadata(path).unwrap();
        let node = self.nodes.len();
        self.ids.insert(metadata.ino(), node);
        let is_folder = metadata.is_dir();
        self.nodes.push(Node {
            is_folder,
            bytes: if is_folder {
                Vec::new()
            } else {
                fs::read(path).unwrap()
            },
            modified: (!is_folder).then(|| Modified {
                seconds: metadata.mtime(),
                nanoseconds: u32::try_from(metadata.mtime_nsec()).unwrap(),
            }),
            ..Node::default()
        });
        node
    }

    fn read_folder(&mut self, folder: usize, path: &Path) {
        for item in fs::read_dir(path).unwrap() {
            let item = item.unwrap();
            let node = self.add(&item.path());
            self.nodes[folder].names.insert(item.file_name(), node);
            if self.nodes[node].is_folder {
                self.read_folder(node, &item.path());
            }
        }
    }
}

fn resolve(operations: Vec<Operation>, initial: &Initial) -> Vec<Step> {
    // Inode numbers are used again.
    let mut nodes = initial.ids.clone();
    let mut in_records: Vec<bool> = (0..initial.nodes.len())
        .map(|node| node == RECORDS)
        .collect();
    let mut steps = Vec::new();
    for operation in operations {
        let (subject, other) = match &operation {
            Operation::Create { folder, made, .. } => {
                let folder = nodes[folder];
                nodes.insert(*made, in_records.len());
                in_records.push(in_records[folder]);
                (folder, in_records.len() - 1)
            }
            Operation::Write { file, .. }
            | Operation::Zeros { file, .. }
            | Operation::SetLength { file, .. }
            | Operation::SetModified { file, .. }
            | Operation::SyncFile { file } => (nodes[file], 0),
            Operation::Remove { folder, .. }
            | Operation::SyncFolder { folder }
            | Operation::SyncAll { folder } => (nodes[folder], 0),
            Operation::Rename { folder, to, .. } => (nodes[to], nodes[folder]),
        };
        steps.push(Step {
            operation,
            subject,
            other,
            in_records: in_records[subject],
        });
    }
    steps
}

/// Whether `sync` makes `step` durable.
fn covers(sync: &Step, step: &Step) -> bool {
    let is_name = matches!(
        step.operation,
        Operation::Create { .. } | Operation::Remove { .. } | Operation::Rename { .. }
    );
    match sync.operation {
        Operation::SyncFile { .. } => !is_name && sync.subject == step.subject,
        Operation::SyncFolder { .. } => {
            let is_time = matches!(step.operation, Operation::SetModified { .. });
            (is_name || is_time) && sync.subject == step.subject
        }
        Operation::SyncAll { .. } => sync.in_records == step.in_records,
        _ => false,
    }
}

/// Which of the steps that no sync covers are durable all the same.
#[derive(Debug, Clone, Copy)]
pub(super) enum Chance {
    None,
    All,
    /// Names, and not contents: files of zeros.
    Names,
    /// New places of files and folders, and not that they or the folders were made.
    Places,
    Random(u64),
}

fn after_power_loss(initial: &[Node], steps: &[Step], chance: Chance) -> Vec<Node> {
    let mut random = fastrand::Rng::with_seed(match chance {
        Chance::Random(seed) => seed,
        _ => 0,
    });
    let mut nodes = initial.to_vec();
    for (at, step) in steps.iter().enumerate() {
        let is_safe = steps[at + 1..].iter().any(|sync| covers(sync, step));
        let is_content = matches!(step.operation, Operation::Write { .. });
        let is_there = is_safe
            || match chance {
                Chance::None => false,
                Chance::All => true,
                Chance::Names => !is_content,
                Chance::Places => matches!(step.operation, Operation::Rename { .. }),
                Chance::Random(_) => random.bool(),
            };
        if let Operation::Create { is_folder, .. } = &step.operation {
            nodes.push(Node {
                is_folder: *is_folder,
                ..Node::default()
            });
        }
        if is_there {
            let kept = match chance {
                Chance::Random(_) if !is_safe && random.bool() => random.f64(),
                _ => 1.0,
            };
            apply(&mut nodes, step, kept);
        } else if let (Operation::Write { offset, bytes, .. }, Chance::Names) =
            (&step.operation, chance)
        {
            // The size is there, and the content is not.
            grow(&mut nodes[step.subject].bytes, *offset, bytes.len());
        }
    }
    nodes
}

fn grow(content: &mut Vec<u8>, offset: u64, length: usize) -> std::ops::Range<usize> {
    let start = usize::try_from(offset).unwrap();
    if content.len() < start + length {
        content.resize(start + length, 0);
    }
    start..start + length
}

/// `kept`: which part of a write is there.
fn apply(nodes: &mut [Node], step: &Step, kept: f64) {
    let subject = step.subject;
    match &step.operation {
        Operation::Create { name, .. } => {
            nodes[subject].names.insert(name.clone(), step.other);
        }
        Operation::Write { offset, bytes, .. } => {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let bytes = &bytes[..(bytes.len() as f64 * kept) as usize];
            let range = grow(&mut nodes[subject].bytes, *offset, bytes.len());
            nodes[subject].bytes[range].copy_from_slice(bytes);
        }
        Operation::Zeros { offset, length, .. } => {
            let length = usize::try_from(*length).unwrap();
            let range = grow(&mut nodes[subject].bytes, *offset, length);
            nodes[subject].bytes[range].fill(0);
        }
        Operation::SetLength { length, .. } => {
            let length = usize::try_from(*length).unwrap();
            nodes[subject].bytes.resize(length, 0);
        }
        Operation::SetModified { modified, .. } => nodes[subject].modified = Some(*modified),
        Operation::Remove { name, .. } => {
            nodes[subject].names.remove(name);
        }
        Operation::Rename { name, new_name, .. } => {
            if let Some(node) = nodes[step.other].names.remove(name) {
                nodes[subject].names.insert(new_name.clone(), node);
            }
        }
        Operation::SyncFile { .. } | Operation::SyncFolder { .. } | Operation::SyncAll { .. } => {}
    }
}

/// Puts the content of a node of the model into a folder.
fn write_out(nodes: &[Node], node: usize, path: &Path) {
    for (name, inner) in &nodes[node].names {
        let path = path.join(name);
        let inner_node = &nodes[*inner];
        if inner_node.is_folder {
            fs::create_dir(&path).unwrap();
            write_out(nodes, *inner, &path);
        } else {
            fs::write(&path, &inner_node.bytes).unwrap();
        }
        if let Some(modified) = inner_node.modified {
            crate::os::set_modified(&fs::File::open(&path).unwrap(), modified).unwrap();
        }
    }
}

fn empty(folder: &Path) {
    for item in fs::read_dir(folder).unwrap() {
        let item = item.unwrap();
        if item.file_type().unwrap().is_dir() {
            fs::remove_dir_all(item.path()).unwrap();
        } else {
            fs::remove_file(item.path()).unwrap();
        }
    }
}

fn entries() -> Vec<Entry> {
    let mut entries = vec![
        file("top", 100),
        folder("f"),
        file("f/x", MIB + 7),
        folder("f/g"),
        file("f/g/y", 200),
        file("top", 70),
        file("two steps", 100),
        folder("empty"),
        file("f/late", 65),
        file("nothing", 0),
    ];
    // So many that everything is synced at once.
    entries.extend((0..20).map(|index| file(&format!("many/{index}"), 66)));
    entries
}

/// Records what `run` does. It says how many bytes are durable.
pub(super) fn record(fixture: &Fixture, run: impl FnOnce(&mut dyn FnMut(u64))) -> Recording {
    let initial = Initial::of(fixture);
    let mut promises = Vec::new();
    let ((), operations) = seam::recorded(|| {
        run(&mut |bytes| promises.push((seam::count(), bytes)));
    });
    Recording {
        steps: resolve(operations, &initial),
        initial: initial.nodes,
        promises,
    }
}

fn receive(fixture: &Fixture, promise: &mut dyn FnMut(u64)) {
    let entries = entries();
    let mut destination = Destination::create(&fixture.folder, &fixture.records).unwrap();
    destination.store_entries(0, &entries[..3], false).unwrap();
    promise(0);
    let mut checkpoint = |destination: &mut Destination| promise(destination.checkpoint().unwrap());
    destination.receive(0).unwrap();
    destination.write_group(2, 1).unwrap();
    checkpoint(&mut destination);
    destination.store_entries(3, &entries[3..], true).unwrap();
    destination.receive(1).unwrap();
    destination.receive(4).unwrap();
    destination.receive(5).unwrap();
    destination.write_group(6, 0).unwrap();
    destination.write_group(8, 0).unwrap();
    checkpoint(&mut destination);
    destination.fail(8, Code::Changed).unwrap();
    destination.write_group(2, 0).unwrap();
    checkpoint(&mut destination);
    destination.finish(2, HASH).unwrap();
    destination.finish(6, HASH).unwrap();
    checkpoint(&mut destination);
    destination.retry(8);
    for entry in [3, 7, 8].into_iter().chain(9..30) {
        destination.receive(entry).unwrap();
    }
    checkpoint(&mut destination);
    destination.conclude().unwrap();
    checkpoint(&mut destination);
}

/// What everything is in the end.
fn expected() -> BTreeMap<String, Option<Vec<u8>>> {
    let mut expected = BTreeMap::from([("many".to_owned(), None)]);
    for (number, entry) in (0..).zip(entries()) {
        let path = entry.path.as_str();
        let path = if number == 5 { "top (2)" } else { path };
        let bytes = match entry.kind {
            EntryKind::File { size } => Some(content(number, usize::try_from(size).unwrap())),
            EntryKind::Folder => None,
        };
        expected.insert(path.to_owned(), bytes);
    }
    expected
}

/// Goes on with what is there, and receives only what is not reported.
fn complete(destination: &mut Destination, restored: &Restored) {
    let all = entries();
    let known = destination.len();
    if !restored.manifest_complete {
        let first = known as usize;
        destination
            .store_entries(known, &all[first..], true)
            .unwrap();
    }
    for entry in 0..destination.len() {
        if !restored.done.contains(&one(entry)) {
            receive_rest(destination, restored, (entry, all[entry as usize].kind));
        }
    }
    destination.conclude().unwrap();
}

/// Receives what is missing of an entry.
pub(super) fn receive_rest(
    destination: &mut Destination,
    restored: &Restored,
    (entry, kind): (u32, EntryKind),
) {
    destination.retry(entry);
    let held = restored
        .partial
        .iter()
        .find(|(partial, _)| *partial == entry);
    let held = held.map_or(&[][..], |(_, groups)| groups);
    if let EntryKind::File { size } = kind {
        for group in 0..group_count(size) {
            if !held.iter().any(|(there, _)| *there == group) {
                destination.write_group(entry, group).unwrap();
            }
        }
    }
    destination.finish(entry, HASH).unwrap();
}

/// What there is after a loss of power.
pub(super) struct Loss<'a> {
    /// Which, to be said if a check fails.
    pub(super) context: &'a str,
    /// What the destination said to be durable, if the transfer was made.
    pub(super) promised: Option<u64>,
}

/// Puts into the folders of the fixture what is there after a loss of power, at each operation and with each chance, and
/// lets `check` look at it.
pub(super) fn replay(fixture: &Fixture, recording: &Recording, mut check: impl FnMut(&Loss<'_>)) {
    for cut in 0..=recording.steps.len() {
        let last = cut.checked_sub(1).map(|at| &recording.steps[at].operation);
        let mut chances = vec![Chance::All, Chance::Names, Chance::Random(cut as u64)];
        match last {
            // Otherwise it is as before, without anything that no sync covers.
            Some(
                Operation::SyncFile { .. }
                | Operation::SyncFolder { .. }
                | Operation::SyncAll { .. },
            )
            | None => chances.push(Chance::None),
            Some(Operation::Rename { .. }) => chances.push(Chance::Places),
            Some(_) => {}
        }
        for chance in chances {
            let nodes = after_power_loss(&recording.initial, &recording.steps[..cut], chance);
            empty(&fixture.folder);
            empty(&fixture.records);
            write_out(&nodes, ROOT, &fixture.folder);
            write_out(&nodes, RECORDS, &fixture.records);
            let promise = recording.promises.iter().rfind(|(count, _)| *count <= cut);
            check(&Loss {
                context: &format!("after {cut} operations, {chance:?}; the last: {last:?}"),
                promised: promise.map(|(_, bytes)| *bytes),
            });
        }
    }
}

impl Loss<'_> {
    /// `None`: it was before the transfer was made.
    pub(super) fn reopen(&self, fixture: &Fixture) -> Option<(Destination, Restored)> {
        let (destination, restored) = match Destination::reopen(&fixture.records) {
            Ok(reopened) => reopened,
            Err(error) => {
                assert!(self.promised.is_none(), "{error} {}", self.context);
                return None;
            }
        };
        let promised = self.promised.unwrap_or(0);
        assert!(restored.bytes >= promised, "{promised} {}", self.context);
        Some((destination, restored))
    }
}

fn power_fails_anywhere(lacking: &[&'static str]) {
    let fixture = Fixture::at("/dev/shm");
    seam::set_lacking(lacking);
    let recording = record(&fixture, |promise| receive(&fixture, promise));
    let expected = expected();
    assert!(fixture.list() == expected);
    replay(&fixture, &recording, |loss| {
        let context = loss.context;
        // What has its final name is complete.
        for (name, bytes) in fixture.list() {
            assert!(bytes == expected[&name], "{name} {context}");
        }
        let Some((mut destination, restored)) = loss.reopen(&fixture) else {
            return;
        };
        complete(&mut destination, &restored);
        let list = fixture.list();
        let names = |list: &BTreeMap<String, _>| list.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&list), names(&expected), "{context}");
        assert!(list == expected, "{context}");
    });
    seam::set_lacking(&[]);
}

#[test]
fn power_fails_anywhere_and_nothing_is_reported_that_is_not_there() {
    power_fails_anywhere(&["inodes"]);
}

#[test]
fn power_fails_anywhere_where_each_file_is_synced() {
    power_fails_anywhere(&["inodes", "syncfs"]);
}

#[test]
fn a_checkpoint_is_in_order() {
    let fixture = Fixture::new();
    let mut destination = fixture.create(&[file("x", 10)]);
    destination.receive(0).unwrap();
    let id = |path: PathBuf| fs::metadata(path).unwrap().ino();
    let part = id(fixture.staging().unwrap().join("f00000000"));
    let journal = id(fixture.records.join("journal"));
    let root = id(fixture.folder.clone());
    let (_, operations) = seam::recorded(|| destination.checkpoint().unwrap());
    let order: Vec<&str> = operations
        .iter()
        .filter_map(|operation| match operation {
            Operation::SyncFile { file } if *file == part => Some("sync data"),
            Operation::SyncFile { file } if *file == journal => Some("sync journal"),
            Operation::Write { file, .. } if *file == journal => Some("append"),
            Operation::Rename { to, .. } if *to == root => Some("rename"),
            Operation::SyncFolder { folder } if *folder == root => Some("sync folder"),
            _ => None,
        })
        .collect();
    let expected = [
        "sync data",
        "append",
        "sync journal",
        "rename",
        "sync folder",
        "append",
    ];
    assert_eq!(order, expected);
}
