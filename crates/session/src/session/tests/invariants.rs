use proptest::prelude::*;
use serde_json::json;

use super::harness::{
    Harness, LOCAL, disconnect, error, join, joined, network_changed, request_at, signal_as,
};
use crate::session::{Event, Status, outbox::MAX_FRAMES};

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

/// Our participant and the incarnation of the room, as numbers for [`id`].
type Membership = (u8, u8);

/// State of the application, which lags behind the session's.
#[derive(Default)]
struct Model {
    /// Of the last `joined` that was reported.
    membership: Option<Membership>,
    /// Signals by number, and what `membership` was when they were sent.
    signals: Vec<Option<Membership>>,
}

fn id(number: u8) -> String {
    format!("00000000-0000-4000-8000-0000000000{number:02}")
}

fn play(harness: &mut Harness, model: &mut Model, step: &Step) {
    match step {
        Step::Join(room) => harness.handle(join(&format!("room-{room}"))),
        Step::JoinElsewhere => {
            harness.handle(Event::Join(request_at("room-0", "https://b.example")))
        }
        Step::Leave => harness.handle(Event::Leave),
        Step::Signal => {
            let number = u32::try_from(model.signals.len()).unwrap();
            model.signals.push(model.membership);
            let (own, _) = model.membership.unwrap_or_default();
            harness.handle(signal_as(&id(own), number));
        }
        Step::Connected if harness.connection.is_some() => harness.connected(),
        Step::Joined { own, room } if harness.connection.is_some() => {
            harness.receive(&joined(&id(*own), &id(10 + *room)));
        }
        Step::Left if harness.connection.is_some() => harness.receive(&json!({ "type": "left" })),
        Step::Error(code) if harness.connection.is_some() => harness.receive(&error(code)),
        Step::Closed(code) => {
            if let Some(connection) = harness.connection.take() {
                harness.handle(Event::Closed(connection, disconnect(*code)));
            }
        }
        Step::NetworkChanged { gone } => {
            harness.handle(network_changed(gone.then_some(LOCAL).into_iter().collect()));
        }
        Step::Pass(duration) => harness.advance(u64::from(*duration)),
        _ => {}
    }
    if let (Step::Joined { own, room }, false) = (step, harness.messages.is_empty()) {
        model.membership = Some((*own, *room));
    }
}

fn is_stopped(status: &Status) -> bool {
    matches!(status, Status::Idle | Status::Refused { .. })
}

proptest! {
    // `Harness::handle` itself asserts: never a second connection, never a frame on another one.
    #[test]
    fn hold_under_any_sequence(steps in prop::collection::vec(step(), 1..200)) {
        let mut harness = Harness::new();
        let mut model = Model::default();
        let mut has_goal = false;
        let mut status = Status::Idle;
        for step in &steps {
            harness.clear_effects();
            play(&mut harness, &mut model, step);
            if matches!(step, Step::Join(_) | Step::JoinElsewhere) {
                has_goal = true;
            }
            if matches!(step, Step::Leave) {
                has_goal = false;
            }
            for reported in &harness.statuses {
                if let Status::Refused { .. } = reported {
                    prop_assert!(has_goal, "refused without a goal");
                    has_goal = false;
                }
                status = reported.clone();
            }
            // A session with a goal has a connection or a deadline.
            if has_goal {
                prop_assert!(harness.connection.is_some() || harness.session.deadline().is_some());
                prop_assert!(!is_stopped(&status), "{status:?}");
            } else {
                prop_assert!(is_stopped(&status), "{status:?}");
                prop_assert!(harness.messages.is_empty(), "after leaving: {:?}", harness.messages);
            }
            // Every connection has a deadline.
            if harness.connection.is_some() {
                prop_assert!(harness.session.deadline().is_some());
            }
            prop_assert!(harness.session.outbox.len() <= MAX_FRAMES);
            for frame in harness.sent.iter().filter(|frame| frame["type"] == "signal") {
                let number = frame["data"].as_u64().unwrap();
                let sent_in = model.signals[usize::try_from(number).unwrap()];
                prop_assert_eq!(sent_in, model.membership, "a signal reached another room");
            }
        }
    }

    #[test]
    fn a_server_that_never_answers_is_retried_for_ever(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut harness = Harness::new();
        let mut model = Model::default();
        for step in &steps {
            play(&mut harness, &mut model, step);
        }
        harness.handle(join("last"));
        harness.clear_effects();
        harness.advance(120_000);
        prop_assert!(harness.connected_to.len() >= 4, "{} attempts", harness.connected_to.len());
    }
}
