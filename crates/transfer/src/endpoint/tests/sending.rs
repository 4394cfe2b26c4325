//! Whole transfers without trouble, and with what people do.

use proptest::prelude::*;

use super::{
    super::*,
    disk::{Node, Source},
    world::World,
};

pub(super) fn pattern(length: usize, seed: usize) -> Vec<u8> {
    (0..length)
        .map(|at| u8::try_from((at * 31 + at / 251 + seed * 7) % 256).unwrap())
        .collect()
}

pub(super) fn source(nodes: Vec<(&str, Node)>) -> Source {
    Source {
        nodes: nodes
            .into_iter()
            .map(|(path, node)| (path.to_owned(), node))
            .collect(),
        ..Source::default()
    }
}

/// What a person finds, with holes as zeros.
fn plain(nodes: &[(String, Node)]) -> Vec<(String, Node)> {
    let plain = |node: &Node| match node {
        Node::Hole(size) => Node::File(vec![0; usize::try_from(*size).unwrap()]),
        other => other.clone(),
    };
    nodes
        .iter()
        .map(|(path, node)| (path.clone(), plain(node)))
        .collect()
}

pub(super) fn assert_received(world: &World, to: usize, id: TransferId) {
    let from = &world.sides[1 - to];
    let received = world.sides[to].destinations[&id].nodes();
    assert!(world.sides[to].destinations[&id].concluded, "concluded");
    assert!(
        plain(&from.sources[&id].nodes) == plain(&received),
        "the same content"
    );
    assert_eq!(world.sides[to].outcome(id), Some(&Outcome::Done));
    assert_eq!(from.outcome(id), Some(&Outcome::Done), "the sender knows");
    assert_eq!(world.sides[0].closed, []);
    assert_eq!(world.sides[1].closed, []);
}

#[test]
fn files_of_all_sizes_at_the_boundaries_arrive() {
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
    let mut nodes = vec![("folder", Node::Folder), ("folder/empty", Node::Folder)];
    let names: Vec<String> = sizes.iter().map(|size| format!("folder/{size}")).collect();
    for (name, size) in names.iter().zip(sizes) {
        nodes.push((name, Node::File(pattern(size, size))));
    }
    let mut world = World::new(1);
    world.connect();
    let id = world.offer(0, 1, source(nodes));
    world.run();
    assert_received(&world, 1, id);
}

#[test]
fn a_folder_of_empty_files_alone_arrives() {
    let mut world = World::new(1);
    world.connect();
    let empty = || Node::File(Vec::new());
    let nodes = vec![("f", Node::Folder), ("f/a", empty()), ("f/b", empty())];
    let id = world.offer(0, 1, source(nodes));
    world.run();
    assert_received(&world, 1, id);
}

#[test]
fn a_hole_takes_few_messages() {
    let mut world = World::new(2);
    world.connect();
    let id = world.offer(0, 1, source(vec![("hole", Node::Hole(200 << 20))]));
    world.run();
    assert_received(&world, 1, id);
    assert!(world.bulk_bytes < 100_000, "{}", world.bulk_bytes);
}

#[test]
fn thousands_of_files_need_many_manifest_messages() {
    let names: Vec<String> = (0..3_000).map(|at| format!("photos/{at}.jpg")).collect();
    let mut nodes = vec![("photos", Node::Folder)];
    nodes.extend(
        names
            .iter()
            .enumerate()
            .map(|(at, name)| (name.as_str(), Node::File(pattern(at % 50, at)))),
    );
    let mut world = World::new(3);
    world.connect();
    let id = world.offer(1, 1, source(nodes));
    world.run();
    assert_received(&world, 0, id);
}

#[test]
fn both_directions_and_several_transfers_run_at_once() {
    let mut world = World::new(4);
    world.connect();
    let ids: Vec<(usize, TransferId)> = (0..4u8)
        .map(|at| {
            let from = usize::from(at % 2);
            let content = Node::File(pattern(1_500_000, at.into()));
            (
                1 - from,
                world.offer(from, at + 1, source(vec![("x", content)])),
            )
        })
        .collect();
    world.run();
    for (to, id) in ids {
        assert_received(&world, to, id);
    }
}

#[test]
fn a_file_that_cannot_be_read_fails_alone() {
    let mut world = World::new(5);
    world.connect();
    let mut files = source(vec![
        ("a", Node::File(pattern(100, 1))),
        ("b", Node::File(pattern(3 << 20, 2))),
        ("c", Node::File(pattern(100, 3))),
    ]);
    files.broken.insert(1, Code::Changed);
    let id = world.offer(0, 1, files);
    world.run();
    for (side, role) in [(0, Role::Sender), (1, Role::Receiver)] {
        let failed = Event::EntryFailed {
            id,
            role,
            entry: 1,
            code: Open::Known(Code::Changed),
        };
        assert!(world.sides[side].events.contains(&failed));
        assert_eq!(world.sides[side].outcome(id), Some(&Outcome::Done));
    }
    let nodes = world.sides[1].destinations[&id].nodes();
    assert_eq!(nodes[0].1, Node::File(pattern(100, 1)));
    assert_eq!(nodes[2].1, Node::File(pattern(100, 3)));
}

#[test]
fn a_declined_offer_is_over_on_both_sides() {
    let mut world = World::new(6);
    world.sides[1].accepts = false;
    world.connect();
    let id = world.offer(0, 1, source(vec![("a", Node::File(pattern(100, 1)))]));
    world.run();
    assert!(world.sides[1].events.contains(&Event::Offered(id)));
    let now = world.now;
    world.sides[1].endpoint.decline(id, Code::Declined, now);
    world.run();
    let declined = Outcome::Declined(Open::Known(Code::Declined));
    assert_eq!(world.sides[0].outcome(id), Some(&declined));
    assert_eq!(world.sides[1].outcome(id), Some(&declined));
}

#[test]
fn a_pause_of_either_side_stops_the_bytes_and_loses_none() {
    for side in 0..2 {
        let role = [Role::Sender, Role::Receiver][side];
        let mut world = World::new(7);
        world.connect();
        let content = Node::File(pattern(8 << 20, 1));
        let id = world.offer(0, 1, source(vec![("a", content)]));
        for _ in 0..200 {
            world.step();
        }
        let now = world.now;
        world.sides[side].endpoint.set_paused(id, role, true, now);
        world.run();
        let before = world.bulk_bytes;
        world.run();
        assert_eq!(world.bulk_bytes, before, "nothing is sent");
        assert!(world.sides[1].outcome(id).is_none());
        let state = world.sides[1 - side].endpoint.progress(id, role.partner());
        assert_eq!(state.map(|of| of.state), Some(State::Paused));
        let now = world.now;
        world.sides[side].endpoint.set_paused(id, role, false, now);
        world.run();
        assert_received(&world, 1, id);
    }
}

#[test]
fn a_cancellation_of_either_side_ends_it() {
    for side in 0..2 {
        let role = [Role::Sender, Role::Receiver][side];
        let mut world = World::new(8);
        world.connect();
        let content = Node::File(pattern(8 << 20, 1));
        let id = world.offer(0, 1, source(vec![("a", content)]));
        for _ in 0..200 {
            world.step();
        }
        let now = world.now;
        world.sides[side].endpoint.cancel(id, role, now);
        world.run();
        for at in 0..2 {
            let code = Open::Known(Code::Cancelled);
            let by_partner = at != side;
            let expected = Outcome::Cancelled { by_partner, code };
            assert_eq!(world.sides[at].outcome(id), Some(&expected));
            assert_eq!(world.sides[at].closed, []);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whatever_is_offered_arrives(
        seed in any::<u64>(),
        sizes in proptest::collection::vec(prop_oneof![0..5_000usize, 0..3_000_000usize], 1..12),
    ) {
        let names: Vec<String> = (0..sizes.len()).map(|at| format!("{at}")).collect();
        let nodes = names
            .iter()
            .zip(&sizes)
            .map(|(name, size)| (name.as_str(), Node::File(pattern(*size, *size))))
            .collect();
        let mut world = World::new(seed);
        world.connect();
        let id = world.offer(0, 1, source(nodes));
        world.run();
        assert_received(&world, 1, id);
    }
}
