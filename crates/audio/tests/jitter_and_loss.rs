//! Concealment and delay of the jitter buffer with real Opus over seeded networks in virtual time.
#![allow(
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    reason = "test signals are small numbers; figures are printed"
)]

mod support;

use std::time::Duration;

use maru_audio::{JitterBuffer, Packet, codec::Decoder};
use support::{
    network::{Bursts, Playback, listen, network, sender},
    random::Random,
};

const SECONDS: u64 = 40;

fn report(name: &str, seed: u64, playback: &Playback) {
    println!(
        "{name} seed {seed}: concealed {} ms, by FEC {} ms, silent concealed {} ms, late {}, lost {}, delay mean {:.0} p50 {:.0} p95 {:.0} \
         target {}, accelerated {} decelerated {}",
        playback.concealed_ms(),
        playback.stats.fec_recovered / 48,
        playback.stats.silent_concealed / 48,
        playback.stats.late_packets,
        playback.stats.lost_packets,
        playback.mean(),
        playback.percentile(0.5),
        playback.percentile(0.95),
        playback.target_ms,
        playback.stats.accelerated / 48,
        playback.stats.decelerated / 48,
    );
}

#[test]
fn eighty_ms_jitter_and_five_percent_loss() {
    for seed in 0..24 {
        for (name, normal) in [("uniform", false), ("normal", true)] {
            let mut random = Random::new(seed);
            // The counters wrap during the run.
            let sent = sender(SECONDS, 65_000, u32::MAX - 500_000);
            let mut in_a_row = 0;
            let mut beyond_fec = 0;
            let arrivals = network(&sent, |_| {
                let jitter = if normal {
                    (40.0 + 16.0 * random.normal()).clamp(0.0, 80.0)
                } else {
                    80.0 * random.unit()
                };
                let lost = random.happens(0.05);
                in_a_row = if lost { in_a_row + 1 } else { 0 };
                beyond_fec += if in_a_row > 1 { 20 } else { 0 };
                (!lost).then_some(30_000 + (jitter * 1000.0) as u64)
            });
            let playback = listen(arrivals, SECONDS, 480, 0.0);
            report(name, seed, &playback);
            assert!(
                playback.concealed_ms() <= 300,
                "{name} seed {seed}: {} ms concealed",
                playback.concealed_ms()
            );
            // FEC repairs one packet: of two lost in a row the first must be concealed. Nothing else should be.
            assert!(
                playback.concealed_ms() <= beyond_fec + 100,
                "{name} seed {seed}: {beyond_fec} ms cannot be recovered"
            );
            assert!(
                playback.percentile(0.95) <= 160.0,
                "{name} seed {seed}: p95 {:.0} ms",
                playback.percentile(0.95)
            );
            assert!(
                playback.stats.fec_recovered / 48 > 1000,
                "FEC must do most of the work"
            );
        }
    }
}

#[test]
fn bursts_of_loss() {
    for seed in 0..20 {
        let mut random = Random::new(seed);
        let mut bursts = Bursts::new(seed, 0.05, 3.0);
        let mut lost = 0;
        let sent = sender(SECONDS, 0, 0);
        let arrivals = network(&sent, |_| {
            let delay = 20_000 + (random.unit() * 20_000.0) as u64;
            let loses = bursts.loses_packet();
            lost += u64::from(loses);
            (!loses).then_some(delay)
        });
        let playback = listen(arrivals, SECONDS, 480, 0.0);
        report("bursts", seed, &playback);
        // FEC repairs the last packet of each burst.
        let unrecoverable =
            lost * 20 - (playback.stats.fec_recovered + playback.stats.silent_concealed) / 48;
        assert!(
            playback.concealed_ms() <= unrecoverable + 120,
            "{} of {unrecoverable}",
            playback.concealed_ms()
        );
        assert!(
            playback.percentile(0.95) <= 100.0,
            "p95 {:.0} ms",
            playback.percentile(0.95)
        );
    }
}

#[test]
fn the_minimum_delay_is_reached_and_left_by_time_stretching() {
    let mut jitter_buffer = JitterBuffer::default();
    let mut decoder = Decoder::new().expect("a decoder");
    let mut out = [0.0; 480];
    let mut delays = Vec::new();
    for (index, sent) in sender(40, 7, 7).iter().enumerate() {
        let index = index as u64;
        match index {
            250 => jitter_buffer.set_min_delay(Duration::from_millis(200)),
            1000 => jitter_buffer.set_min_delay(Duration::ZERO),
            _ => {}
        }
        let now = Duration::from_millis(20 * index);
        let packet = Packet::new(sent.sequence, sent.timestamp, sent.payload.clone());
        jitter_buffer.insert(now, packet.expect("an Opus packet"));
        for half in 0..2 {
            let now = now + Duration::from_millis(10 * half);
            jitter_buffer.pull(now, &mut out, |request, audio| {
                decoder.decode(request, audio)
            });
            let delay = jitter_buffer.current_delay(now).unwrap_or_default();
            delays.push(delay as f64 / 48.0);
        }
    }
    let (before, waiting, after) = (delays[450], delays[1900], delays[3900]);
    assert!(before <= 60.0, "{before}");
    assert!((180.0..=260.0).contains(&waiting), "{waiting}");
    assert!(after <= 60.0, "{after}");
    // By time-stretching only.
    assert_eq!(jitter_buffer.stats().concealed, 0);
    assert_eq!(jitter_buffer.stats().skipped, 0);
}
