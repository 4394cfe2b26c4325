use proptest::prelude::*;
use serde::Deserialize;

use super::*;

const MILLISECOND: Duration = Duration::from_millis(1);
/// How often the tests look at the clock, in milliseconds.
const TICK: u64 = 100;

#[derive(Deserialize)]
struct Vector {
    name: String,
    polite: bool,
    seed: f64,
    events: Vec<(u64, String)>,
    until: u64,
    restarts: Vec<u64>,
    status: String,
    detail: String,
}

fn event_named(name: &str) -> RecoveryEvent {
    match name {
        "connected" => RecoveryEvent::Transport(Transport::Connected),
        "silent" => RecoveryEvent::Transport(Transport::Disconnected),
        "failed" => RecoveryEvent::Transport(Transport::Failed),
        "answered" => RecoveryEvent::DescriptionApplied { restarted: false },
        "answered-restart" => RecoveryEvent::DescriptionApplied { restarted: true },
        "restart" => RecoveryEvent::RestartRequested,
        "broken" => RecoveryEvent::NegotiationFailed("broken".into()),
        other => unreachable!("{other}"),
    }
}

#[test]
fn the_vectors_shared_with_the_webview_engine() {
    let vectors: Vec<Vector> =
        serde_json::from_str(include_str!("../../vectors/recovery.json")).unwrap();
    assert!(!vectors.is_empty());
    for vector in vectors {
        let start = Instant::now();
        let mut recovery = Recovery::new(start, vector.seed);
        let mut restarts = Vec::new();
        let mut events = vector.events.iter().peekable();
        for at in 0..=vector.until {
            let now = start + MILLISECOND * u32::try_from(at).unwrap();
            while let Some((_, name)) = events.next_if(|(due, _)| *due <= at) {
                if recovery.step(event_named(name), now, vector.polite) {
                    restarts.push(at);
                }
            }
            if at % TICK == 0 && recovery.step(RecoveryEvent::Timeout, now, vector.polite) {
                restarts.push(at);
            }
        }
        let status = format!("{:?}", recovery.status).to_lowercase();
        assert_eq!(restarts, vector.restarts, "{}", vector.name);
        assert_eq!(status, vector.status.as_str(), "{}", vector.name);
        assert_eq!(recovery.detail, vector.detail, "{}", vector.name);
    }
}

/// Connectivity checks after a restart.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Checks {
    /// As ICE has them: they continue until the next restart, or until ICE fails.
    Continuing,
    /// The worst case, a computer too busy to check again: a restart finds the path only if it is there when the exchange
    /// is over.
    Once,
}

/// Two ends of a link, the signaling between them, and a path that is cut. Each restart undoes what the one before found.
struct Model {
    checks: Checks,
    sides: [Recovery; 2],
    start: Instant,
    /// Of a signal, in milliseconds.
    delay: u64,
    /// An offer: whose, and when its answer is back. One more while it is pending is the same offer again.
    exchange: Option<(usize, u64)>,
    /// When the checks of the last exchange find a path.
    found: Option<u64>,
    connected: bool,
    restarts: usize,
}

/// From an answer to a selected pair, in milliseconds: some checks and their answers.
const CHECKS: u64 = 400;
/// Of silence until a transport says so, and fails, in milliseconds.
const SILENT: u64 = 1500;
const FAILED: u64 = 16_500;

impl Model {
    fn connected(checks: Checks, seeds: [f64; 2], delay: u64) -> Self {
        let start = Instant::now();
        let mut sides = seeds.map(|seed| Recovery::new(start, seed));
        for (side, polite) in sides.iter_mut().zip([false, true]) {
            side.step(
                RecoveryEvent::Transport(Transport::Connected),
                start,
                polite,
            );
        }
        Self {
            checks,
            sides,
            start,
            delay,
            exchange: None,
            found: None,
            connected: true,
            restarts: 0,
        }
    }

    fn tell(&mut self, event: &RecoveryEvent, at: u64) {
        let now = self.start + MILLISECOND * u32::try_from(at).unwrap();
        for side in 0..2 {
            if !self.sides[side].step(event.clone(), now, side == 1) {
                continue;
            }
            self.restarts += 1;
            // Of two offers that cross, the impolite side's stands.
            if self
                .exchange
                .is_none_or(|(whose, _)| whose == 1 && side == 0)
            {
                self.exchange = Some((side, at + 2 * self.delay));
            }
        }
    }

    /// Cuts the path for `cut` milliseconds; how long after that both are connected.
    fn cut(&mut self, cut: u64) -> Option<u64> {
        if self.checks == Checks::Continuing && cut < FAILED {
            self.found = Some(cut + CHECKS);
        }
        for at in (0..cut + 60_000).step_by(50) {
            if at == SILENT {
                self.connected = false;
                self.tell(&RecoveryEvent::Transport(Transport::Disconnected), at);
            }
            if at == FAILED && !self.connected {
                self.tell(&RecoveryEvent::Transport(Transport::Failed), at);
            }
            if let Some((_, answered)) = self.exchange
                && at >= answered
            {
                self.exchange = None;
                self.found = match self.checks {
                    Checks::Continuing => Some(at.max(cut) + CHECKS),
                    Checks::Once => (at >= cut).then_some(at + CHECKS),
                };
                self.tell(&RecoveryEvent::DescriptionApplied { restarted: true }, at);
            }
            if self.found.is_some_and(|found| at >= found) {
                self.tell(&RecoveryEvent::Transport(Transport::Connected), at);
                return Some(at.saturating_sub(cut));
            }
            self.tell(&RecoveryEvent::Timeout, at);
        }
        None
    }
}

proptest! {
    #[test]
    fn a_path_that_was_cut_for_any_time_is_in_use_again_within_three_seconds_or_six_if_checks_do_not_continue(
        checks in prop_oneof![Just((Checks::Continuing, 3_000)), Just((Checks::Once, 6_000))],
        cut in 5_000..120_000_u64,
        seeds in [0.0..1.0_f64, 0.0..1.0],
        delay in 5..200_u64,
    ) {
        let (checks, limit) = checks;
        let mut model = Model::connected(checks, seeds, delay);
        let back = model.cut(cut / 50 * 50);
        prop_assert!(back.is_some_and(|after| after <= limit), "{back:?}");
        // Of both together: one in two seconds.
        let most = usize::try_from(cut / 2_000).unwrap() + 4;
        prop_assert!(model.restarts <= most, "{}", model.restarts);
    }

    #[test]
    fn whatever_happens_a_link_that_was_connected_is_tried_again_within_five_seconds(
        events in prop::collection::vec((0..7_usize, 0..20_000_u64), 0..40),
        seed in 0.0..1.0_f64,
        polite: bool,
    ) {
        let names = ["connected", "silent", "failed", "answered", "answered-restart", "restart", "broken"];
        let mut now = Instant::now();
        let mut recovery = Recovery::new(now, seed);
        for (event, wait) in events {
            recovery.step(event_named(names[event]), now, polite);
            now += MILLISECOND * u32::try_from(wait).unwrap();
        }
        let ticks = |recovery: &mut Recovery, now: Instant| -> Vec<u64> {
            (0..1_200_u64)
                .map(|tick| tick * TICK)
                .filter(|at| {
                    let now = now + MILLISECOND * u32::try_from(*at).unwrap();
                    recovery.step(RecoveryEvent::Timeout, now, polite)
                })
                .collect()
        };
        let restarts = ticks(&mut recovery, now);
        match recovery.status {
            Status::Reconnecting => {
                prop_assert!(restarts.first().is_some_and(|at| *at <= 5_000), "{restarts:?}");
                prop_assert!(restarts.windows(2).all(|two| two[1] - two[0] <= 5_000), "{restarts:?}");
                prop_assert!(restarts.windows(2).all(|two| two[1] - two[0] >= 3_000), "{restarts:?}");
            }
            Status::Connected | Status::Failed => prop_assert!(restarts.len() <= 1),
            other => prop_assert!(false, "{other:?} after two minutes"),
        }
    }
}
