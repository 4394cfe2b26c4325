//! Simulated rooms and loudspeakers: how much echo remains, and how intelligible the near end is in double talk.
#![allow(
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    reason = "test signals are small numbers; figures are printed"
)]

mod support;

use std::time::Duration;

use maru_audio::{
    blocks::{BLOCK, Block},
    processing::{Processing, ProcessingSettings},
};
use support::{
    recording::{far, near},
    room::{echo, noise},
    speech::speech,
    stoi::stoi,
};

const ONLY_AEC: ProcessingSettings = ProcessingSettings {
    echo_cancellation: true,
    noise_suppression: false,
    gain_control: false,
};
const SECOND: usize = 48_000;

/// Processes `microphone` while `played` plays. `delay` is the delay that the devices report.
fn process(
    settings: ProcessingSettings,
    played: &[f32],
    microphone: &[f32],
    delay: Duration,
) -> Vec<f32> {
    let mut processing = Processing::new(settings);
    let mut out = Vec::with_capacity(microphone.len());
    for (played, captured) in played
        .as_chunks::<BLOCK>()
        .0
        .iter()
        .zip(microphone.as_chunks::<BLOCK>().0)
    {
        processing.analyze_render(played);
        let mut block: Block = *captured;
        processing
            .process_capture(&mut block, delay)
            .expect("a block");
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
fn settling(room: u64, played: &[f32], echoed: &[f32]) -> [f64; 3] {
    let microphone = add(echoed, &noise(room, echoed.len(), -75.0));
    let out = process(ONLY_AEC, played, &microphone, Duration::from_millis(40));
    [(0.0, 1.0), (2.5, 3.5), (9.5, 11.5)].map(|(from, to)| erle(&microphone, &out, from, to))
}

#[test]
fn echo_is_cancelled_within_a_second() {
    for room in 0..6 {
        let played = far(3 * room as usize, 12);
        let delay = 20.0 + 30.0 * room as f64;
        // Every second room has bare walls.
        let reverberation = if room % 2 == 0 { 250.0 } else { 500.0 };
        let echoed = echo(&played, room, delay, reverberation, 0.5);
        let [first, third, tenth] = settling(room, &played, &echoed);
        println!(
            "room {room}, {delay} ms, reverberation {reverberation} ms: ERLE {first:.1} dB in the first second, \
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

/// An overdriven loudspeaker: even and odd harmonics, which a linear filter cannot model.
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
fn echo_of_a_distorting_loudspeaker_is_suppressed() {
    for (room, drive) in [(0, 3.0), (1, 3.0), (2, 8.0)] {
        let played = far(3 * room as usize, 12);
        let delay = 20.0 + 50.0 * room as f64;
        let echoed = echo(&distorted(&played, drive), room, delay, 250.0, 0.5);
        let [first, third, tenth] = settling(room, &played, &echoed);
        println!(
            "overdriven by {drive}: ERLE {first:.1} dB in the first second, {third:.1} at 3 s, \
             {tenth:.1} at 10 s"
        );
        for erle in [first, third, tenth] {
            assert!(erle >= 20.0, "overdriven by {drive}: {erle:.1} dB");
        }
    }
}

#[test]
fn a_changed_delay_is_found_within_ten_seconds() {
    for (room, (before, after)) in [(40.0, 120.0), (150.0, 60.0), (20.0, 250.0)]
        .into_iter()
        .enumerate()
    {
        let seed = room as u64;
        let played = far(2 * room, 26);
        let mut microphone = echo(&played, seed, before, 250.0, 0.5);
        // As when a device changes its buffer size: the same room, another delay.
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
    let correlation = |lag: usize| {
        clean[..span]
            .iter()
            .zip(&processed[lag..])
            .map(|(a, b)| f64::from(*a) * f64::from(*b))
            .sum::<f64>()
            .abs()
    };
    (0..2400)
        .step_by(4)
        .max_by(|a, b| correlation(*a).total_cmp(&correlation(*b)))
        .unwrap_or(0)
}

/// STOI of the near end in double talk, with an echo 9 dB below it, in a room of the given reverberation.
fn double_talk(seed: u64, reverberation_ms: f64, settings: ProcessingSettings) -> f64 {
    let played = far(5 * seed as usize, 25);
    let near = near(3 * seed as usize, 25);
    // The far end has been speaking for five seconds when the near end begins.
    let quiet = 5 * SECOND;
    let mut near_only = near.clone();
    near_only[..quiet].fill(0.0);
    let mut echoed = echo(&played, seed, 60.0, reverberation_ms, 0.5);
    let ratio =
        (energy(&near[quiet..]) / energy(&echoed[quiet..])).sqrt() as f32 * 10f32.powf(-9.0 / 20.0);
    echoed.iter_mut().for_each(|sample| *sample *= ratio);
    let microphone = add(&add(&near_only, &echoed), &noise(seed, echoed.len(), -75.0));
    let out = process(settings, &played, &microphone, Duration::from_millis(60));
    let late = lag(
        &near[quiet..quiet + 4 * SECOND],
        &out[quiet..quiet + 4 * SECOND],
    );
    let stoi = stoi(&near[quiet..], &out[quiet + late..]);
    println!(
        "double talk {seed}, {reverberation_ms} ms, {settings:?}: STOI {stoi:.3}, {late} samples late"
    );
    stoi
}

#[test]
fn the_near_end_stays_intelligible_in_double_talk() {
    for reverberation in [100.0, 250.0] {
        for settings in [ONLY_AEC, ProcessingSettings::default()] {
            for seed in 0..4 {
                let stoi = double_talk(seed, reverberation, settings);
                assert!(
                    stoi >= 0.75,
                    "seed {seed}, {reverberation} ms, {settings:?}: {stoi:.3}"
                );
            }
        }
    }
}

#[test]
fn without_processing_speech_is_unchanged() {
    let near = speech(500, 10.0);
    let played = speech(501, 10.0);
    let settings = ProcessingSettings {
        echo_cancellation: false,
        noise_suppression: false,
        gain_control: false,
    };
    let out = process(settings, &played, &near, Duration::ZERO);
    let late = lag(&near[..4 * SECOND], &out[..4 * SECOND]);
    assert!(stoi(&near, &out[late..]) > 0.98);
}

#[test]
fn steady_noise_is_removed_and_speech_is_kept() {
    let near = speech(600, 16.0);
    let mut near_only = near.clone();
    near_only[..4 * SECOND].fill(0.0);
    let microphone = add(&near_only, &noise(1, near.len(), -40.0));
    let settings = ProcessingSettings {
        echo_cancellation: false,
        noise_suppression: true,
        gain_control: false,
    };
    let out = process(
        settings,
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
fn gain_control_raises_quiet_speech_and_does_not_clip_loud_speech() {
    for gain in [0.05, 0.3, 3.0] {
        let near: Vec<f32> = speech(700, 20.0)
            .iter()
            .map(|sample| (sample * gain).clamp(-1.0, 1.0))
            .collect();
        let settings = ProcessingSettings {
            echo_cancellation: false,
            noise_suppression: false,
            gain_control: true,
        };
        let out = process(settings, &vec![0.0; near.len()], &near, Duration::ZERO);
        let level = 10.0 * (energy(&out[15 * SECOND..]) / (5 * SECOND) as f64).log10();
        println!("gain {gain}: output at {level:.1} dBFS");
        assert!(
            (-30.0..=-8.0).contains(&level),
            "gain {gain}: {level:.1} dBFS"
        );
        assert!(out.iter().all(|sample| sample.abs() <= 1.0));
    }
}

#[test]
fn invalid_samples_do_not_persist_in_filters() {
    let mut processing = Processing::new(ProcessingSettings::default());
    processing.analyze_render(&[f32::NAN; BLOCK]);
    processing
        .process_capture(&mut [f32::INFINITY; BLOCK], Duration::from_secs(100))
        .expect("a block");
    let mut last = [0.0; BLOCK];
    for block in speech(800, 3.0).as_chunks::<BLOCK>().0 {
        processing.analyze_render(&[0.0; BLOCK]);
        last = *block;
        processing
            .process_capture(&mut last, Duration::ZERO)
            .expect("a block");
        assert!(last.iter().all(|sample| sample.is_finite()));
    }
    processing.configure(ProcessingSettings {
        echo_cancellation: false,
        ..ProcessingSettings::default()
    });
    processing
        .process_capture(&mut last, Duration::ZERO)
        .expect("a block");
}
