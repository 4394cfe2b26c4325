//! Rooms, loudspeakers and voices in virtual time: how much echo is left, and what it does to the near voice.
#![allow(
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    reason = "test signals are small numbers; figures are printed"
)]

mod support;

use std::time::Duration;

use maru_audio::{
    blocks::{BLOCK, Block},
    processing::{Processing, Switches},
};
use support::{
    recording::{far, near},
    room::{echo, noise},
    speech::speech,
    stoi::stoi,
};

const ONLY_AEC: Switches = Switches {
    echo_cancellation: true,
    noise_suppression: false,
    gain_control: false,
};
const SECOND: usize = 48_000;

/// Runs `microphone` through the processing while `played` plays; `told` is the delay the devices claim.
fn process(switches: Switches, played: &[f32], microphone: &[f32], told: Duration) -> Vec<f32> {
    let mut processing = Processing::new(switches);
    let mut out = Vec::with_capacity(microphone.len());
    for (played, heard) in played
        .as_chunks::<BLOCK>()
        .0
        .iter()
        .zip(microphone.as_chunks::<BLOCK>().0)
    {
        processing.render(played);
        let mut block: Block = *heard;
        processing.capture(&mut block, told).expect("a block");
        out.extend_from_slice(&block);
    }
    out
}

fn energy(audio: &[f32]) -> f64 {
    audio.iter().map(|sample| f64::from(*sample).powi(2)).sum()
}

/// Echo return loss enhancement in a span of seconds, dB.
fn erle(before: &[f32], after: &[f32], from: f64, to: f64) -> f64 {
    let span = (from * SECOND as f64) as usize..(to * SECOND as f64) as usize;
    10.0 * (energy(&before[span.clone()]) / energy(&after[span]).max(1e-9)).log10()
}

fn add(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// Echo return loss enhancement in the first second, at 3 s and at 10 s.
fn settling(room: u64, played: &[f32], heard: &[f32]) -> [f64; 3] {
    let microphone = add(heard, &noise(room, heard.len(), -75.0));
    let out = process(ONLY_AEC, played, &microphone, Duration::from_millis(40));
    [(0.0, 1.0), (2.5, 3.5), (9.5, 11.5)].map(|(from, to)| erle(&microphone, &out, from, to))
}

#[test]
fn echo_is_gone_within_a_second() {
    for room in 0..6 {
        let played = far(3 * room as usize, 12);
        let delay = 20.0 + 30.0 * room as f64;
        // Every second one is a room with bare walls.
        let reverberation = if room % 2 == 0 { 250.0 } else { 500.0 };
        let heard = echo(&played, room, delay, reverberation, 0.5);
        let [first, third, tenth] = settling(room, &played, &heard);
        println!(
            "room {room}, {delay} ms, rings for {reverberation} ms: ERLE {first:.1} dB in the first second, \
             {third:.1} at 3 s, {tenth:.1} at 10 s"
        );
        assert!(
            first >= 20.0,
            "room {room}: {first:.1} dB in the first second"
        );
        assert!(third >= 25.0, "room {room}: {third:.1} dB at 3 s");
        assert!(tenth >= 30.0, "room {room}: {tenth:.1} dB at 10 s");
    }
}

/// A small loudspeaker that is driven hard: even and odd harmonics, which no linear filter can know.
fn distorted(played: &[f32], drive: f32) -> Vec<f32> {
    played
        .iter()
        .map(|sample| {
            let limited = (sample * drive).tanh();
            (limited + 0.05 * limited * limited) / drive
        })
        .collect()
}

#[test]
fn a_loudspeaker_that_distorts_is_not_heard_either() {
    for (room, drive) in [(0, 3.0), (1, 3.0), (2, 8.0)] {
        let played = far(3 * room as usize, 12);
        let delay = 20.0 + 50.0 * room as f64;
        let heard = echo(&distorted(&played, drive), room, delay, 250.0, 0.5);
        let [first, third, tenth] = settling(room, &played, &heard);
        println!(
            "driven {drive} times too hard: ERLE {first:.1} dB in the first second, {third:.1} at 3 s, \
             {tenth:.1} at 10 s"
        );
        for erle in [first, third, tenth] {
            assert!(erle >= 20.0, "driven {drive} times too hard: {erle:.1} dB");
        }
    }
}

#[test]
fn a_new_delay_is_found_within_ten_seconds() {
    for (room, (before, after)) in [(40.0, 120.0), (150.0, 60.0), (20.0, 250.0)]
        .into_iter()
        .enumerate()
    {
        let seed = room as u64;
        let played = far(2 * room, 26);
        let mut microphone = echo(&played, seed, before, 250.0, 0.5);
        // The device's buffers changed: the same room, another delay.
        let later = echo(&played, seed, after, 250.0, 0.5);
        microphone[10 * SECOND..].copy_from_slice(&later[10 * SECOND..]);
        let microphone = add(&microphone, &noise(seed, microphone.len(), -75.0));
        let out = process(ONLY_AEC, &played, &microphone, Duration::from_millis(40));
        let settled = erle(&microphone, &out, 20.0, 22.0);
        let series: Vec<i64> = (0..26)
            .map(|second| {
                erle(
                    &microphone,
                    &out,
                    f64::from(second),
                    f64::from(second) + 1.0,
                ) as i64
            })
            .collect();
        println!(
            "{before} to {after} ms after 10 s: {settled:.1} dB 10 s later; by second {series:?}"
        );
        assert!(settled >= 25.0, "{before} to {after} ms: {settled:.1} dB");
    }
}

/// The delay of `processed` against `clean` in samples, by correlation.
fn lag(clean: &[f32], processed: &[f32]) -> usize {
    let span = clean.len().min(processed.len()) - 2400;
    let likeness = |lag: usize| {
        clean[..span]
            .iter()
            .zip(&processed[lag..])
            .map(|(a, b)| f64::from(*a) * f64::from(*b))
            .sum::<f64>()
            .abs()
    };
    (0..2400)
        .step_by(4)
        .max_by(|a, b| likeness(*a).total_cmp(&likeness(*b)))
        .unwrap_or(0)
}

/// STOI of the near voice while both speak, echo 9 dB below it, in a room of the given reverberation.
fn double_talk(seed: u64, reverberation_ms: f64, switches: Switches) -> f64 {
    let played = far(5 * seed as usize, 25);
    let near = near(3 * seed as usize, 25);
    // The far voice has been talking for five seconds when the near one joins in.
    let quiet = 5 * SECOND;
    let mut near_only = near.clone();
    near_only[..quiet].fill(0.0);
    let mut heard = echo(&played, seed, 60.0, reverberation_ms, 0.5);
    let ratio =
        (energy(&near[quiet..]) / energy(&heard[quiet..])).sqrt() as f32 * 10f32.powf(-9.0 / 20.0);
    heard.iter_mut().for_each(|sample| *sample *= ratio);
    let microphone = add(&add(&near_only, &heard), &noise(seed, heard.len(), -75.0));
    let out = process(switches, &played, &microphone, Duration::from_millis(60));
    let late = lag(
        &near[quiet..quiet + 4 * SECOND],
        &out[quiet..quiet + 4 * SECOND],
    );
    let stoi = stoi(&near[quiet..], &out[quiet + late..]);
    println!(
        "double talk {seed}, {reverberation_ms} ms, {switches:?}: STOI {stoi:.3}, {late} samples late"
    );
    stoi
}

#[test]
fn a_near_voice_stays_intelligible_in_double_talk() {
    for reverberation in [100.0, 250.0] {
        for switches in [ONLY_AEC, Switches::default()] {
            for seed in 0..4 {
                let stoi = double_talk(seed, reverberation, switches);
                assert!(
                    stoi >= 0.75,
                    "seed {seed}, {reverberation} ms, {switches:?}: {stoi:.3}"
                );
            }
        }
    }
}

#[test]
fn a_headset_leaves_the_voice_alone() {
    let near = speech(500, 10.0);
    let played = speech(501, 10.0);
    let switches = Switches {
        noise_suppression: false,
        gain_control: false,
        ..Switches::default()
    }
    .headset();
    let out = process(switches, &played, &near, Duration::ZERO);
    let late = lag(&near[..4 * SECOND], &out[..4 * SECOND]);
    assert!(stoi(&near, &out[late..]) > 0.98);
}

#[test]
fn steady_noise_goes_and_speech_stays() {
    let near = speech(600, 16.0);
    let mut near_only = near.clone();
    near_only[..4 * SECOND].fill(0.0);
    let microphone = add(&near_only, &noise(1, near.len(), -40.0));
    let switches = Switches {
        echo_cancellation: false,
        noise_suppression: true,
        gain_control: false,
    };
    let out = process(
        switches,
        &vec![0.0; near.len()],
        &microphone,
        Duration::ZERO,
    );
    let reduced = erle(&microphone, &out, 2.0, 4.0);
    let late = lag(&near[4 * SECOND..8 * SECOND], &out[4 * SECOND..8 * SECOND]);
    let clear = stoi(&near[4 * SECOND..], &out[4 * SECOND + late..]);
    println!("noise reduced by {reduced:.1} dB, STOI {clear:.3}");
    assert!(reduced >= 12.0, "{reduced:.1} dB");
    assert!(clear >= 0.8, "{clear:.3}");
}

#[test]
fn a_quiet_voice_is_brought_up_and_a_loud_one_does_not_clip() {
    for gain in [0.05, 0.3, 3.0] {
        let near: Vec<f32> = speech(700, 20.0)
            .iter()
            .map(|sample| (sample * gain).clamp(-1.0, 1.0))
            .collect();
        let switches = Switches {
            echo_cancellation: false,
            noise_suppression: false,
            gain_control: true,
        };
        let out = process(switches, &vec![0.0; near.len()], &near, Duration::ZERO);
        let level = 10.0 * (energy(&out[15 * SECOND..]) / (5 * SECOND) as f64).log10();
        println!("gain {gain}: comes out at {level:.1} dBFS");
        assert!(
            (-30.0..=-8.0).contains(&level),
            "gain {gain}: {level:.1} dBFS"
        );
        assert!(out.iter().all(|sample| sample.abs() <= 1.0));
    }
}

#[test]
fn what_a_broken_driver_delivers_does_not_stay() {
    let mut processing = Processing::new(Switches::default());
    processing.render(&[f32::NAN; BLOCK]);
    processing
        .capture(&mut [f32::INFINITY; BLOCK], Duration::from_secs(100))
        .expect("a block");
    let mut last = [0.0; BLOCK];
    for block in speech(800, 3.0).as_chunks::<BLOCK>().0 {
        processing.render(&[0.0; BLOCK]);
        last = *block;
        processing
            .capture(&mut last, Duration::ZERO)
            .expect("a block");
        assert!(last.iter().all(|sample| sample.is_finite()));
    }
    processing.switch(Switches::default().headset());
    assert!(!processing.switches().echo_cancellation);
    processing
        .capture(&mut last, Duration::ZERO)
        .expect("a block");
}
