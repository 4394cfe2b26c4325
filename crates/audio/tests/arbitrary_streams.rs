//! Arbitrary packets in any order and at any time: every request for samples is filled and memory stays bounded.

use std::time::Duration;

use maru_audio::{DecodeRequest, JitterBuffer, Packet};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Event {
    Packet {
        sequence: u16,
        timestamp: u32,
        duration: u32,
        length: usize,
        fec: bool,
        dtx: bool,
    },
    /// The next packet of a valid stream, after `lost` missing ones.
    Next {
        lost: u16,
    },
    Duplicate,
    Pull {
        block: usize,
    },
    Wait {
        milliseconds: u64,
    },
    /// The clock jumps back. It never should, but must not cause a panic.
    Rewind {
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
            |(sequence, timestamp, duration, length, fec, dtx)| Event::Packet {
                sequence, timestamp, duration, length, fec, dtx
            }
        ),
        8 => (0..4u16).prop_map(|lost| Event::Next { lost }),
        1 => Just(Event::Duplicate),
        8 => prop_oneof![Just(480usize), Just(0), Just(1), 1..9000usize].prop_map(|block| Event::Pull { block }),
        4 => prop_oneof![Just(10u64), 0..50u64, 0..5_000u64, Just(400_000_000)].prop_map(|milliseconds| Event::Wait { milliseconds }),
        1 => (0..5_000u64).prop_map(|milliseconds| Event::Rewind { milliseconds }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_request_is_filled(
        events in proptest::collection::vec(event(), 0..400),
        first in (any::<u16>(), any::<u32>()),
        // Halves of the requested samples that the decoder returns: none, too few, all, or too many.
        returned_halves in 0..4usize,
    ) {
        let mut jitter_buffer = JitterBuffer::default();
        let mut now = 0u64;
        let (mut sequence, mut timestamp) = first;
        let mut last: Option<Packet> = None;
        let mut out = vec![0.0f32; 9000];
        for event in events {
            let packet = match event {
                Event::Wait { milliseconds } => { now += milliseconds; None }
                Event::Rewind { milliseconds } => { now = now.saturating_sub(milliseconds); None }
                Event::Pull { block } => {
                    let out = &mut out[..block];
                    out.fill(f32::NAN);
                    let mut requested = 0;
                    jitter_buffer.pull(Duration::from_millis(now), out, |request, audio| {
                        let samples = match request {
                            DecodeRequest::Decode(_) => 960,
                            DecodeRequest::DecodeFec { samples, .. } | DecodeRequest::Conceal { samples } => samples,
                        };
                        requested += samples;
                        audio.extend(std::iter::repeat_n(0.1, samples * returned_halves / 2));
                    });
                    prop_assert!(out.iter().all(|sample| sample.is_finite()), "not filled");
                    // Decoding is bounded by one block, a window of time-stretching and the longest packet.
                    prop_assert!(requested <= 2 * block + 4 * 5760, "{requested} for {block}");
                    now += u64::try_from(block).unwrap_or(0) / 48;
                    None
                }
                Event::Duplicate => last.clone(),
                Event::Next { lost } => {
                    sequence = sequence.wrapping_add(1 + lost);
                    timestamp = timestamp.wrapping_add(960 * (1 + u32::from(lost)));
                    Some(Packet { sequence, timestamp, duration: 960, fec: lost == 1, dtx: lost == 3, payload: vec![1, 2, 3] })
                }
                Event::Packet { sequence, timestamp, duration, length, fec, dtx } => {
                    Some(Packet { sequence, timestamp, duration, fec, dtx, payload: vec![0; length] })
                }
            };
            if let Some(packet) = packet {
                last = Some(packet.clone());
                jitter_buffer.insert(Duration::from_millis(now), packet);
            }
            prop_assert!(jitter_buffer.buffered_packets() <= 100, "{} packets", jitter_buffer.buffered_packets());
            prop_assert!(jitter_buffer.decoded_samples() <= 9000 + 3 * 5760, "{} samples", jitter_buffer.decoded_samples());
            prop_assert!((960..=48_000 + 9000).contains(&jitter_buffer.target_delay()));
        }
    }
}
