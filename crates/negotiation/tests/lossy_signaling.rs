//! Whatever the signaling channel, the network and the people do: afterwards both ends agree, and nothing that worked was
//! given up.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

mod network;

use maru_negotiation::{Event, Status};
use maru_protocol::SdpType;
use network::{Channel, Network};
use proptest::prelude::*;

const TRACKS: [&str; 4] = ["microphone", "camera", "screen", "screen-audio"];
/// After this, in milliseconds, nothing that happened before is an excuse.
const QUIET: u64 = 90_000;

#[derive(Debug, Clone)]
enum Step {
    Wait(u64),
    Track(usize, usize, bool),
    Restart(usize),
    /// For how long, in milliseconds.
    LoseSignals(usize, u64),
    CutPath(u64),
    Channel(usize, Channel),
    Junk(usize, Junk),
    Reload(usize, bool),
}

#[derive(Debug, Clone, Copy)]
struct Junk {
    kind: SdpType,
    /// It says that it is of another connection than the one there is.
    another: bool,
    text: &'static str,
}

impl Junk {
    fn sdp(self, session: u32) -> String {
        let session = if self.another { 900 } else { session };
        format!(
            "v=0\r\no=- {session} 9 IN IP4 127.0.0.1\r\na=fingerprint:sha-256 {session}\r\n{}",
            self.text
        )
    }
}

fn channel() -> impl Strategy<Value = Channel> {
    (
        1..600_u64,
        prop::option::of(0..1_500_u64),
        prop_oneof![Just(0), 0..3_000_u64],
    )
        .prop_map(|(delay, repeat_after, busy)| Channel {
            lost_until: 0,
            delay,
            repeat_after,
            busy,
        })
}

fn junk() -> impl Strategy<Value = Junk> {
    let kinds = prop_oneof![Just(SdpType::Offer), Just(SdpType::Answer)];
    let texts = prop_oneof![
        Just(""),
        Just("a=ice-ufrag:junk\r\n"),
        Just("a=x-offer:7\r\n"),
        Just("a=x-offer:-\r\na=ice-ufrag:\r\n"),
    ];
    (kinds, any::<bool>(), texts).prop_map(|(kind, another, text)| Junk {
        kind,
        another,
        text,
    })
}

fn step() -> impl Strategy<Value = Step> {
    let side = 0..2_usize;
    prop_oneof![
        4 => (0..9_000_u64).prop_map(Step::Wait),
        4 => (side.clone(), 0..TRACKS.len(), any::<bool>())
            .prop_map(|(side, track, on)| Step::Track(side, track, on)),
        1 => side.clone().prop_map(Step::Restart),
        1 => (side.clone(), 0..9_000_u64).prop_map(|(side, time)| Step::LoseSignals(side, time)),
        1 => (0..40_000_u64).prop_map(Step::CutPath),
        1 => (side.clone(), channel()).prop_map(|(side, channel)| Step::Channel(side, channel)),
        1 => (side, junk()).prop_map(|(side, junk)| Step::Junk(side, junk)),
    ]
}

fn reloads() -> impl Strategy<Value = Step> {
    (0..2_usize, any::<bool>()).prop_map(|(side, first)| Step::Reload(side, first))
}

fn take(network: &mut Network, step: &Step) {
    match *step {
        Step::Wait(time) => network.run(time),
        Step::Track(side, track, on) => network.set_track(side, TRACKS[track], on),
        Step::Restart(side) => network.feed(side, Event::RestartRequested),
        Step::LoseSignals(side, time) => {
            network.sides[side].channel.lost_until = network.now + time;
        }
        Step::CutPath(time) => network.cut_until = network.now + time,
        Step::Channel(side, channel) => network.sides[side].channel = channel,
        Step::Junk(side, junk) => {
            let session = network.sides[1 - side].connection.session();
            network.inject(side, junk.kind, junk.sdp(session));
        }
        Step::Reload(side, first) => network.reload(side, first),
    }
}

/// Both ends again with a path and a channel that do their work; a link that failed is tried again by a person.
fn settle(network: &mut Network) {
    network.cut_until = 0;
    for side in 0..2 {
        network.sides[side].channel = Channel {
            delay: 50,
            ..Channel::default()
        };
    }
    network.run(35_000);
    for side in 0..2 {
        if network.sides[side].negotiator.status() == Status::Failed {
            network.feed(side, Event::RestartRequested);
        }
    }
    network.run(QUIET);
}

fn network() -> impl Strategy<Value = Network> {
    let begins = prop_oneof![
        Just([true, false]),
        Just([false, true]),
        Just([true, true]),
        Just([false, false])
    ];
    (begins, [any::<u64>(), any::<u64>()]).prop_map(|(begins, seeds)| {
        let mut network = Network::new(begins, seeds);
        for side in 0..2 {
            network.sides[side].channel.delay = 50;
            for track in ["microphone", "camera"] {
                network.set_track(side, track, true);
            }
        }
        network
    })
}

fn check(mut network: Network, steps: &[Step]) -> Result<(), TestCaseError> {
    for step in steps {
        take(&mut network, step);
    }
    settle(&mut network);
    prop_assert_eq!(network.complaint(), None);
    for side in &network.sides {
        // Without IDs nobody can tell for certain.
        let misapplied = side.connection.misapplied && !network.without_ids;
        prop_assert!(!misapplied, "an answer to another offer was applied");
        // A few for each step, and one in three seconds while something was missing.
        let most = 10 * (steps.len() + 1) + usize::try_from(network.now / 3_000).unwrap();
        prop_assert!(side.sent <= most, "{} descriptions", side.sent);
    }
    Ok(())
}

impl std::fmt::Debug for Network {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Network").finish_non_exhaustive()
    }
}

proptest! {
    #[test]
    fn both_ends_agree_after_anything(
        network in network(),
        steps in prop::collection::vec(step(), 0..24),
    ) {
        check(network, &steps)?;
    }

    #[test]
    fn both_ends_agree_though_one_began_again(
        network in network(),
        before in prop::collection::vec(step(), 0..6),
        reload in reloads(),
        after in prop::collection::vec(step(), 0..6),
    ) {
        let steps: Vec<_> = before.into_iter().chain([reload]).chain(after).collect();
        check(network, &steps)?;
    }

    #[test]
    fn both_ends_agree_without_offer_ids_where_nothing_is_lost_or_repeated(
        network in network(),
        steps in prop::collection::vec(
            step().prop_filter("loses or repeats", |step| {
                !matches!(step, Step::Junk(..) | Step::Channel(..) | Step::LoseSignals(..))
            }),
            0..24,
        ),
    ) {
        let mut network = network;
        network.without_ids = true;
        check(network, &steps)?;
    }

    #[test]
    fn a_link_that_works_is_not_given_up_for_what_cannot_be_applied(
        network in network(),
        junk in prop::collection::vec((0..2_usize, junk(), 0..3_000_u64), 1..20),
        shared: bool,
    ) {
        let mut network = network;
        network.run(10_000);
        prop_assert_eq!(network.complaint(), None);
        for (side, junk, wait) in junk {
            if shared {
                let on = !network.sides[side].connection.wanted().contains("screen");
                network.set_track(side, "screen", on);
                // While the offer is out.
                network.run(20);
            }
            take(&mut network, &Step::Junk(side, junk));
            network.run(wait);
            for side in &network.sides {
                prop_assert_eq!(side.negotiator.status(), Status::Connected);
                prop_assert_eq!(side.given_up, 0);
            }
        }
        network.run(20_000);
        prop_assert_eq!(network.complaint(), None);
    }
}
