//! A receiver is killed at random points, again and again, and goes on. Nothing is lost, altered or left behind, also of
//! what was there before.
//!
//! The program that is killed is this test, run again with `MARU_DISK_CHILD`.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, UNIX_EPOCH},
};

use maru_disk::{Destination, Restored};
use maru_transfer::{
    Piece,
    control::{Entry, EntryKind, Modified, RelativePath},
    endpoint::Expected,
    hash::{
        Digest, FileHash, FileHasher, GROUP_BYTES, GroupHash, GroupHasher, group_count,
        group_length,
    },
};
use tempfile::TempDir;

/// Where the child works: `<folder>:<folder of the record>:<seed>`.
const CHILD: &str = "MARU_DISK_CHILD";
const SEEDS: u64 = 10;
const SIZES: [u64; 5] = [6 << 20, (7 << 20) + 3, 100, 0, 1 << 20];
const SMALL: u64 = 150;

fn entries() -> Vec<Entry> {
    let modified = Modified {
        seconds: 1_000_000,
        nanoseconds: 0,
    };
    let entry = |path: String, kind| Entry {
        path: RelativePath::new(&path).unwrap(),
        kind,
        modified,
    };
    let mut entries = vec![entry("f".to_owned(), EntryKind::Folder)];
    for (index, size) in SIZES.into_iter().enumerate() {
        entries.push(entry(format!("top {index}"), EntryKind::File { size }));
        entries.push(entry(format!("f/{index}"), EntryKind::File { size }));
    }
    for index in 0..SMALL {
        let kind = EntryKind::File { size: index * 7 };
        entries.push(entry(format!("f/many/{index}"), kind));
    }
    entries
}

fn size(entry: &Entry) -> Option<u64> {
    match entry.kind {
        EntryKind::File { size } => Some(size),
        EntryKind::Folder => None,
    }
}

fn group(entry: u32, group: u64, size: u64) -> Vec<u8> {
    let length = usize::try_from(group_length(size, group).unwrap_or(0)).unwrap();
    let mut seed = fastrand::Rng::with_seed(u64::from(entry) << 32 | group);
    let block: Vec<u8> = (0..997).map(|_| seed.u8(..)).collect();
    let mut bytes = block.repeat(length / 997 + 1);
    bytes.truncate(length);
    bytes
}

fn whole(entry: u32, size: u64) -> Vec<u8> {
    let groups = 0..group_count(size);
    groups.flat_map(|part| group(entry, part, size)).collect()
}

/// What the sender says of a file.
fn expected(entry: u32, size: u64) -> Expected {
    let hash = |number| {
        let mut hasher = GroupHasher::new(size, number).unwrap();
        hasher.update(&group(entry, number, size)).unwrap();
        hasher.finish().unwrap()
    };
    let mut digests = Vec::new();
    for number in 0..group_count(size) {
        match hash(number) {
            GroupHash::File(hash) => return Expected::Hash(hash),
            GroupHash::Digest(digest) => digests.push(digest),
        }
    }
    if digests.is_empty() {
        return Expected::Hash(FileHasher::new(0).unwrap().finish().unwrap());
    }
    Expected::Digests { first: 0, digests }
}

/// Stands for the hash of a group that is received: nobody computes one.
fn digest(entry: u32, group: u64) -> Digest {
    let mut digest = [0; 32];
    digest[..4].copy_from_slice(&entry.to_le_bytes());
    digest[8..16].copy_from_slice(&group.to_le_bytes());
    Digest(digest)
}

fn receive(destination: &mut Destination, restored: &Restored, seed: u64) {
    let all = entries();
    let mut random = fastrand::Rng::with_seed(seed);
    let known = destination.len() as usize;
    if !restored.manifest_complete {
        let first = destination.len();
        destination
            .store_entries(first, &all[known..], true)
            .unwrap();
    }
    let mut order: Vec<(u32, Option<u64>)> = Vec::new();
    let count = destination.len();
    let found = destination.find(0, count).unwrap();
    for (entry, of) in (0..).zip(&all) {
        if restored
            .done
            .contains(&(u64::from(entry)..u64::from(entry) + 1))
        {
            continue;
        }
        if found.contains(&entry) && is_kept(destination, entry, size(of).unwrap_or(0)) {
            say("step");
            continue;
        }
        let held = restored
            .partial
            .iter()
            .find(|(partial, _)| *partial == entry);
        let held = held.map_or(&[][..], |(_, groups)| groups);
        for (group, there) in held {
            assert_eq!(*there, digest(entry, *group));
        }
        let groups = 0..size(of).map_or(0, group_count);
        let lacking = groups.filter(|group| !held.iter().any(|(there, _)| there == group));
        order.extend(lacking.map(|group| (entry, Some(group))));
        order.push((entry, None));
    }
    // In any order, as from several stripes; but the end of a file after its groups.
    for at in (1..order.len()).rev() {
        let other = random.usize(at.saturating_sub(40)..=at);
        if order[at].0 == order[other].0 && order[at].1.is_some() && order[other].1.is_some() {
            order.swap(at, other);
        }
    }
    for (entry, part) in order {
        say("step");
        let size = size(&all[entry as usize]).unwrap_or(0);
        match part {
            Some(number) => {
                let bytes = group(entry, number, size);
                let offset = number * GROUP_BYTES;
                destination
                    .write(entry, offset, &Piece::Bytes(bytes.into()))
                    .unwrap();
                if group_count(size) > 1 {
                    destination.verified(entry, number, digest(entry, number));
                }
            }
            None => destination.finish(entry, FileHash([0; 32])).unwrap(),
        }
        if random.u8(..) < 20 {
            say(&format!("durable {}", destination.checkpoint().unwrap()));
        }
    }
    destination.conclude().unwrap();
    say(&format!("durable {}", destination.checkpoint().unwrap()));
}

fn is_kept(destination: &mut Destination, entry: u32, size: u64) -> bool {
    destination.compare(entry, &expected(entry, size)).unwrap()
        && destination.keep(entry, FileHash([0; 32])).unwrap()
}

/// Tells the parent.
fn say(what: &str) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{what}").unwrap();
    output.flush().unwrap();
}

#[test]
fn child() {
    let Ok(work) = std::env::var(CHILD) else {
        return;
    };
    let [folder, records, seed] = work.split(':').collect::<Vec<_>>()[..] else {
        panic!("{work}");
    };
    say("step");
    let records = Path::new(records);
    let (mut destination, restored) = if records.join("journal").exists() {
        Destination::reopen(records).unwrap()
    } else {
        let created = Destination::create(Path::new(folder), records).unwrap();
        (created, Restored::default())
    };
    if !restored.concluded {
        receive(&mut destination, &restored, seed.parse().unwrap());
    }
}

/// Runs a child, and kills it so long after so many steps, or lets it end. Returns whether it ended, and the last durable
/// bytes it told of.
fn run(folder: &Path, records: &Path, seed: u64, end: Option<(usize, Duration)>) -> (bool, u64) {
    let work = format!("{}:{}:{seed}", folder.display(), records.display());
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--nocapture"])
        .env(CHILD, work)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut steps, mut durable) = (0, 0);
    let output = BufReader::new(child.stdout.take().unwrap());
    for line in output.lines().map_while(Result::ok) {
        if let Some(bytes) = line.strip_prefix("durable ") {
            durable = bytes.parse().unwrap();
        }
        // The first step follows what the test harness says, on the same line.
        steps += usize::from(line.ends_with("step"));
        if let Some((_, delay)) = end.filter(|(last, _)| steps == *last) {
            sleep(delay);
            child.kill().unwrap();
        }
    }
    let status = child.wait().unwrap();
    assert!(status.success() || end.is_some(), "{status}");
    (status.success(), durable)
}

#[test]
fn a_receiver_that_is_killed_anywhere_goes_on() {
    for seed in 0..SEEDS {
        let place = if seed % 2 == 0 { "/tmp" } else { "/dev/shm" };
        let (folder, records) = (TempDir::new_in(place).unwrap(), TempDir::new().unwrap());
        fs::write(folder.path().join("top 2"), "mine").unwrap();
        kill_and_complete(folder.path(), records.path(), (seed, 60));
        check(folder.path(), &["top 2"], seed);
    }
}

/// Kills a child again and again, each time after at most so many steps, and then lets one end.
fn kill_and_complete(folder: &Path, records: &Path, (seed, most): (u64, usize)) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut told = 0;
    for round in 0..8 {
        // Step 1 is before the transfer is made, or opened again.
        let last = if round < 2 { 1 } else { random.usize(1..most) };
        let end = (last, Duration::from_micros(random.u64(0..4_000)));
        let (has_ended, durable) = run(folder, records, round, Some(end));
        told = told.max(durable);
        // Killed before the transfer was made: as if it never was.
        if !records.join("manifest").exists() {
            continue;
        }
        match Destination::reopen(records) {
            Ok((_, restored)) => {
                assert!(restored.bytes >= told, "{} of {told}", restored.bytes);
            }
            Err(error) => {
                assert_eq!(told, 0, "{error}");
                fs::remove_file(records.join("manifest")).unwrap();
                fs::remove_file(records.join("journal")).unwrap();
            }
        }
        if has_ended {
            break;
        }
    }
    if records.join("journal").exists() && !records.join("manifest").exists() {
        fs::remove_file(records.join("journal")).unwrap();
    }
    let (has_ended, _) = run(folder, records, 99, None);
    assert!(has_ended);
}

/// What a file is, its content aside.
fn state(path: &Path) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::metadata(path).unwrap();
    (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[test]
fn a_receiver_that_joins_a_folder_and_is_killed_anywhere_touches_nothing_in_it() {
    /// They have the same size and time as what is sent, and other content.
    const CHANGED: [&str; 3] = ["top 2", "f/1", "f/many/8"];
    for seed in 0..SEEDS {
        let place = if seed % 2 == 0 { "/tmp" } else { "/dev/shm" };
        let (folder, records) = (TempDir::new_in(place).unwrap(), TempDir::new().unwrap());
        let folder = folder.path();
        fs::create_dir_all(folder.join("f/many")).unwrap();
        let mut before = Vec::new();
        for (number, entry) in (0..).zip(entries()) {
            let path = entry.path.as_str();
            let Some(size) = size(&entry).filter(|_| number % 3 == 0 || CHANGED.contains(&path))
            else {
                continue;
            };
            let mut bytes = whole(number, size);
            if CHANGED.contains(&path) {
                bytes.fill(b'm');
            }
            let path = folder.join(path);
            fs::write(&path, &bytes).unwrap();
            let time = UNIX_EPOCH + Duration::from_secs(1_000_000);
            fs::File::open(&path).unwrap().set_modified(time).unwrap();
            before.push((state(&path), path, bytes));
        }
        kill_and_complete(folder, records.path(), (seed, 160));
        for (was, path, bytes) in before {
            assert!(fs::read(&path).unwrap() == bytes, "{path:?} {seed}");
            assert_eq!(state(&path), was, "{path:?} {seed}");
        }
        check(folder, &CHANGED, seed);
    }
}

/// Everything is there once. Something else had the paths that are `taken`, and has them.
fn check(folder: &Path, taken: &[&str], seed: u64) {
    let mut expected = taken.len();
    for (number, entry) in (0..).zip(entries()) {
        let path = entry.path.as_str();
        let numbered = format!("{path} (2)");
        let is_taken = taken.contains(&path);
        let path = folder.join(if is_taken { &numbered } else { path });
        let Some(size) = size(&entry) else { continue };
        expected += 1;
        let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{path:?} {error} {seed}"));
        assert!(bytes == whole(number, size), "{path:?} {seed}");
        if is_taken {
            assert_ne!(fs::read(folder.join(entry.path.as_str())).unwrap(), bytes);
        }
    }
    assert_eq!(count(folder), expected, "{seed}");
}

/// Files, in folders as well.
fn count(folder: &Path) -> usize {
    let items = fs::read_dir(folder).unwrap().map(|item| item.unwrap());
    items
        .map(|item| match item.file_type().unwrap().is_dir() {
            true => count(&item.path()),
            false => 1,
        })
        .sum()
}
