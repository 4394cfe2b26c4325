//! Several participants in one pair of ears.
#![allow(
    clippy::cast_possible_truncation,
    reason = "test signals are small numbers"
)]

mod support;

use std::time::Duration;

use maru_audio::{
    Packet,
    mixer::{MOST_VOICES, Mixer, MixerError},
};
use support::network::{network, sender};

const SECONDS: u64 = 6;

/// Mixes `voices` copies of the same speech, `shift` packets apart.
fn mix(
    voices: u64,
    shift: usize,
    mut each: impl FnMut(&mut Mixer<u64>, u64),
) -> (Vec<f32>, Mixer<u64>) {
    let mut mixer = Mixer::default();
    let packets: Vec<(u64, Packet)> = network(&sender(60, 0, 0), |_| Some(20_000));
    let mut next = Vec::new();
    for voice in 0..voices {
        mixer.add(voice).expect("room for it");
        next.push(0);
    }
    let mut out = Vec::new();
    let mut block = [0.0; 480];
    for index in 0..SECONDS * 100 {
        let now = Duration::from_millis(index * 10);
        for voice in 0..voices {
            let place = &mut next[voice as usize];
            while packets[*place].0 <= index * 10_000 {
                let packet = Packet {
                    payload: packets[*place + voice as usize * shift].1.payload.clone(),
                    ..packets[*place].1.clone()
                };
                assert!(mixer.insert(&voice, now, packet));
                *place += 1;
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
fn one_voice_is_untouched_and_several_never_exceed_full_scale() {
    let (one, _) = mix(1, 0, |_, _| {});
    let (four, mixer) = mix(4, 0, |mixer, _| {
        mixer.set_volume(&3, 2.0);
    });
    assert!(one.iter().chain(&four).all(|sample| sample.abs() <= 1.0));
    // Four equal voices would be 14 dB louder; limiting leaves them loud without cutting tops off.
    let louder = 10.0 * (power(&four[48_000..]) / power(&one[48_000..])).log10();
    println!("five voices' worth: {louder:.1} dB over one");
    assert!((3.0..13.0).contains(&louder), "{louder:.1} dB");
    let flat = four.windows(3).filter(|window| {
        window[0].abs() > 0.97 && window[0] == window[1] && window[1] == window[2]
    });
    assert_eq!(flat.count(), 0, "clipped");
    for voice in 0..4 {
        let report = mixer.report(&voice).expect("heard");
        assert!(report.level.dbfs() > -60.0 && report.refused == 0 && report.heard.is_some());
        assert_eq!(report.statistics.concealed, 0);
    }
}

#[test]
fn different_voices_add_up() {
    let (one, _) = mix(1, 500, |_, _| {});
    let (two, _) = mix(2, 500, |_, _| {});
    let louder = 10.0 * (power(&two[48_000..]) / power(&one[48_000..])).log10();
    assert!((1.0..6.0).contains(&louder), "{louder:.1} dB");
}

#[test]
fn a_voice_can_be_turned_down_and_leave() {
    let (out, mixer) = mix(2, 500, |mixer, index| match index {
        200 => {
            assert!(mixer.set_volume(&0, 0.0) && mixer.set_volume(&1, f32::NAN));
        }
        400 => {
            assert!(mixer.remove(&1) && !mixer.remove(&1));
            mixer.add(1).expect("room for it");
            mixer.remove(&1);
            mixer.add(7).expect("room for it");
            // Whoever left: its last packets are nobody's.
            mixer.add(1).expect("room for it");
        }
        _ => {}
    });
    assert!(
        power(&out[250 * 480..400 * 480]) > 1e-5,
        "the other is still heard"
    );
    assert_eq!(mixer.voices().count(), 3);
    assert!(mixer.report(&9).is_none());
    assert!(
        mixer.report(&0).expect("still there").level.dbfs() > -60.0,
        "the level is the voice's, not the volume's"
    );
}

#[test]
fn too_many_voices_are_refused() {
    let mut mixer = Mixer::default();
    for voice in 0..MOST_VOICES {
        mixer.add(voice).expect("room for it");
    }
    assert_eq!(mixer.add(MOST_VOICES), Err(MixerError::TooMany));
    assert_eq!(mixer.add(0), Ok(()), "one that is there is no more");
    let mut block = [1.0; 480];
    mixer.mix(Duration::ZERO, &mut block);
    assert_eq!(block, [0.0; 480]);
}
