//! Whatever arrives, in whatever order and at whatever time: the sound card gets its samples and memory stays
//! bounded.

use std::time::Duration;

use maru_audio::{Ask, Packet, Playout};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Event {
    Arrives {
        sequence: u16,
        timestamp: u32,
        duration: u32,
        length: usize,
        fec: bool,
        silent: bool,
    },
    /// The next of an ordinary stream, after leaving some out.
    Next {
        lost: u16,
    },
    Repeats,
    Plays {
        block: usize,
    },
    Waits {
        milliseconds: u64,
    },
    /// The clock jumps back: it must not, but a bug elsewhere is no reason to go down.
    Rewinds {
        milliseconds: u64,
    },
}

fn event() -> impl Strategy<Value = Event> {
    let timestamp = prop_oneof![
        any::<u32>(),
        Just(0),
        Just(u32::MAX),
        Just(1 << 31),
        Just((1 << 31) - 1),
        0..200_000u32,
        (u32::MAX - 100_000)..u32::MAX
    ];
    let duration = prop_oneof![
        Just(960u32),
        Just(120),
        Just(5760),
        Just(0),
        Just(1),
        any::<u32>(),
        1..6000u32
    ];
    prop_oneof![
        2 => (any::<u16>(), timestamp, duration, 0..20_000usize, any::<bool>(), any::<bool>()).prop_map(
            |(sequence, timestamp, duration, length, fec, silent)| Event::Arrives {
                sequence, timestamp, duration, length, fec, silent
            }
        ),
        8 => (0..4u16).prop_map(|lost| Event::Next { lost }),
        1 => Just(Event::Repeats),
        8 => prop_oneof![Just(480usize), Just(0), Just(1), 1..9000usize].prop_map(|block| Event::Plays { block }),
        4 => prop_oneof![Just(10u64), 0..50u64, 0..5_000u64, Just(400_000_000)].prop_map(|milliseconds| Event::Waits { milliseconds }),
        1 => (0..5_000u64).prop_map(|milliseconds| Event::Rewinds { milliseconds }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn never_panics_and_always_fills(
        events in proptest::collection::vec(event(), 0..400),
        first in (any::<u16>(), any::<u32>()),
        // A decoder that returns too much, too little, or nothing.
        generosity in 0..4usize,
    ) {
        let mut playout = Playout::default();
        let mut now = 0u64;
        let (mut sequence, mut timestamp) = first;
        let mut last: Option<Packet> = None;
        let mut out = vec![0.0f32; 9000];
        for event in events {
            let packet = match event {
                Event::Waits { milliseconds } => { now += milliseconds; None }
                Event::Rewinds { milliseconds } => { now = now.saturating_sub(milliseconds); None }
                Event::Plays { block } => {
                    let out = &mut out[..block];
                    out.fill(f32::NAN);
                    let mut asked = 0;
                    playout.pull(Duration::from_millis(now), out, |ask, sound| {
                        let samples = match ask {
                            Ask::Decode(_) => 960,
                            Ask::Recover { samples, .. } | Ask::Conceal { samples } => samples,
                        };
                        asked += samples;
                        sound.extend(std::iter::repeat_n(0.1, samples * generosity / 2));
                    });
                    prop_assert!(out.iter().all(|sample| sample.is_finite()), "filled");
                    // One block, a window, and the longest packet: what is decoded is bounded.
                    prop_assert!(asked <= 2 * block + 4 * 5760, "{asked} for {block}");
                    now += u64::try_from(block).unwrap_or(0) / 48;
                    None
                }
                Event::Repeats => last.clone(),
                Event::Next { lost } => {
                    sequence = sequence.wrapping_add(1 + lost);
                    timestamp = timestamp.wrapping_add(960 * (1 + u32::from(lost)));
                    Some(Packet { sequence, timestamp, duration: 960, fec: lost == 1, silent: lost == 3, payload: vec![1, 2, 3] })
                }
                Event::Arrives { sequence, timestamp, duration, length, fec, silent } => {
                    Some(Packet { sequence, timestamp, duration, fec, silent, payload: vec![0; length] })
                }
            };
            if let Some(packet) = packet {
                last = Some(packet.clone());
                playout.insert(Duration::from_millis(now), packet);
            }
            prop_assert!(playout.held() <= 100, "{} packets", playout.held());
            prop_assert!(playout.ready() <= 9000 + 3 * 5760, "{} samples", playout.ready());
            prop_assert!((960..=48_000 + 9000).contains(&playout.target_delay()));
        }
    }
}
