//! Silence costs nothing on the network, and no word loses its beginning.
#![allow(
    clippy::cast_possible_truncation,
    reason = "test signals are small numbers"
)]

mod support;

use std::time::Duration;

use maru_audio::{
    Packet,
    blocks::{BLOCK, Block},
    codec::EncoderSettings,
    gate::{Gate, VoiceGate},
    processing::Switches,
    voice::Voice,
};
use support::{room::noise, speech::speech};

const NOTHING: Switches = Switches {
    echo_cancellation: false,
    noise_suppression: false,
    gain_control: false,
};
const SECOND: usize = 48_000;

/// What is sent of `microphone`: when (s), and what.
fn sent(switches: Switches, microphone: &[f32]) -> Vec<(f64, Packet, bool)> {
    let mut voice = Voice::new(switches, EncoderSettings::default()).expect("a voice");
    let mut sent = Vec::new();
    for (index, heard) in microphone.as_chunks::<BLOCK>().0.iter().enumerate() {
        let mut block: Block = *heard;
        if let Some(outgoing) = voice.capture(&mut block, Duration::ZERO).expect("a block") {
            let sequence = sent.len() as u16;
            let packet = Packet::new(sequence, outgoing.timestamp, outgoing.payload.to_vec())
                .expect("our own packet");
            sent.push((index as f64 / 100.0, packet, outgoing.begins));
        }
    }
    sent
}

#[test]
fn a_noise_floor_is_not_sent() {
    for (dbfs, switches) in [
        (-70.0, NOTHING),
        (-55.0, NOTHING),
        (-45.0, NOTHING),
        (-50.0, Switches::default()),
    ] {
        let sent = sent(switches, &noise(1, 20 * SECOND, dbfs));
        let late = sent.iter().filter(|(at, _, _)| *at >= 10.0).count();
        let bytes: usize = sent
            .iter()
            .filter(|(at, _, _)| *at >= 10.0)
            .map(|(_, packet, _)| packet.payload.len())
            .sum();
        println!("noise at {dbfs} dBFS: {late} packets, {bytes} bytes in 10 s");
        // Ungated it would be 500. Opus itself keeps a silence alive with two or three packets every 400 ms.
        assert!(late <= 80, "{dbfs} dBFS: {late} packets in 10 s");
        assert!(bytes <= 2500, "{dbfs} dBFS: {bytes} bytes");
    }
}

#[test]
fn no_beginning_of_a_word_is_lost() {
    for seed in 0..10 {
        // A second and a half of pause, then a word, over and over, in a room with a noise floor.
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
        let mut gate = VoiceGate::default();
        let mut gated = Vec::new();
        let mut closed = 0;
        for heard in microphone.as_chunks::<BLOCK>().0 {
            let mut block = *heard;
            closed += usize::from(gate.run(&mut block) == Gate::Closed);
            gated.extend_from_slice(&block);
        }
        assert!(
            closed > 40 * 100 / 4,
            "the gate closes in the pauses: {closed} blocks"
        );
        // What comes out is the microphone 20 ms later, wherever there is a voice to hear.
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
        println!("seed {seed}: {lost:.0} dB of the voice lost, closed {closed} of 4000 blocks");
        assert!(lost < -35.0, "seed {seed}: {lost:.0} dB lost");
    }
}

#[test]
fn a_talk_spurt_is_marked_and_timestamps_count_through_silence() {
    let mut microphone = speech(9, 9.0);
    microphone[3 * SECOND..6 * SECOND].fill(0.0);
    let sent = sent(NOTHING, &microphone);
    let marks: Vec<f64> = sent
        .iter()
        .filter(|(_, _, begins)| *begins)
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
fn muted_means_silent_and_the_first_word_after_it_is_there() {
    let mut voice = Voice::new(NOTHING, EncoderSettings::default()).expect("a voice");
    voice.mute(true);
    let mut bytes = 0;
    for heard in speech(11, 5.0).as_chunks::<BLOCK>().0 {
        let mut block = *heard;
        if let Some(outgoing) = voice.capture(&mut block, Duration::ZERO).expect("a block") {
            bytes += outgoing.payload.len();
        }
    }
    assert!(bytes < 1500, "{bytes} bytes while muted");
    assert!(
        voice.level().dbfs() > -60.0,
        "the meter shows that somebody speaks into a muted microphone"
    );
    voice.mute(false);
    let mut packets = 0;
    for heard in speech(11, 1.0).as_chunks::<BLOCK>().0 {
        packets += usize::from(
            voice
                .capture(&mut { *heard }, Duration::ZERO)
                .expect("a block")
                .is_some(),
        );
    }
    assert!(packets >= 45, "{packets} packets in the first second");
}
