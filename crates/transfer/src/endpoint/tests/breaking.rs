//! Whatever breaks, no byte is lost or altered, and every transfer ends on both sides.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::{
    super::*,
    disk::{Node, Source},
    sending::{assert_received, pattern, source},
    world::World,
};

static FILES: LazyLock<Source> = LazyLock::new(|| {
    source(vec![
        ("folder", Node::Folder),
        ("folder/a", Node::File(pattern((3 << 20) + 5, 1))),
        ("folder/b", Node::File(pattern(10, 2))),
        ("folder/c", Node::File(Vec::new())),
        ("folder/hole", Node::Hole(5 << 20)),
        ("d", Node::File(pattern((1 << 20) + 77, 3))),
    ])
});

#[derive(Debug, Clone)]
enum Break {
    Disconnect,
    Restart(usize),
    MeetAgain,
    FullDisk(usize),
    Pause(usize, Role),
    Wait,
}

fn breaks() -> impl Strategy<Value = Vec<(usize, Break)>> {
    let role = prop_oneof![Just(Role::Sender), Just(Role::Receiver)];
    let kind = prop_oneof![
        2 => Just(Break::Disconnect),
        1 => (0..2_usize).prop_map(Break::Restart),
        2 => Just(Break::MeetAgain),
        1 => (0..2_usize).prop_map(Break::FullDisk),
        2 => (0..2_usize, role).prop_map(|(side, role)| Break::Pause(side, role)),
        1 => Just(Break::Wait),
    ];
    // Most of a transfer takes 300 steps; its beginning takes 20.
    let steps = prop_oneof![0..20_usize, 0..150_usize];
    prop::collection::vec((steps, kind), 0..8)
}

/// Transfers by their sender.
fn apply(world: &mut World, transfers: &[(usize, TransferId)], kind: &Break) {
    match kind {
        Break::Disconnect => world.disconnect(),
        Break::Restart(side) => world.restart(*side),
        Break::MeetAgain => world.meet_again(),
        Break::FullDisk(side) => {
            for (from, id) in transfers.iter().filter(|(from, _)| 1 - from == *side) {
                let Some(destination) = world.sides[1 - from].destinations.get_mut(id) else {
                    continue;
                };
                destination.full = true;
                for _ in 0..30 {
                    world.step();
                }
                world.mend(1 - from, *id);
            }
        }
        Break::Pause(side, role) => {
            for paused in [true, false] {
                for (_, id) in transfers {
                    let now = world.now;
                    let endpoint = &mut world.sides[*side].endpoint;
                    endpoint.set_paused(*id, *role, paused, now);
                }
                for _ in 0..20 {
                    world.step();
                }
            }
        }
        Break::Wait => {
            world.wait(std::time::Duration::from_secs(1));
        }
    }
    if !world.connected {
        world.connect();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]
    #[test]
    fn no_byte_is_lost_or_altered_whatever_breaks(
        seed in any::<u64>(),
        breaks in breaks(),
        directions in prop::collection::vec(0..2_usize, 1..4),
    ) {
        let mut world = World::new(seed);
        world.in_flight = 24;
        let transfers: Vec<(usize, TransferId)> = (1..)
            .zip(&directions)
            .map(|(id, from)| (*from, world.offer(*from, id, FILES.clone())))
            .collect();
        world.connect();
        for (steps, kind) in &breaks {
            for _ in 0..*steps {
                world.step();
            }
            apply(&mut world, &transfers, kind);
        }
        world.run();
        for (from, id) in transfers {
            assert_received(&world, 1 - from, id);
        }
    }

    #[test]
    fn a_broken_connection_costs_what_was_in_flight(
        seed in any::<u64>(),
        breaks in prop::collection::vec(0..120_usize, 0..6),
    ) {
        let mut world = World::new(seed);
        let id = world.offer(0, 1, FILES.clone());
        world.connect();
        for steps in &breaks {
            for _ in 0..*steps {
                world.step();
            }
            world.disconnect();
            world.connect();
        }
        world.run();
        assert_received(&world, 1, id);
        // 4 MiB, and for each break the groups of which some bytes were in flight: 8 messages are of at most 2.
        let most = (4 << 20) + 100_000 + breaks.len() as u64 * (3 << 20);
        prop_assert!(world.bulk_bytes <= most, "{}", world.bulk_bytes);
    }

    #[test]
    fn a_cancellation_ends_it_on_both_sides_whatever_breaks(
        seed in any::<u64>(),
        breaks in breaks(),
        side in 0..2_usize,
        steps in 0..200_usize,
    ) {
        let mut world = World::new(seed);
        let id = world.offer(0, 1, FILES.clone());
        world.connect();
        for _ in 0..steps {
            world.step();
        }
        let role = [Role::Sender, Role::Receiver][side];
        let now = world.now;
        let accepted = |of: &Event| matches!(of, Event::Accepted(..));
        let is_accepted = world.sides[0].events.iter().any(accepted);
        world.sides[side].endpoint.cancel(id, role, now);
        for (steps, kind) in &breaks {
            for _ in 0..*steps {
                world.step();
            }
            // The disk of what is over needs no mending. A sender that is restarted forgets an offer that nobody accepted.
            let forgets = matches!(kind, Break::MeetAgain | Break::Restart(0)) && !is_accepted;
            if !matches!(kind, Break::FullDisk(_)) && !forgets {
                apply(&mut world, &[(0, id)], kind);
            }
        }
        world.run();
        for at in &world.sides {
            prop_assert!(at.endpoint.progress(id, Role::Sender).is_none());
            prop_assert!(at.endpoint.progress(id, Role::Receiver).is_none());
            prop_assert!(at.closed.is_empty());
        }
    }
}
