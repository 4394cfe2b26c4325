//! What the receiver has already is compared, and not sent.

use std::collections::BTreeMap;

use super::{
    super::*,
    disk::{Destination, Node, Source},
    lone::{Lone, data, hello_with, id_of},
    sending::{assert_received, pattern, source},
    world::World,
};
use crate::{
    bulk::Content,
    control::{GroupRange, ToVerify, Wanted},
    hash::GROUP_BYTES,
};

/// A folder with files of one group and of several.
fn folder() -> Source {
    source(vec![
        ("folder", Node::Folder),
        ("folder/empty", Node::File(Vec::new())),
        ("folder/small", Node::File(pattern(1_000, 1))),
        ("folder/group", Node::File(pattern(1 << 20, 2))),
        ("folder/groups", Node::File(pattern((1 << 20) + 5, 3))),
        ("folder/hole", Node::Hole(2 << 20)),
        ("folder/changed", Node::File(pattern(70_000, 5))),
        (
            "folder/changed at the end",
            Node::File(pattern((1 << 20) + 5, 6)),
        ),
        ("folder/new", Node::File(pattern(30_000, 7))),
        ("folder/longer", Node::File(pattern(40_000, 8))),
    ])
}

const FILES: u32 = 9;
const PRESENT: u32 = 5;
/// Of what is not there: 70,000 + 1 MiB + 5 + 30,000 + 40,000.
const MISSING_BYTES: u64 = (1 << 20) + 140_005;
/// Digests, and the headers of all messages.
const OVERHEAD: u64 = 100_000;

/// The receiver has the folder of an earlier time.
fn existing(source: Source) -> BTreeMap<String, Vec<u8>> {
    let content = |node: Node| match node {
        Node::Folder => None,
        Node::File(content) => Some(content),
        Node::Hole(size) => Some(vec![0; usize::try_from(size).unwrap()]),
    };
    let nodes = source.nodes.into_iter();
    let mut files: BTreeMap<String, Vec<u8>> = nodes
        .filter_map(|(path, node)| Some((path, content(node)?)))
        .collect();
    files.remove("folder/new");
    for path in ["folder/changed", "folder/changed at the end"] {
        *files.get_mut(path).unwrap().last_mut().unwrap() ^= 1;
    }
    files.get_mut("folder/longer").unwrap().pop();
    files
}

/// The folder is offered to a receiver that has most of it.
fn world(seed: u64) -> (World, TransferId) {
    world_of(seed, folder())
}

fn world_of(seed: u64, source: Source) -> (World, TransferId) {
    let mut world = World::new(seed);
    world.connect();
    let destination = Destination::with(existing(source.clone()));
    let id = source.outgoing(1).offer.id;
    world.sides[1].destinations.insert(id, destination);
    world.offer(0, 1, source);
    (world, id)
}

fn present(world: &World, side: usize) -> u32 {
    let present = world.sides[side].events.iter().filter_map(|of| match of {
        Event::Present { files, .. } => Some(*files),
        _ => None,
    });
    present.sum()
}

#[test]
fn only_what_is_missing_or_different_is_sent() {
    let mut source = folder();
    // It is asked for in steps.
    let many = Node::File(pattern((16 << 20) + 9, 4));
    source.nodes.push(("folder/many".to_owned(), many));
    let (mut world, id) = world_of(3, source);
    world.run();
    assert_received(&world, 1, id);
    assert_eq!([present(&world, 0), present(&world, 1)], [PRESENT + 1; 2]);
    let sent = MISSING_BYTES..MISSING_BYTES + OVERHEAD;
    assert!(sent.contains(&world.bulk_bytes), "{}", world.bulk_bytes);
    let done = |of: &&Event| matches!(of, Event::EntryDone { hash: Some(_), .. });
    assert_eq!(world.sides[1].events.iter().filter(done).count(), 10);
}

#[test]
fn progress_counts_what_is_there() {
    let (mut world, id) = world(4);
    let bytes = world.sides[0].sources[&id].outgoing(1).offer.bytes;
    let mut last = None;
    while world.step() || world.wait(std::time::Duration::from_millis(1_900)) {
        for (side, role) in [(0, Role::Sender), (1, Role::Receiver)] {
            let progress = world.sides[side].endpoint.progress(id, role);
            if let Some(progress) = progress {
                assert!(progress.transferred <= bytes);
                assert!(progress.files_present <= progress.files_done);
                last = Some(progress);
            }
        }
    }
    let last = last.unwrap();
    assert_eq!(last.transferred, bytes);
    assert_eq!((last.files_done, last.files_present), (FILES, PRESENT));
}

#[test]
fn a_comparison_goes_on_after_the_connection_was_lost() {
    for seed in 1..12 {
        let (mut world, id) = world(seed);
        for _ in 0..3 {
            let steps = 20 + world.random(150);
            for _ in 0..steps {
                world.step();
            }
            world.disconnect();
            world.connect();
        }
        world.run();
        assert_received(&world, 1, id);
        assert_eq!(present(&world, 1), PRESENT, "seed {seed}");
        // 1 + 1 + 1 + 2 + 2 + 1 + 2: none is compared twice.
        let compared = world.sides[1].destinations[&id].compared;
        assert!(compared <= 10, "{compared} groups, seed {seed}");
    }
}

#[test]
fn a_restart_in_the_middle_changes_nothing() {
    for seed in 1..8 {
        let (mut world, id) = world(seed);
        for side in [1, 0, 1] {
            let steps = 50 + world.random(300);
            for _ in 0..steps {
                world.step();
            }
            world.restart(side);
            world.connect();
        }
        world.run();
        assert_received(&world, 1, id);
    }
}

#[test]
fn a_file_that_changes_before_it_is_kept_is_sent() {
    let (mut world, id) = world(5);
    if let Some(destination) = world.sides[1].destinations.get_mut(&id) {
        destination.changes = true;
    }
    world.run();
    assert_received(&world, 1, id);
    assert_eq!([present(&world, 0), present(&world, 1)], [0, 0]);
    assert!(world.bulk_bytes > folder().outgoing(1).offer.bytes - (2 << 20));
}

#[test]
fn a_source_that_cannot_be_read_fails_as_always() {
    let (mut world, id) = world(6);
    if let Some(source) = world.sides[0].sources.get_mut(&id) {
        source.broken = BTreeMap::from([(4, Code::Changed)]);
    }
    world.run();
    for side in [0, 1] {
        let failed = |of: &&Event| matches!(of, Event::EntryFailed { entry: 4, .. });
        assert_eq!(world.sides[side].events.iter().filter(failed).count(), 1);
        assert_eq!(world.sides[side].outcome(id), Some(&Outcome::Done));
    }
    assert_eq!(present(&world, 1), PRESENT - 1);
}

#[test]
fn a_pause_takes_nothing_away() {
    let (mut world, id) = world(7);
    for steps in [40, 10, 30, 100] {
        for _ in 0..steps {
            world.step();
        }
        for paused in [true, false] {
            let now = world.now;
            let endpoint = &mut world.sides[0].endpoint;
            endpoint.set_paused(id, Role::Sender, paused, now);
            for _ in 0..30 {
                world.step();
            }
        }
    }
    world.run();
    assert_received(&world, 1, id);
    assert_eq!(present(&world, 1), PRESENT);
}

/// What the endpoint asks its disk to look for is found.
fn find(lone: &mut Lone) {
    while !lone.disk.is_empty() {
        for request in std::mem::take(&mut lone.disk) {
            if let DiskRequest::Find { id, first, count } = request {
                let found: Vec<u32> = (first..first + count).collect();
                lone.endpoint.on_found(id, first, &found, lone.now);
            }
        }
        lone.drain();
    }
}

fn verified(lone: &mut Lone) -> Vec<(u32, ToVerify)> {
    let heard = lone.heard().into_iter();
    heard
        .filter_map(|message| match message {
            ControlMessage::Verify {
                entry, to_verify, ..
            } => Some((entry, to_verify)),
            _ => None,
        })
        .collect()
}

fn wanted(lone: &mut Lone) -> Vec<(u32, Wanted)> {
    let heard = lone.heard().into_iter();
    heard
        .filter_map(|message| match message {
            ControlMessage::Want { entry, wanted, .. } => Some((entry, wanted)),
            _ => None,
        })
        .collect()
}

fn comparisons(lone: &Lone) -> Vec<(u32, std::ops::Range<u64>)> {
    let requests = lone.disk.iter().filter_map(|request| match request {
        DiskRequest::Compare {
            entry, expected, ..
        } => Some((*entry, expected.groups())),
        _ => None,
    });
    requests.collect()
}

/// The disk compares everything.
fn compare(lone: &mut Lone, equal: bool) {
    for request in std::mem::take(&mut lone.disk) {
        if let DiskRequest::Compare {
            write,
            id,
            entry,
            expected,
        } = request
        {
            let now = lone.now;
            let endpoint = &mut lone.endpoint;
            endpoint.on_compared(write, (id, entry), &expected, equal, now);
        }
    }
    lone.drain();
}

fn digests(first: u64, count: usize) -> Content {
    Content::Digests {
        first,
        digests: vec![9; count * 32].into(),
    }
}

fn end(size: u64) -> Content {
    let hash = Some([9; 32]);
    Content::End { size, hash }
}

#[test]
fn an_earlier_version_is_not_asked_for_digests() {
    let mut lone = Lone::new();
    lone.endpoint.set_comparing(true);
    let here = super::lone::HERE;
    lone.endpoint.on_connected(here, Vec::new(), lone.now);
    lone.say(&hello_with(&["later"]));
    lone.take_offer(1, &[10, 3 << 20]);
    let looks = |of: &DiskRequest| matches!(of, DiskRequest::Find { .. });
    assert!(!lone.disk.iter().any(looks));
    assert_eq!(wanted(&mut lone), [(0, Wanted::Count(Some(2)))]);
    // What was found with another version is wanted from this one.
    let mut lone = Lone::comparing(&[10, 3 << 20]);
    find(&mut lone);
    assert_eq!(
        verified(&mut lone),
        [(0, ToVerify::Entries { count: 2 })],
        "not wanted"
    );
    lone.endpoint.on_disconnected();
    lone.endpoint.on_connected(here, Vec::new(), lone.now);
    lone.say(&hello_with(&[]));
    lone.say(&super::lone::offer(1, &[10, 3 << 20]).to_message());
    assert_eq!(wanted(&mut lone), [(0, Wanted::Count(Some(2)))]);
}

#[test]
fn nothing_is_looked_for_before_the_person_accepts() {
    let mut lone = Lone::new();
    lone.endpoint.set_comparing(true);
    lone.connect();
    lone.say(&super::lone::offer(1, &[10]).to_message());
    lone.say(&super::lone::manifest(1, 0, &[10], true));
    assert_eq!(lone.disk, []);
    let secret = crate::control::Secret([7; 32]);
    lone.endpoint.accept(id_of(1), secret, lone.now);
    lone.drain();
    let [
        DiskRequest::Store { .. },
        DiskRequest::Find { first, count, .. },
    ] = &lone.disk[..]
    else {
        panic!("{:?}", lone.disk);
    };
    assert_eq!((*first, *count), (0, 1), "after it is stored");
}

#[test]
fn an_entry_that_fails_while_it_is_looked_for_is_not_wanted() {
    let mut lone = Lone::comparing(&[10, 10, 10, 10]);
    let id = id_of(1);
    let now = lone.now;
    lone.endpoint.on_entry_refused(id, 1, Code::TooLarge, now);
    let code = Open::Known(Code::Missing);
    lone.say(&ControlMessage::Error {
        id: Some(id),
        entry: Some(2),
        code,
        text: String::new(),
    });
    lone.endpoint.on_found(id, 0, &[2, 3], lone.now);
    lone.drain();
    let asked = lone.control.clone();
    assert_eq!(wanted(&mut lone), [(0, Wanted::Count(Some(1)))]);
    lone.control = asked;
    let count = 1;
    assert_eq!(verified(&mut lone), [(3, ToVerify::Entries { count })]);
}

#[test]
fn a_sender_can_make_the_disk_compare_only_what_it_was_asked_for_and_once() {
    let mut lone = Lone::comparing(&[10, 40 * GROUP_BYTES]);
    lone.send(&[(1, 1, digests(0, 1)), (1, 0, end(10))]);
    assert_eq!(comparisons(&lone), [], "not asked for");
    find(&mut lone);
    let groups = |first, count| ToVerify::Groups(GroupRange { first, count });
    assert_eq!(
        verified(&mut lone),
        [(0, ToVerify::Entries { count: 1 }), (1, groups(0, 40))]
    );
    for _ in 0..3 {
        lone.send(&[
            (1, 0, end(10)),
            (1, 1, digests(3, 2)),
            (1, 1, digests(2, 3)),
        ]);
        lone.send(&[(1, 1, end(40 * GROUP_BYTES)), (1, 1, data(0, 100))]);
    }
    assert_eq!(comparisons(&lone), [(0, 0..1), (1, 3..5), (1, 2..3)]);
    assert_eq!(lone.closed, None);
    compare(&mut lone, true);
    lone.send(&[(1, 0, end(10)), (1, 1, digests(2, 3))]);
    assert_eq!(comparisons(&lone), [], "compared already");
    let keeps = |of: &&DiskRequest| matches!(of, DiskRequest::Keep { entry: 0, .. });
    assert_eq!(lone.disk.iter().filter(keeps).count(), 1);
}

#[test]
fn digests_that_do_not_fit_end_the_connection() {
    for (entry, content) in [
        (0, digests(0, 1)),
        (0, end(11)),
        (1, digests(2, 1)),
        (1, digests(1, 2)),
        (1, end(7)),
    ] {
        let mut lone = Lone::comparing(&[10, 2 * GROUP_BYTES]);
        find(&mut lone);
        lone.send(&[(1, entry, content.clone())]);
        let violation = CloseReason::Violation(Violation::Content);
        assert_eq!(lone.closed, Some(violation), "{content:?}");
        assert_eq!(comparisons(&lone), []);
    }
}

#[test]
fn so_many_bytes_are_compared_at_once_and_no_more() {
    let mut lone = Lone::comparing(&[GROUP_BYTES; 1_000]);
    find(&mut lone);
    let count = 64;
    assert_eq!(verified(&mut lone), [(0, ToVerify::Entries { count })]);
    // Small files count as well: those of the next messages of the manifest wait.
    let mut lone = Lone::comparing(&[1; 1_000]);
    find(&mut lone);
    let asked: u32 = verified(&mut lone)
        .into_iter()
        .map(|(_, to_verify)| match to_verify {
            ToVerify::Entries { count } => count,
            ToVerify::Groups(_) => 0,
        })
        .sum();
    assert_eq!(asked, 300);
    // A large one is asked for in steps.
    let mut lone = Lone::comparing(&[1_000 * GROUP_BYTES]);
    find(&mut lone);
    let groups = |first, count| ToVerify::Groups(GroupRange { first, count });
    assert_eq!(verified(&mut lone), [(0, groups(0, 64))]);
    lone.send(&[(1, 0, digests(0, 31))]);
    compare(&mut lone, true);
    assert_eq!(verified(&mut lone), []);
    lone.send(&[(1, 0, digests(31, 10))]);
    assert_eq!(verified(&mut lone), [], "not compared yet");
    compare(&mut lone, true);
    // After the first of them that makes it half, and so on.
    let asked: u64 = verified(&mut lone)
        .into_iter()
        .map(|(_, to_verify)| match to_verify {
            ToVerify::Groups(groups) => groups.count,
            ToVerify::Entries { .. } => 0,
        })
        .sum();
    assert_eq!(asked, 41);
}

#[test]
fn one_group_that_differs_is_enough() {
    let size = 40 * GROUP_BYTES;
    let mut lone = Lone::comparing(&[size]);
    find(&mut lone);
    lone.heard();
    lone.send(&[(1, 0, digests(7, 1)), (1, 0, digests(9, 1))]);
    compare(&mut lone, false);
    assert_eq!(wanted(&mut lone), [(0, Wanted::Count(Some(1)))]);
    lone.send(&[(1, 0, digests(0, 30))]);
    assert_eq!(comparisons(&lone), []);
}

#[test]
fn credit_comes_back_when_it_is_compared() {
    let size = 64 * GROUP_BYTES;
    let mut lone = Lone::comparing(&[size]);
    let before = lone.permitted();
    find(&mut lone);
    for first in 0..64 {
        lone.send(&[(1, 0, digests(first, 1))]);
    }
    lone.pass(std::time::Duration::from_millis(200));
    assert_eq!(lone.permitted(), before);
    compare(&mut lone, true);
    lone.pass(std::time::Duration::from_millis(200));
    let more = |of: (u64, u64)| (of.0 + 64 * 32, of.1 + 64);
    assert_eq!(lone.permitted(), before.map(more));
}

#[test]
fn a_cancelled_comparison_ends_at_once() {
    let mut lone = Lone::comparing(&[64 * GROUP_BYTES]);
    let before = lone.permitted();
    find(&mut lone);
    // The disk did not take them yet.
    let message = super::lone::encode(&[(1, 0, digests(0, 32))]);
    lone.endpoint.on_bulk(message, lone.now);
    lone.endpoint.cancel(id_of(1), Role::Receiver, lone.now);
    lone.drain();
    assert_eq!(comparisons(&lone), []);
    lone.pass(std::time::Duration::from_millis(200));
    let more = |of: (u64, u64)| (of.0 + 32 * 32, of.1 + 1);
    assert_eq!(lone.permitted(), before.map(more));
}

#[test]
fn a_sender_answers_with_digests_alone() {
    let size = 2 * GROUP_BYTES;
    let mut lone = Lone::sending(&[10, size]);
    lone.say(&ControlMessage::Credit {
        bytes: 16 << 20,
        messages: 256,
        arrived: 0,
        delay: None,
    });
    lone.say(&ControlMessage::Verify {
        id: id_of(1),
        entry: 0,
        to_verify: ToVerify::Entries { count: 2 },
    });
    for request in std::mem::take(&mut lone.disk) {
        if let DiskRequest::Read { read, length, .. } = request {
            let bytes = vec![0; usize::try_from(length).unwrap()];
            let pieces = vec![crate::Piece::Bytes(bytes.into())];
            lone.endpoint.on_read(read, Ok(pieces), lone.now);
        }
    }
    lone.drain();
    let message = lone.endpoint.poll_bulk(lone.now).unwrap();
    let message = crate::bulk::BulkMessage::decode(message).unwrap();
    let records: Vec<_> = message.records().map(|of| (of.entry, of.content)).collect();
    let hash = *blake3::hash(&[0; 10]).as_bytes();
    let whole = *blake3::hash(&vec![0; usize::try_from(size).unwrap()]).as_bytes();
    assert!(
        matches!(
            &records[..],
            [
                (0, Content::End { size: 10, hash: Some(first) }),
                (1, Content::Digests { first: 0, .. }),
                (1, Content::Digests { first: 1, .. }),
                (1, Content::End { hash: Some(second), .. }),
            ] if (*first, *second) == (hash, whole)
        ),
        "{records:?}"
    );
    let progress = lone.endpoint.progress(id_of(1), Role::Sender).unwrap();
    assert_eq!((progress.files_done, progress.files_present), (2, 2));
    // The receiver has another file: its content follows, and it does not count.
    lone.say(&ControlMessage::Want {
        id: id_of(1),
        entry: 1,
        wanted: Wanted::Count(Some(1)),
    });
    let progress = lone.endpoint.progress(id_of(1), Role::Sender).unwrap();
    assert_eq!((progress.files_done, progress.files_present), (1, 1));
    assert_eq!(progress.transferred, 10);
}
