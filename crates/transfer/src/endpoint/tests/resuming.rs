//! Connections that end, programs that start again, disks that fail.

use super::{
    super::*,
    disk::{Node, Source},
    sending::{assert_received, pattern, source},
    world::World,
};

fn files() -> Source {
    source(vec![
        ("folder", Node::Folder),
        ("folder/a", Node::File(pattern(5 << 20, 1))),
        ("folder/b", Node::File(pattern(10, 2))),
        ("folder/c", Node::File(Vec::new())),
        ("folder/hole", Node::Hole(9 << 20)),
        ("d", Node::File(pattern((2 << 20) + 77, 3))),
    ])
}

#[test]
fn a_full_disk_pauses_until_it_has_room() {
    let mut world = World::new(1);
    world.connect();
    let id = world.offer(0, 1, files());
    for _ in 0..120 {
        world.step();
    }
    if let Some(destination) = world.sides[1].destinations.get_mut(&id) {
        destination.full = true;
    }
    world.run();
    for (side, role) in [(0, Role::Sender), (1, Role::Receiver)] {
        let progress = world.sides[side].endpoint.progress(id, role).unwrap();
        assert_eq!(progress.state, State::Paused);
    }
    world.mend(1, id);
    world.run();
    assert_received(&world, 1, id);
}

#[test]
fn what_is_durable_is_not_sent_again_after_a_restart() {
    let mut world = World::new(2);
    world.connect();
    let id = world.offer(0, 1, source(vec![("a", Node::File(pattern(24 << 20, 1)))]));
    while world.sides[1]
        .endpoint
        .progress(id, Role::Receiver)
        .is_none_or(|of| of.transferred < 20 << 20)
    {
        world.step();
    }
    while world.wait(std::time::Duration::from_secs(1))
        && world.sides[1].destinations[&id].durable_bytes() < 16 << 20
    {
        for _ in 0..50 {
            world.step();
        }
    }
    for side in [1, 0] {
        world.restart(side);
    }
    world.bulk_bytes = 0;
    let durable = world.sides[1].destinations[&id].durable_bytes();
    world.connect();
    world.run();
    assert_received(&world, 1, id);
    assert!(durable > 15 << 20, "{durable}");
    assert!(
        world.bulk_bytes < (9 << 20) + 10_000,
        "{}",
        world.bulk_bytes
    );
}

#[test]
fn nothing_is_sent_to_somebody_who_does_not_know_the_transfer() {
    let mut world = World::new(3);
    world.connect();
    let id = world.offer(0, 1, files());
    for _ in 0..60 {
        world.step();
    }
    world.disconnect();
    // Another person has taken the place of the receiver.
    world.sides[1].endpoint = World::new(4).sides.into_iter().next().unwrap().endpoint;
    world.sides[1].destinations.clear();
    world.bulk_bytes = 0;
    world.connect();
    world.run();
    assert_eq!(world.bulk_bytes, 0);
    let progress = world.sides[0].endpoint.progress(id, Role::Sender).unwrap();
    assert_eq!(progress.state, State::Waiting);
}

#[test]
fn a_silent_connection_is_given_up_after_ten_seconds() {
    let mut world = World::new(5);
    world.connect();
    let id = world.offer(0, 1, source(vec![("a", Node::File(pattern(30 << 20, 1)))]));
    for _ in 0..100 {
        world.step();
    }
    // The path is dead: time passes, and no message.
    let side = &mut world.sides[0];
    let start = world.now;
    let mut now = start;
    let mut closed = None;
    while closed.is_none() {
        now = side.endpoint.poll_timeout().unwrap().max(now);
        assert!(now - start < std::time::Duration::from_secs(11), "given up");
        side.endpoint.on_timeout(now);
        while let Some(output) = side.endpoint.poll_output(now) {
            if let Output::Close(reason) = output {
                closed = Some((reason, now));
            }
        }
        while side.endpoint.poll_bulk(now).is_some() {}
    }
    let (reason, at) = closed.unwrap();
    assert_eq!(reason, CloseReason::Silent);
    assert!(at - start >= std::time::Duration::from_secs(9));
    assert!(
        side.endpoint.progress(id, Role::Sender).is_some(),
        "it goes on later"
    );
}
