//! What networks and senders do besides losing packets: routes change, clocks drift, senders fall silent,
//! restart, repeat themselves and talk nonsense.
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

/// A gentle network: 20 ms and up to 10 ms of jitter, in µs.
fn gentle(random: &mut Random) -> u64 {
    20_000 + (random.unit() * 10_000.0) as u64
}

#[test]
fn half_an_hour_of_drift_neither_conceals_nor_delays() {
    // 200 ppm over half an hour are 360 ms: more than any buffer here would hide.
    for drift in [-200.0, 200.0] {
        let mut random = Random::new(1);
        let sent = sender(1800, 0, u32::MAX - 40_000_000);
        let heard = listen(
            network(&sent, |_| Some(gentle(&mut random))),
            1800,
            480,
            drift,
        );
        println!(
            "{drift} ppm: p95 {:.0} ms, concealed {} ms",
            heard.percentile(0.95),
            heard.concealed_ms()
        );
        assert!(
            heard.percentile(0.999) <= 90.0,
            "{drift} ppm: {:.0} ms",
            heard.percentile(0.999)
        );
        assert!(
            heard.concealed_ms() <= 20,
            "{drift} ppm: {} ms concealed",
            heard.concealed_ms()
        );
        // Media time moved by the drift, and only by stretching.
        let stretched = heard.statistics.lengthened as f64 - heard.statistics.shortened as f64;
        assert!(
            (stretched / 48.0 - drift.signum() * 360.0).abs() < 120.0,
            "{:.0} ms",
            stretched / 48.0
        );
    }
}

#[test]
fn a_slower_route_and_back() {
    for seed in 0..10 {
        let mut random = Random::new(seed);
        let sent = sender(60, 0, 0);
        let arrivals = network(&sent, |sent| {
            let slow = (20_000_000..40_000_000).contains(&sent.at);
            Some(gentle(&mut random) + if slow { 150_000 } else { 0 })
        });
        let heard = listen(arrivals, 60, 480, 0.0);
        let at = |second: usize| heard.concealed_by_second[second];
        println!(
            "step seed {seed}: concealed {} ms, p95 {:.0}",
            heard.concealed_ms(),
            heard.percentile(0.95)
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
        // Against the fastest packet of its time the delay is what it was, on either route and after both.
        let blocks = 100;
        for second in [19, 38, 59] {
            let delay = heard.delays[second * blocks - 20];
            assert!(delay <= 60.0, "seed {seed}: {delay:.0} ms after {second} s");
        }
    }
}

#[test]
fn an_outage_ends_in_the_present() {
    let sent = sender(30, 0, 0);
    // Nothing for 3 s, then all of it at once.
    let arrivals = network(&sent, |sent| {
        let held = (10_000_000..13_000_000).contains(&sent.at);
        Some(20_000 + if held { 13_000_000 - sent.at } else { 0 })
    });
    let heard = listen(arrivals, 30, 480, 0.0);
    assert!(
        heard.concealed_ms() <= 1100,
        "after a second of nothing, nobody is fooled: {}",
        heard.concealed_ms()
    );
    assert!(
        heard.statistics.skipped / 48 >= 800,
        "old speech is left out: {}",
        heard.statistics.skipped / 48
    );
    // What came within half a second of its time counts as jitter and is waited for, for two periods of 5 s.
    let late = heard.delays.len() - 400..;
    assert!(
        heard.delays[late].iter().all(|delay| *delay < 80.0),
        "still behind 13 s later"
    );
    assert!(heard.delays.iter().all(|delay| *delay < 1100.0));
}

/// A minute of a voice that pauses, as a sender with DTX sends it.
static PAUSING: LazyLock<Vec<Sent>> = LazyLock::new(|| pausing_sender(60.0));

fn pausing_sender(seconds: f64) -> Vec<Sent> {
    let mut voice = speech(3, seconds);
    for (index, sample) in voice.iter_mut().enumerate() {
        // Speaks for 1.5 s, is silent for 1.5 s.
        if (index / 72_000) % 2 == 1 {
            *sample = 0.0;
        }
    }
    let mut encoder = Encoder::new(EncoderSettings::default()).expect("an encoder");
    let mut payload = Vec::new();
    let mut sent = Vec::new();
    for (index, frame) in voice.chunks_exact(960).enumerate() {
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
        sent.len() < voice.len() / 960 * 3 / 4,
        "DTX did not engage: {} packets",
        sent.len()
    );
    sent
}

#[test]
fn silence_is_not_loss() {
    for seed in 0..10 {
        let sent = &PAUSING;
        let mut random = Random::new(seed);
        let heard = listen(network(sent, |_| Some(gentle(&mut random))), 60, 480, 0.0);
        println!(
            "dtx seed {seed}: {:?}, p95 {:.0}",
            heard.statistics,
            heard.percentile(0.95)
        );
        assert!(
            heard.concealed_ms() <= 40,
            "{} ms concealed",
            heard.concealed_ms()
        );
        assert!(
            heard.statistics.silent / 48 > 15_000,
            "{} ms silent",
            heard.statistics.silent / 48
        );
        assert!(
            heard.percentile(0.95) <= 120.0,
            "{:.0} ms",
            heard.percentile(0.95)
        );
        assert_eq!(heard.statistics.skipped + heard.statistics.late_packets, 0);
    }
}

#[test]
fn silence_with_loss_and_jitter_loses_no_speech_that_came() {
    for seed in 0..10 {
        let sent = &PAUSING;
        let mut random = Random::new(seed);
        let arrivals = network(sent, |_| {
            let delay = (random.unit() * 80_000.0) as u64;
            (!random.happens(0.05)).then_some(delay)
        });
        let count = arrivals.len() as u64;
        let heard = listen(arrivals, 60, 480, 0.0);
        println!(
            "dtx+loss seed {seed}: {:?}, p95 {:.0}",
            heard.statistics,
            heard.percentile(0.95)
        );
        assert!(
            heard.statistics.played_packets >= count * 97 / 100,
            "{:?}",
            heard.statistics
        );
        assert!(
            heard.concealed_ms() <= 800,
            "{} ms concealed",
            heard.concealed_ms()
        );
        assert!(
            heard.percentile(0.95) <= 200.0,
            "{:.0} ms",
            heard.percentile(0.95)
        );
    }
}

#[test]
fn a_sender_that_restarts_is_heard_at_once() {
    let mut random = Random::new(5);
    let mut sent = sender(10, 100, 1000);
    // The same stream begins anew with counters of its own, a fifth of a second later.
    for mut again in sender(10, 40_000, 3_000_000_000) {
        again.at += 10_200_000;
        sent.push(again);
    }
    let heard = listen(network(&sent, |_| Some(gentle(&mut random))), 20, 480, 0.0);
    assert_eq!(
        heard.statistics.absurd_packets, 0,
        "the strange one turned out to be the first"
    );
    assert!(
        heard.statistics.played_packets >= 970,
        "{:?}",
        heard.statistics
    );
    assert!(heard.concealed_ms() <= 260, "{} ms", heard.concealed_ms());
    let late = heard.delays.len() - 500..;
    assert!(heard.delays[late].iter().all(|delay| *delay < 120.0));
}

#[test]
fn repeated_and_absurd_packets_change_nothing() {
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
            let absurd = Packet {
                timestamp: packet.timestamp.wrapping_add(jump),
                ..packet.clone()
            };
            dirty.push((*at + 2000, absurd));
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
            // Two seconds late, alone.
            dirty.push((*at + 2_000_000, packet.clone()));
        }
    }
    dirty.sort_by_key(|(at, _)| *at);
    let clean = listen(clean, 20, 480, 0.0);
    let dirty = listen(dirty, 20, 480, 0.0);
    assert_eq!(dirty.statistics.concealed, clean.statistics.concealed);
    assert_eq!(
        dirty.statistics.played_packets,
        clean.statistics.played_packets
    );
    assert!(dirty.statistics.duplicate_packets >= 300 && dirty.statistics.absurd_packets >= 50);
    assert_eq!(
        dirty.sound, clean.sound,
        "what is heard is the same to the sample"
    );
}

#[test]
fn any_block_size_is_served() {
    let mut concealed = Vec::new();
    for block in [64, 128, 441, 480, 512, 1024, 2048, 4800] {
        let mut random = Random::new(9);
        let sent = sender(20, 0, 0);
        let heard = listen(
            network(&sent, |_| Some(gentle(&mut random))),
            20,
            block,
            0.0,
        );
        println!(
            "block {block}: concealed {} ms, p95 {:.0}",
            heard.concealed_ms(),
            heard.percentile(0.95)
        );
        concealed.push((block, heard.concealed_ms()));
    }
    assert!(
        concealed
            .iter()
            .all(|(block, ms)| *ms <= if *block > 960 { 60 } else { 0 }),
        "{concealed:?}"
    );
}
