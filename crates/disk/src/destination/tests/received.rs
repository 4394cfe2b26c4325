use super::*;

fn statuses(fixture: &Fixture, is_discarded: bool) -> Vec<(String, EntryStatus)> {
    let mut entries = ReceivedEntries::open(&fixture.records, is_discarded).unwrap();
    (0..entries.len())
        .map(|entry| {
            let (placed, status) = entries.get(entry).unwrap();
            (placed.path, status)
        })
        .collect()
}

fn named(expected: &[(&str, EntryStatus)]) -> Vec<(String, EntryStatus)> {
    let owned = |(path, status): &(&str, EntryStatus)| ((*path).to_owned(), *status);
    expected.iter().map(owned).collect()
}

#[test]
fn the_entries_of_an_interrupted_transfer_and_of_one_that_is_over_are_listed() {
    use EntryStatus::{Arrived, Done, Failed};
    let fixture = Fixture::new();
    fs::write(fixture.folder.join("top"), "mine").unwrap();
    let mut destination = fixture.create(&[
        file("top", 10),
        folder("f"),
        file("f/whole", 10),
        file("f/part", 3 * MIB),
        file("f/bad", 10),
        file("f/not yet", 10),
    ]);
    destination.receive(0).unwrap();
    destination.receive(2).unwrap();
    for group in [0, 2] {
        destination.write_group(3, group).unwrap();
    }
    destination.fail(4, Code::Changed).unwrap();
    destination.checkpoint().unwrap();
    let expected = named(&[
        ("top (2)", Done),
        ("f", Arrived(0)),
        ("f/whole", Done),
        ("f/part", Arrived(2 * MIB as u64)),
        ("f/bad", Failed(Code::Changed)),
        ("f/not yet", Arrived(0)),
    ]);
    // Also while somebody receives it, and with a torn end.
    assert_eq!(statuses(&fixture, false), expected);
    drop(destination);
    let journal = fixture.records.join("journal");
    let before = fs::read(&journal).unwrap();
    fs::write(&journal, [&before[..], b"torn"].concat()).unwrap();
    assert_eq!(statuses(&fixture, false), expected);
    let after = fs::read(&journal).unwrap();
    assert_eq!(after.len(), before.len() + 4, "nothing is changed");
    // Cancelled: what has its place stays.
    let discarded = named(&[
        ("top (2)", Done),
        ("f", Arrived(0)),
        ("f/whole", Arrived(0)),
        ("f/part", Arrived(0)),
        ("f/bad", Failed(Code::Changed)),
        ("f/not yet", Arrived(0)),
    ]);
    assert_eq!(statuses(&fixture, true), discarded);
    let (mut destination, _) = fixture.reopen();
    for entry in [1, 3, 5] {
        destination.receive(entry).unwrap();
    }
    destination.conclude().unwrap();
    drop(destination);
    // The folder itself may be gone.
    fs::remove_dir_all(&fixture.folder).unwrap();
    let all = statuses(&fixture, false);
    let failed: Vec<_> = all.iter().filter(|(_, status)| *status != Done).collect();
    assert_eq!(failed, [&("f/bad".to_owned(), Failed(Code::Changed))]);
    assert_eq!(all.len(), 6);
}
