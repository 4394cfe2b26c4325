//! Network and sender problems other than loss: route changes, clock drift, DTX, restarts, duplicates and
//! implausible packets.
#![allow(
    clippy::cast_possible_truncation,
    reason = "test signals are small numbers"
)]

mod support;

use std::sync::LazyLock;

use maru_audio::{
    Packet,
    codec::{Encoded, Encoder, EncoderSettings},
};
use support::{
    network::{Arrivals, Sent, listen, network, sender},
    random::Random,
    speech::speech,
};

/// The delay of a good network, in µs: 20 ms and up to 10 ms of jitter.
fn good(random: &mut Random) -> u64 {
    20_000 + (random.unit() * 10_000.0) as u64
}

#[test]
fn half_an_hour_of_drift_neither_conceals_nor_delays() {
    // 200 ppm over half an hour are 360 ms: more than the jitter buffer could absorb.
    for drift in [-200.0, 200.0] {
        let mut random = Random::new(1);
        let sent = sender(1800, 0, u32::MAX - 40_000_000);
        let playback = listen(
            network(&sent, |_| Some(good(&mut random))),
            1800,
            480,
            drift,
        );
        println!(
            "{drift} ppm: p95 {:.0} ms, concealed {} ms",
            playback.percentile(0.95),
            playback.concealed_ms()
        );
        assert!(
            playback.percentile(0.999) <= 90.0,
            "{drift} ppm: {:.0} ms",
            playback.percentile(0.999)
        );
        assert!(
            playback.concealed_ms() <= 20,
            "{drift} ppm: {} ms concealed",
            playback.concealed_ms()
        );
        // Media time moved by the drift, and only by stretching.
        let stretched = playback.stats.decelerated as f64 - playback.stats.accelerated as f64;
        assert!(
            (stretched / 48.0 - drift.signum() * 360.0).abs() < 120.0,
            "{:.0} ms",
            stretched / 48.0
        );
    }
}

#[test]
fn a_slower_route_conceals_only_its_own_delay() {
    for seed in 0..10 {
        let mut random = Random::new(seed);
        let sent = sender(60, 0, 0);
        let arrivals = network(&sent, |sent| {
            let slow = (20_000_000..40_000_000).contains(&sent.at);
            Some(good(&mut random) + if slow { 150_000 } else { 0 })
        });
        let playback = listen(arrivals, 60, 480, 0.0);
        let at = |second: usize| playback.concealed_by_second[second];
        println!(
            "step seed {seed}: concealed {} ms, p95 {:.0}",
            playback.concealed_ms(),
            playback.percentile(0.95)
        );
        assert_eq!(at(19), at(2), "a steady network conceals nothing");
        assert!(
            at(22) - at(19) <= 180,
            "the step itself is 150 ms: {}",
            at(22) - at(19)
        );
        assert_eq!(
            at(59),
            at(22),
            "the new route and the way back conceal nothing"
        );
        // Relative to the fastest packet, the delay is the same on both routes.
        let blocks = 100;
        for second in [19, 38, 59] {
            let delay = playback.delays[second * blocks - 20];
            assert!(delay <= 60.0, "seed {seed}: {delay:.0} ms after {second} s");
        }
    }
}

#[test]
fn old_audio_is_skipped_after_an_outage() {
    let sent = sender(30, 0, 0);
    // Nothing for 3 s, then all of it at once.
    let arrivals = network(&sent, |sent| {
        let held = (10_000_000..13_000_000).contains(&sent.at);
        Some(20_000 + if held { 13_000_000 - sent.at } else { 0 })
    });
    let playback = listen(arrivals, 30, 480, 0.0);
    assert!(
        playback.concealed_ms() <= 1100,
        "concealment ends after a second without packets: {}",
        playback.concealed_ms()
    );
    assert!(
        playback.stats.skipped / 48 >= 800,
        "old audio is skipped: {}",
        playback.stats.skipped / 48
    );
    // Packets that were less than half a second late count as jitter, for two periods of 5 s.
    let late = playback.delays.len() - 400..;
    assert!(
        playback.delays[late].iter().all(|delay| *delay < 80.0),
        "still behind 13 s later"
    );
    assert!(playback.delays.iter().all(|delay| *delay < 1100.0));
}

/// A minute of speech with pauses from a sender with DTX.
static PAUSING: LazyLock<Vec<Sent>> = LazyLock::new(|| pausing_sender(60.0));

fn pausing_sender(seconds: f64) -> Vec<Sent> {
    let mut audio = speech(3, seconds);
    for (index, sample) in audio.iter_mut().enumerate() {
        // 1.5 s of speech, then 1.5 s of silence.
        if (index / 72_000) % 2 == 1 {
            *sample = 0.0;
        }
    }
    let mut encoder = Encoder::new(EncoderSettings::default()).expect("an encoder");
    let mut payload = Vec::new();
    let mut sent = Vec::new();
    for (index, frame) in audio.chunks_exact(960).enumerate() {
        if encoder.encode(frame, &mut payload).expect("a frame") == Encoded::Packet {
            sent.push(Sent {
                at: index as u64 * 20_000,
                sequence: sent.len() as u16,
                timestamp: index as u32 * 960,
                payload: payload.clone(),
            });
        }
    }
    assert!(
        sent.len() < audio.len() / 960 * 3 / 4,
        "DTX did not engage: {} packets",
        sent.len()
    );
    sent
}

#[test]
fn dtx_is_not_loss() {
    for seed in 0..10 {
        let sent = &PAUSING;
        let mut random = Random::new(seed);
        let playback = listen(network(sent, |_| Some(good(&mut random))), 60, 480, 0.0);
        println!(
            "dtx seed {seed}: {:?}, p95 {:.0}",
            playback.stats,
            playback.percentile(0.95)
        );
        assert!(
            playback.concealed_ms() <= 40,
            "{} ms concealed",
            playback.concealed_ms()
        );
        assert!(
            playback.stats.dtx_filled / 48 > 15_000,
            "{} ms of DTX",
            playback.stats.dtx_filled / 48
        );
        assert!(
            playback.percentile(0.95) <= 120.0,
            "{:.0} ms",
            playback.percentile(0.95)
        );
        assert_eq!(playback.stats.skipped + playback.stats.late_packets, 0);
    }
}

#[test]
fn dtx_with_loss_and_jitter_plays_all_packets_that_arrive() {
    for seed in 0..10 {
        let sent = &PAUSING;
        let mut random = Random::new(seed);
        let arrivals = network(sent, |_| {
            let delay = (random.unit() * 80_000.0) as u64;
            (!random.happens(0.05)).then_some(delay)
        });
        let count = arrivals.len() as u64;
        let playback = listen(arrivals, 60, 480, 0.0);
        println!(
            "dtx+loss seed {seed}: {:?}, p95 {:.0}",
            playback.stats,
            playback.percentile(0.95)
        );
        assert!(
            playback.stats.played_packets >= count * 97 / 100,
            "{:?}",
            playback.stats
        );
        assert!(
            playback.concealed_ms() <= 800,
            "{} ms concealed",
            playback.concealed_ms()
        );
        assert!(
            playback.percentile(0.95) <= 200.0,
            "{:.0} ms",
            playback.percentile(0.95)
        );
    }
}

#[test]
fn a_restarted_stream_plays_at_once() {
    let mut random = Random::new(5);
    let mut sent = sender(10, 100, 1000);
    // The stream restarts with other counters, a fifth of a second later.
    for mut again in sender(10, 40_000, 3_000_000_000) {
        again.at += 10_200_000;
        sent.push(again);
    }
    let playback = listen(network(&sent, |_| Some(good(&mut random))), 20, 480, 0.0);
    assert_eq!(
        playback.stats.rejected_packets, 0,
        "the suspect packet was the first of the new stream"
    );
    assert!(playback.stats.played_packets >= 970, "{:?}", playback.stats);
    assert!(
        playback.concealed_ms() <= 260,
        "{} ms",
        playback.concealed_ms()
    );
    let late = playback.delays.len() - 500..;
    assert!(playback.delays[late].iter().all(|delay| *delay < 120.0));
}

#[test]
fn duplicates_and_outliers_do_not_change_the_output() {
    let sent = sender(20, 65_500, u32::MAX - 100_000);
    let clean = network(&sent, |_| Some(20_000));
    let mut dirty: Arrivals = Vec::new();
    for (index, (at, packet)) in clean.iter().enumerate() {
        dirty.push((*at, packet.clone()));
        if index % 3 == 0 {
            dirty.push((*at + 1000, packet.clone()));
        }
        if index % 50 == 7 {
            let jump = [1 << 31, (1 << 31) + 1, 500_000, u32::MAX - 500_000][index % 4];
            let outlier = Packet {
                timestamp: packet.timestamp.wrapping_add(jump),
                ..packet.clone()
            };
            dirty.push((*at + 2000, outlier));
            dirty.push((
                *at + 3000,
                Packet {
                    duration: 0,
                    ..packet.clone()
                },
            ));
            dirty.push((
                *at + 3000,
                Packet {
                    duration: u32::MAX,
                    ..packet.clone()
                },
            ));
        }
        if index % 100 == 50 {
            // A single packet two seconds late.
            dirty.push((*at + 2_000_000, packet.clone()));
        }
    }
    dirty.sort_by_key(|(at, _)| *at);
    let clean = listen(clean, 20, 480, 0.0);
    let dirty = listen(dirty, 20, 480, 0.0);
    assert_eq!(dirty.stats.concealed, clean.stats.concealed);
    assert_eq!(dirty.stats.played_packets, clean.stats.played_packets);
    assert!(dirty.stats.duplicate_packets >= 300 && dirty.stats.rejected_packets >= 50);
    assert_eq!(dirty.audio, clean.audio, "identical samples are played");
}

#[test]
fn any_block_size_works() {
    let mut concealed = Vec::new();
    for block in [64, 128, 441, 480, 512, 1024, 2048, 4800] {
        let mut random = Random::new(9);
        let sent = sender(20, 0, 0);
        let playback = listen(network(&sent, |_| Some(good(&mut random))), 20, block, 0.0);
        println!(
            "block {block}: concealed {} ms, p95 {:.0}",
            playback.concealed_ms(),
            playback.percentile(0.95)
        );
        concealed.push((block, playback.concealed_ms()));
    }
    assert!(
        concealed
            .iter()
            .all(|(block, ms)| *ms <= if *block > 960 { 60 } else { 0 }),
        "{concealed:?}"
    );
}
