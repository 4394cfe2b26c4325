use proptest::prelude::*;
use serde_json::json;

use super::world::{LOCAL, World, error, join, joined, loss, request_at, signal_as};
use crate::signaling::session::{Event, Status, outbox::MAX_FRAMES};

#[derive(Debug, Clone)]
enum Step {
    Join(u8),
    JoinElsewhere,
    Leave,
    Signal,
    Connected,
    Joined { own: u8, room: u8 },
    Left,
    Error(&'static str),
    Closed(Option<u16>),
    NetworkChanged { gone: bool },
    Pass(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..3u8).prop_map(Step::Join),
        Just(Step::JoinElsewhere),
        Just(Step::Leave),
        Just(Step::Signal),
        Just(Step::Connected),
        Just(Step::Connected),
        (0..2u8, 0..2u8).prop_map(|(own, room)| Step::Joined { own, room }),
        (0..2u8, 0..2u8).prop_map(|(own, room)| Step::Joined { own, room }),
        Just(Step::Left),
        prop::sample::select(vec![
            "room-full",
            "shutting-down",
            "rate-limited",
            "replaced",
            "not-joined"
        ])
        .prop_map(Step::Error),
        prop::sample::select(vec![None, Some(1006), Some(4453), Some(1012)]).prop_map(Step::Closed),
        any::<bool>().prop_map(|gone| Step::NetworkChanged { gone }),
        (0..20_000u16).prop_map(Step::Pass),
    ]
}

/// What the test knows beside the session: which life of which room was last told, and what was said in it.
#[derive(Default)]
struct Model {
    life: Option<(u8, u8)>,
    said: Vec<(u32, Option<(u8, u8)>)>,
}

fn id(number: u8) -> String {
    format!("00000000-0000-4000-8000-0000000000{number:02}")
}

fn play(world: &mut World, model: &mut Model, step: &Step) {
    match step {
        Step::Join(room) => world.feed(join(&format!("room-{room}"))),
        Step::JoinElsewhere => world.feed(Event::Join(request_at("room-0", "https://b.example"))),
        Step::Leave => world.feed(Event::Leave),
        Step::Signal => {
            let number = u32::try_from(model.said.len()).unwrap();
            model.said.push((number, model.life));
            let (own, _) = model.life.unwrap_or_default();
            world.feed(signal_as(&id(own), number));
        }
        Step::Connected if world.connection.is_some() => world.connected(),
        Step::Joined { own, room } if world.connection.is_some() => {
            world.receive(&joined(&id(*own), &id(10 + *room)));
        }
        Step::Left if world.connection.is_some() => world.receive(&json!({ "type": "left" })),
        Step::Error(code) if world.connection.is_some() => world.receive(&error(code)),
        Step::Closed(code) => {
            if let Some(connection) = world.connection.take() {
                world.feed(Event::Closed(connection, loss(*code)));
            }
        }
        Step::NetworkChanged { gone } => {
            world.feed(Event::NetworkChanged(
                gone.then_some(LOCAL).into_iter().collect(),
            ));
        }
        Step::Pass(duration) => world.pass(u64::from(*duration)),
        _ => {}
    }
    if let (Step::Joined { own, room }, false) = (step, world.messages.is_empty()) {
        model.life = Some((*own, *room));
    }
}

fn ended(status: &Status) -> bool {
    matches!(status, Status::Idle | Status::Refused { .. })
}

proptest! {
    // `World::feed` itself asserts: never two connections, never a frame to a socket that is not the one.
    #[test]
    fn hold_under_any_sequence(steps in prop::collection::vec(step(), 1..200)) {
        let mut world = World::new();
        let mut model = Model::default();
        let mut wanted = false;
        let mut status = Status::Idle;
        for step in &steps {
            world.forget();
            play(&mut world, &mut model, step);
            if matches!(step, Step::Join(_) | Step::JoinElsewhere) {
                wanted = true;
            }
            if matches!(step, Step::Leave) {
                wanted = false;
            }
            for told in &world.statuses {
                if let Status::Refused { .. } = told {
                    prop_assert!(wanted, "refused without a wish");
                    wanted = false;
                }
                status = told.clone();
            }
            // Whoever wants to be in a room is, or is on the way and has a wake-up for it.
            if wanted {
                prop_assert!(world.connection.is_some() || world.session.next_wake().is_some());
                prop_assert!(!ended(&status), "{status:?}");
            } else {
                prop_assert!(ended(&status), "{status:?}");
                prop_assert!(world.messages.is_empty(), "after leaving: {:?}", world.messages);
            }
            // A connection that is not yet sound has a deadline.
            if world.connection.is_some() {
                prop_assert!(world.session.next_wake().is_some());
            }
            prop_assert!(world.session.outbox.len() <= MAX_FRAMES);
            for frame in world.sent.iter().filter(|frame| frame["type"] == "signal") {
                let number = frame["data"].as_u64().unwrap();
                let (_, life) = model.said[usize::try_from(number).unwrap()];
                prop_assert_eq!(life, model.life, "a signal crossed into another life");
            }
        }
    }

    #[test]
    fn a_lost_socket_always_ends_in_a_try_or_a_refusal(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut world = World::new();
        let mut model = Model::default();
        for step in &steps {
            play(&mut world, &mut model, step);
        }
        world.feed(join("last"));
        world.forget();
        // A server that never answers: every try ends in another one.
        world.pass(120_000);
        prop_assert!(world.connected_to.len() >= 4, "{} tries", world.connected_to.len());
    }
}
