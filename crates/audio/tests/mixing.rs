//! Mixing several streams for one loudspeaker.
#![allow(
    clippy::cast_possible_truncation,
    reason = "test signals are small numbers"
)]

mod support;

use std::time::Duration;

use maru_audio::{
    Packet,
    mixer::{MAX_STREAMS, Mixer, MixerError},
};
use support::network::{network, sender};

const SECONDS: u64 = 6;

/// Mixes `streams` copies of the same speech, `shift` packets apart. `each` is called before every block.
fn mix(
    streams: u64,
    shift: usize,
    mut each: impl FnMut(&mut Mixer<u64>, u64),
) -> (Vec<f32>, Mixer<u64>) {
    let mut mixer = Mixer::default();
    let packets: Vec<(u64, Packet)> = network(&sender(60, 0, 0), |_| Some(20_000));
    let mut next = Vec::new();
    for stream in 0..streams {
        mixer.add(stream).expect("room for it");
        next.push(0);
    }
    let mut out = Vec::new();
    let mut block = [0.0; 480];
    for index in 0..SECONDS * 100 {
        let now = Duration::from_millis(index * 10);
        for stream in 0..streams {
            let next = &mut next[stream as usize];
            while packets[*next].0 <= index * 10_000 {
                let packet = Packet {
                    payload: packets[*next + stream as usize * shift].1.payload.clone(),
                    ..packets[*next].1.clone()
                };
                mixer.insert(&stream, now, packet);
                *next += 1;
            }
        }
        each(&mut mixer, index);
        mixer.mix(now, &mut block);
        out.extend_from_slice(&block);
    }
    (out, mixer)
}

fn power(audio: &[f32]) -> f64 {
    audio
        .iter()
        .map(|sample| f64::from(*sample).powi(2))
        .sum::<f64>()
        / audio.len() as f64
}

#[test]
fn one_stream_is_unchanged_and_several_stay_within_full_scale() {
    let (one, _) = mix(1, 0, |_, _| {});
    let (five, mixer) = mix(5, 0, |_, _| {});
    assert!(one.iter().chain(&five).all(|sample| sample.abs() <= 1.0));
    // Five equal streams would be 14 dB louder; limiting keeps them loud without clipping.
    let louder = 10.0 * (power(&five[48_000..]) / power(&one[48_000..])).log10();
    println!("five streams: {louder:.1} dB over one");
    assert!((3.0..13.0).contains(&louder), "{louder:.1} dB");
    let flat = five.windows(3).filter(|window| {
        window[0].abs() > 0.97 && window[0] == window[1] && window[1] == window[2]
    });
    assert_eq!(flat.count(), 0, "clipped");
    for stream in 0..5 {
        let stats = mixer.stats(&stream).expect("mixed");
        assert!(stats.meter.dbfs() > -60.0);
        assert_eq!(stats.decode_errors, 0);
        assert!(stats.playout_timestamp.is_some());
        assert_eq!(stats.jitter_buffer.concealed, 0);
    }
}

#[test]
fn different_streams_add_up() {
    let (one, _) = mix(1, 500, |_, _| {});
    let (two, _) = mix(2, 500, |_, _| {});
    let louder = 10.0 * (power(&two[48_000..]) / power(&one[48_000..])).log10();
    assert!((1.0..6.0).contains(&louder), "{louder:.1} dB");
}

#[test]
fn a_removed_stream_is_not_mixed_and_the_others_continue() {
    let (out, mixer) = mix(2, 500, |mixer, index| match index {
        200 => {
            assert!(mixer.remove(&1) && !mixer.remove(&1));
        }
        400 => {
            assert!(mixer.remove(&0));
        }
        500 => {
            mixer.add(1).expect("room for it");
        }
        _ => {}
    });
    assert!(
        power(&out[250 * 480..400 * 480]) > 1e-5,
        "the other stream continues"
    );
    assert_eq!(
        power(&out[400 * 480..500 * 480]),
        0.0,
        "nothing is left to mix"
    );
    assert!(
        power(&out[550 * 480..]) > 1e-5,
        "a stream that was added again is mixed"
    );
    assert!(mixer.stats(&0).is_none() && mixer.stats(&1).is_some());
}

#[test]
fn too_many_streams_are_refused() {
    let mut mixer = Mixer::default();
    for stream in 0..MAX_STREAMS {
        mixer.add(stream).expect("room for it");
    }
    assert_eq!(mixer.add(MAX_STREAMS), Err(MixerError::TooMany));
    assert_eq!(mixer.add(0), Ok(()), "an existing one is no additional one");
    let mut block = [1.0; 480];
    mixer.mix(Duration::ZERO, &mut block);
    assert_eq!(block, [0.0; 480]);
}
