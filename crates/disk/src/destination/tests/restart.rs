//! After a restart: what the journal says is there, and nothing else is reported.

use std::io::Write as _;

use proptest::prelude::*;

use super::*;

fn some_entries() -> Vec<Entry> {
    vec![
        folder("f"),
        file("f/small", 10),
        file("f/large", 3 * MIB + 5),
        file("top", 2 * MIB),
        file("late", 10),
        folder("f/empty"),
    ]
}

/// Of [`some_entries`]: 0, 1 and 3 are done, 2 has groups 1 and 3, 4 failed.
fn interrupted(fixture: &Fixture) {
    let mut destination = fixture.create(&some_entries());
    for entry in [0, 1, 3] {
        destination.receive(entry).unwrap();
    }
    destination.write_group(2, 3).unwrap();
    destination.write_group(2, 1).unwrap();
    destination.fail(4, Code::Missing).unwrap();
    destination.checkpoint().unwrap();
    // Not durable: nobody was told of it.
    destination.write_group(2, 0).unwrap();
    destination.receive(5).unwrap();
}

fn groups_of(restored: &Restored) -> Vec<(u32, Vec<u64>)> {
    let groups = |groups: &[(u64, Digest)]| groups.iter().map(|(group, _)| *group).collect();
    let partial = restored.partial.iter();
    partial.map(|(entry, of)| (*entry, groups(of))).collect()
}

#[test]
fn a_transfer_goes_on_where_it_was_interrupted() {
    for place in ["/tmp", "/dev/shm"] {
        let fixture = Fixture::at(place);
        interrupted(&fixture);
        let (mut destination, restored) = fixture.reopen();
        let sizes = some_entries().into_iter().map(|entry| match entry.kind {
            EntryKind::File { size } => size,
            EntryKind::Folder => crate::FOLDER,
        });
        assert_eq!(restored.sizes, sizes.collect::<Vec<_>>());
        assert!(restored.manifest_complete && !restored.concluded);
        let done = [0..2, 3..4].into_iter().collect::<Ranges>();
        assert_eq!(restored.done, done);
        assert_eq!(groups_of(&restored), [(2, vec![1, 3])]);
        let (size, range) = (3 * MIB + 5, MIB..2 * MIB);
        let expected = digest(size as u64, 1, &content_of(2, range.start, range.end));
        assert_eq!(restored.partial[0].1[0].1, expected);
        assert_eq!(restored.failed, [(4, Code::Missing)]);
        assert_eq!(restored.bytes, 10 + 2 * MIB as u64 + MIB as u64 + 5);
        assert_eq!(destination.published(), [fixture.folder.join("top")]);
        for group in [0, 2] {
            destination.write_group(2, group).unwrap();
        }
        destination.finish(2, HASH).unwrap();
        destination.finish(5, HASH).unwrap();
        destination.conclude().unwrap();
        let list = fixture.list();
        assert!(list["f/large"].as_ref().unwrap() == &content(2, size));
        assert!(list["f/small"].as_ref().unwrap() == &content(1, 10));
        assert_eq!(
            fixture.names(),
            ["f", "f/empty", "f/large", "f/small", "top"]
        );
    }
}

#[test]
fn the_hash_of_an_only_file_is_kept() {
    let fixture = Fixture::new();
    let mut destination = fixture.create(&[file("x", 10)]);
    destination.receive(0).unwrap();
    destination.checkpoint().unwrap();
    drop(destination);
    assert_eq!(fixture.reopen().1.hash, Some(HASH));
}

#[test]
fn a_manifest_that_is_not_complete_goes_on_with_the_same_names() {
    let fixture = Fixture::new();
    fs::write(fixture.folder.join("a.txt"), "mine").unwrap();
    let mut destination = Destination::create(&fixture.folder, &fixture.records).unwrap();
    let entries = [file("a.txt", 10), file("A.txt", 10), file("f/a", 1)];
    destination.store_entries(0, &entries, false).unwrap();
    destination.receive(0).unwrap();
    destination.checkpoint().unwrap();
    let path = |destination: &mut Destination, entry| destination.entry(entry).unwrap().path;
    let before = [0, 1, 2].map(|entry| path(&mut destination, entry));
    assert_eq!(before, ["a (3).txt", "A (2).txt", "f/a"]);
    drop(destination);
    let (mut destination, restored) = fixture.reopen();
    assert!(!restored.manifest_complete);
    assert_eq!(restored.sizes.len(), 3);
    assert_eq!([0, 1, 2].map(|entry| path(&mut destination, entry)), before);
    destination
        .store_entries(3, &[file("a.txt", 1), file("f/A", 1)], true)
        .unwrap();
    assert_eq!(path(&mut destination, 3), "a (4).txt");
    assert_eq!(path(&mut destination, 4), "f/A (2)");
}

#[test]
fn folders_that_were_renamed_have_the_same_names_again() {
    let fixture = Fixture::new();
    fs::create_dir(fixture.folder.join("f")).unwrap();
    let mut destination = fixture.create(&[folder("f"), file("f/x", 1), file("f/y", 1)]);
    destination.receive(0).unwrap();
    destination.receive(1).unwrap();
    destination.fail(2, Code::Changed).unwrap();
    destination.conclude().unwrap();
    assert_eq!(destination.published(), [fixture.folder.join("f (2)")]);
    drop(destination);
    let (mut destination, _) = fixture.reopen();
    assert_eq!(destination.entry(1).unwrap().path, "f (2)/x");
    assert_eq!(destination.published(), [fixture.folder.join("f (2)")]);
    destination.retry(2);
    destination.receive(2).unwrap();
    destination.conclude().unwrap();
    assert_eq!(fixture.names(), ["f", "f (2)", "f (2)/x", "f (2)/y"]);
}

#[test]
fn files_of_the_staging_folder_that_were_changed_are_received_again() {
    let fixture = Fixture::new();
    interrupted(&fixture);
    let staging = fixture.staging().unwrap();
    let part = staging.join("f00000002");
    // Another inode, with the same content.
    fs::copy(&part, staging.join("copy")).unwrap();
    fs::rename(staging.join("copy"), &part).unwrap();
    fs::remove_file(staging.join("d00000000/small")).unwrap();
    let (destination, restored) = fixture.reopen();
    assert_eq!(groups_of(&restored), []);
    assert_eq!(restored.done, [0..1, 3..4].into_iter().collect::<Ranges>());
    assert_eq!(restored.bytes, 2 * MIB as u64);
    assert!(!part.exists());
    drop(destination);
    // Its old groups do not come back with the next one.
    let (mut destination, _) = fixture.reopen();
    destination.write_group(2, 2).unwrap();
    destination.checkpoint().unwrap();
    drop(destination);
    assert_eq!(groups_of(&fixture.reopen().1), [(2, vec![2])]);
}

#[test]
fn a_part_that_was_cut_has_only_the_groups_before() {
    let fixture = Fixture::new();
    interrupted(&fixture);
    let part = fixture.staging().unwrap().join("f00000002");
    let file = fs::File::options().write(true).open(part).unwrap();
    file.set_len(3 * MIB as u64).unwrap();
    assert_eq!(groups_of(&fixture.reopen().1), [(2, vec![1])]);
}

#[test]
fn a_published_file_may_be_moved_away() {
    let fixture = Fixture::new();
    interrupted(&fixture);
    fs::remove_file(fixture.folder.join("top")).unwrap();
    let (mut destination, restored) = fixture.reopen();
    assert!(restored.done.contains(&one(3)));
    destination.checkpoint().unwrap();
    assert_eq!(fixture.names(), Vec::<String>::new());
}

#[test]
fn another_staging_folder_journal_or_manifest_is_refused() {
    let (fixture, other) = (Fixture::new(), Fixture::new());
    interrupted(&fixture);
    interrupted(&other);
    let refused = |expected: Fault| {
        let error = Destination::reopen(&fixture.records).unwrap_err();
        assert_eq!(error.fault, expected, "{error}");
    };
    let staging = fixture.staging().unwrap();
    // Another folder with the same content.
    let moved = fixture.records.join("moved");
    fs::rename(&staging, &moved).unwrap();
    fs::create_dir(&staging).unwrap();
    for item in ["id", "f00000002"] {
        fs::copy(moved.join(item), staging.join(item)).unwrap();
    }
    refused(Fault::Foreign);
    fs::remove_dir_all(&staging).unwrap();
    // Gone, as is the folder it was in.
    let error = Destination::reopen(&fixture.records).unwrap_err();
    assert_eq!(error.code, Code::Missing);
    fs::rename(&moved, &staging).unwrap();
    Destination::reopen(&fixture.records).unwrap();
    let id = fs::read(staging.join("id")).unwrap();
    fs::write(staging.join("id"), [0; 16]).unwrap();
    refused(Fault::Foreign);
    fs::write(staging.join("id"), id).unwrap();
    for name in ["journal", "manifest"] {
        let own = fs::read(fixture.records.join(name)).unwrap();
        fs::copy(other.records.join(name), fixture.records.join(name)).unwrap();
        refused(Fault::Foreign);
        fs::write(fixture.records.join(name), own).unwrap();
    }
    Destination::reopen(&fixture.records).unwrap();
}

#[test]
fn a_staging_folder_that_was_being_made_is_made_again() {
    for content in [None, Some(&[][..]), Some(&[1; 5]), Some(&[0; 16])] {
        let fixture = Fixture::new();
        let path = fixture.records.join("journal");
        let mut destination = fixture.create(&[file("x", 10)]);
        destination.manifest.sync().unwrap();
        drop(destination);
        // Only the header, whose length is in front of it, is in the journal.
        let journal = fs::read(&path).unwrap();
        let header = 8 + u32::from_le_bytes(journal[..4].try_into().unwrap()) as usize;
        fs::write(&path, &journal[..header]).unwrap();
        let id = fixture.staging().unwrap().join("id");
        match content {
            Some(content) => fs::write(id, content).unwrap(),
            None => fs::remove_file(id).unwrap(),
        }
        let (mut destination, restored) = fixture.reopen();
        assert_eq!(restored.sizes, [10]);
        destination.receive(0).unwrap();
        destination.conclude().unwrap();
        assert_eq!(fixture.names(), ["x"]);
        assert_eq!(fixture.staging(), None);
    }
}

#[test]
fn a_transfer_is_open_once() {
    let fixture = Fixture::new();
    let destination = fixture.create(&some_entries());
    let error = Destination::reopen(&fixture.records).unwrap_err();
    assert_eq!(error.fault, Fault::InUse);
    drop(destination);
    fixture.reopen();
}

#[test]
fn a_discarded_transfer_leaves_what_is_published() {
    let fixture = Fixture::new();
    interrupted(&fixture);
    // A link in it is removed, not followed.
    let outside = TempDir::new().unwrap();
    fs::write(outside.path().join("x"), "mine").unwrap();
    let staging = fixture.staging().unwrap();
    std::os::unix::fs::symlink(outside.path(), staging.join("link")).unwrap();
    fixture.reopen().0.discard().unwrap();
    assert_eq!(fixture.names(), ["top"]);
    assert_eq!(fixture.staging(), None);
    assert!(outside.path().join("x").exists());
    // Again, without opening it.
    Destination::remove_staging(&fixture.records).unwrap();
    let fixture = Fixture::new();
    interrupted(&fixture);
    Destination::remove_staging(&fixture.records).unwrap();
    assert_eq!(fixture.names(), ["top"]);
    assert_eq!(fixture.staging(), None);
}

/// The journal of [`interrupted`], and how much of it has which outcome.
fn reopen_with(fixture: &Fixture, journal: &[u8]) -> Result<Restored, DiskError> {
    fs::write(fixture.records.join("journal"), journal).unwrap();
    Destination::reopen(&fixture.records).map(|(_, restored)| restored)
}

#[test]
fn a_torn_or_garbage_tail_of_the_journal_is_cut() {
    let fixture = Fixture::new();
    interrupted(&fixture);
    let journal = fs::read(fixture.records.join("journal")).unwrap();
    let expected = reopen_with(&fixture, &journal).unwrap();
    for length in 0..=40_usize {
        for value in [0, 1, 0xff] {
            let mut bytes = journal.clone();
            bytes.extend((0..length).map(|at| match value {
                0xff => (at * 37).to_le_bytes()[0],
                value => value,
            }));
            assert_eq!(reopen_with(&fixture, &bytes).unwrap(), expected);
            let left = fs::read(fixture.records.join("journal")).unwrap();
            assert_eq!(left, journal, "the tail is gone");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn damage_is_an_error_or_less_progress_and_never_more(
        in_journal: bool,
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1..=255_u8), 0..3),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let fixture = Fixture::at("/dev/shm");
        interrupted(&fixture);
        let whole = {
            let journal = fs::read(fixture.records.join("journal")).unwrap();
            // A copy: what is missing is removed from the folder.
            reopen_with(&fixture, &journal).unwrap()
        };
        let name = if in_journal { "journal" } else { "manifest" };
        let path = fixture.records.join(name);
        let mut bytes = fs::read(&path).unwrap();
        for (index, flip) in flips {
            let at = index.index(bytes.len());
            bytes[at] ^= flip;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        fs::File::create(&path).unwrap().write_all(&bytes).unwrap();
        match Destination::reopen(&fixture.records) {
            Err(error) => {
                let faults = [Fault::Damaged, Fault::Foreign];
                prop_assert!(faults.contains(&error.fault), "{}", error);
            }
            Ok((_, restored)) => {
                let done = restored.done.iter().all(|range| whole.done.contains(&range));
                prop_assert!(done && restored.bytes <= whole.bytes);
                for (entry, groups) in restored.partial {
                    prop_assert_eq!(entry, 2);
                    prop_assert!(groups.iter().all(|group| whole.partial[0].1.contains(group)));
                }
            }
        }
    }
}
