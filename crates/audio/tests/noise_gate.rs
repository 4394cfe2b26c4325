//! Background noise is not sent, and no word loses its beginning.
#![allow(
    clippy::cast_possible_truncation,
    reason = "test signals are small numbers"
)]

mod support;

use std::time::Duration;

use maru_audio::{
    Packet,
    blocks::{BLOCK, Block},
    capture::CapturePipeline,
    codec::EncoderSettings,
    noise_gate::{GateState, NoiseGate},
    processing::ProcessingSettings,
};
use support::{room::noise, speech::speech};

const NO_PROCESSING: ProcessingSettings = ProcessingSettings {
    echo_cancellation: false,
    noise_suppression: false,
    gain_control: false,
};
const SECOND: usize = 48_000;

/// The frames sent for `microphone`: time in s, packet, and whether it follows a silence.
fn sent(settings: ProcessingSettings, microphone: &[f32]) -> Vec<(f64, Packet, bool)> {
    let mut pipeline =
        CapturePipeline::new(settings, EncoderSettings::default()).expect("an encoder");
    let mut sent = Vec::new();
    for (index, captured) in microphone.as_chunks::<BLOCK>().0.iter().enumerate() {
        let mut block: Block = *captured;
        if let Some(frame) = pipeline
            .process_capture(&mut block, Duration::ZERO)
            .expect("a block")
        {
            let sequence = sent.len() as u16;
            let packet = Packet::new(sequence, frame.timestamp, frame.payload.to_vec())
                .expect("our own packet");
            sent.push((index as f64 / 100.0, packet, frame.after_silence));
        }
    }
    sent
}

#[test]
fn background_noise_is_not_sent() {
    for (dbfs, settings) in [
        (-70.0, NO_PROCESSING),
        (-55.0, NO_PROCESSING),
        (-45.0, NO_PROCESSING),
        (-50.0, ProcessingSettings::default()),
    ] {
        let sent = sent(settings, &noise(1, 20 * SECOND, dbfs));
        let late = sent.iter().filter(|(at, _, _)| *at >= 10.0).count();
        let bytes: usize = sent
            .iter()
            .filter(|(at, _, _)| *at >= 10.0)
            .map(|(_, packet, _)| packet.payload.len())
            .sum();
        println!("noise at {dbfs} dBFS: {late} packets, {bytes} bytes in 10 s");
        // Without the gate it would be 500. Opus sends two or three packets every 400 ms of silence.
        assert!(late <= 80, "{dbfs} dBFS: {late} packets in 10 s");
        assert!(bytes <= 2500, "{dbfs} dBFS: {bytes} bytes");
    }
}

#[test]
fn the_beginning_of_a_word_is_kept() {
    for seed in 0..10 {
        // Alternating 1.5 s of pause and 0.5 s of speech, with background noise.
        let mut near = speech(seed, 40.0);
        for (index, sample) in near.iter_mut().enumerate() {
            if index % (2 * SECOND) < SECOND * 3 / 2 {
                *sample = 0.0;
            }
        }
        let microphone: Vec<f32> = near
            .iter()
            .zip(noise(seed, near.len(), -62.0))
            .map(|(near, noise)| near + noise)
            .collect();
        let mut gate = NoiseGate::default();
        let mut gated = Vec::new();
        let mut closed = 0;
        for captured in microphone.as_chunks::<BLOCK>().0 {
            let mut block = *captured;
            closed += usize::from(gate.process(&mut block) == GateState::Closed);
            gated.extend_from_slice(&block);
        }
        assert!(
            closed > 40 * 100 / 4,
            "the gate closes in the pauses: {closed} blocks"
        );
        // The output is the input delayed by 20 ms, wherever there is speech.
        let (mut lost, mut all) = (0.0f64, 0.0f64);
        for (index, sample) in near.iter().enumerate().skip(2 * SECOND) {
            let Some(out) = gated.get(index + 2 * BLOCK) else {
                break;
            };
            all += f64::from(*sample).powi(2);
            if *out == 0.0 || (out - microphone[index]).abs() > 1e-6 {
                lost += f64::from(*sample).powi(2);
            }
        }
        let lost = 10.0 * (lost / all).max(1e-12).log10();
        println!("seed {seed}: {lost:.0} dB of the speech lost, closed {closed} of 4000 blocks");
        assert!(lost < -35.0, "seed {seed}: {lost:.0} dB lost");
    }
}

#[test]
fn the_first_frame_after_silence_is_marked_and_timestamps_include_silence() {
    let mut microphone = speech(9, 9.0);
    microphone[3 * SECOND..6 * SECOND].fill(0.0);
    let sent = sent(NO_PROCESSING, &microphone);
    let marks: Vec<f64> = sent
        .iter()
        .filter(|(_, _, after_silence)| *after_silence)
        .map(|(at, _, _)| *at)
        .collect();
    assert!(
        marks[0] < 0.1 && marks.iter().any(|at| (5.9..6.2).contains(at)),
        "{marks:?}"
    );
    for (at, packet, _) in &sent {
        let media = f64::from(packet.timestamp) / 48_000.0;
        assert!((at - 0.01 - media).abs() < 0.011, "{at}: {media}");
    }
}

#[test]
fn mute_sends_silence_and_unmuting_takes_effect_at_once() {
    let mut pipeline =
        CapturePipeline::new(NO_PROCESSING, EncoderSettings::default()).expect("an encoder");
    pipeline.set_muted(true);
    let mut bytes = 0;
    for captured in speech(11, 5.0).as_chunks::<BLOCK>().0 {
        let mut block = *captured;
        if let Some(frame) = pipeline
            .process_capture(&mut block, Duration::ZERO)
            .expect("a block")
        {
            bytes += frame.payload.len();
        }
    }
    assert!(bytes < 1500, "{bytes} bytes while muted");
    assert!(
        pipeline.meter().dbfs() > -60.0,
        "the meter shows speech into a muted microphone"
    );
    pipeline.set_muted(false);
    let mut packets = 0;
    for captured in speech(11, 1.0).as_chunks::<BLOCK>().0 {
        packets += usize::from(
            pipeline
                .process_capture(&mut { *captured }, Duration::ZERO)
                .expect("a block")
                .is_some(),
        );
    }
    assert!(packets >= 45, "{packets} packets in the first second");
}
