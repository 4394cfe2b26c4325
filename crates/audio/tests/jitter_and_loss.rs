//! Seeded networks in virtual time with real Opus: what a listener may expect of the jitter buffer.
#![allow(
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    reason = "test signals are small numbers; figures are printed"
)]

mod support;

use std::time::Duration;

use maru_audio::{Packet, Playout, codec::Decoder};
use support::{
    network::{Bursts, Heard, listen, network, sender},
    random::Random,
};

const SECONDS: u64 = 40;

fn report(name: &str, seed: u64, heard: &Heard) {
    println!(
        "{name} seed {seed}: concealed {} ms, by FEC {} ms, quiet {} ms, late {}, lost {}, delay mean {:.0} p50 {:.0} p95 {:.0} \
         target {}, shortened {} lengthened {}",
        heard.concealed_ms(),
        heard.statistics.recovered / 48,
        heard.statistics.quiet / 48,
        heard.statistics.late_packets,
        heard.statistics.lost_packets,
        heard.mean(),
        heard.percentile(0.5),
        heard.percentile(0.95),
        heard.target_ms,
        heard.statistics.shortened / 48,
        heard.statistics.lengthened / 48,
    );
}

#[test]
fn eighty_ms_jitter_and_five_percent_loss() {
    for seed in 0..24 {
        for (name, normal) in [("uniform", false), ("normal", true)] {
            let mut random = Random::new(seed);
            // Counters that wrap on the way.
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
            let heard = listen(arrivals, SECONDS, 480, 0.0);
            report(name, seed, &heard);
            assert!(
                heard.concealed_ms() <= 300,
                "{name} seed {seed}: {} ms concealed",
                heard.concealed_ms()
            );
            // FEC repairs one packet: of two lost in a row the first is beyond anybody's help. What is concealed
            // beyond that would be our own making.
            assert!(
                heard.concealed_ms() <= beyond_fec + 100,
                "{name} seed {seed}: {beyond_fec} ms were inevitable"
            );
            assert!(
                heard.percentile(0.95) <= 160.0,
                "{name} seed {seed}: p95 {:.0} ms",
                heard.percentile(0.95)
            );
            assert!(
                heard.statistics.recovered / 48 > 1000,
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
            let loses = bursts.loses();
            lost += u64::from(loses);
            (!loses).then_some(delay)
        });
        let heard = listen(arrivals, SECONDS, 480, 0.0);
        report("bursts", seed, &heard);
        // FEC repairs the last packet of each burst.
        let inevitable = lost * 20 - (heard.statistics.recovered + heard.statistics.quiet) / 48;
        assert!(
            heard.concealed_ms() <= inevitable + 120,
            "{} of {inevitable}",
            heard.concealed_ms()
        );
        assert!(
            heard.percentile(0.95) <= 100.0,
            "p95 {:.0} ms",
            heard.percentile(0.95)
        );
    }
}

#[test]
fn a_voice_waits_for_its_picture_and_comes_back() {
    let mut playout = Playout::default();
    let mut decoder = Decoder::new().expect("a decoder");
    let mut out = [0.0; 480];
    let mut delays = Vec::new();
    for (index, sent) in sender(40, 7, 7).iter().enumerate() {
        let index = index as u64;
        match index {
            250 => playout.set_least_delay(Duration::from_millis(200)),
            1000 => playout.set_least_delay(Duration::ZERO),
            _ => {}
        }
        let now = Duration::from_millis(20 * index);
        let packet = Packet::new(sent.sequence, sent.timestamp, sent.payload.clone());
        playout.insert(now, packet.expect("an Opus packet"));
        for half in 0..2 {
            let now = now + Duration::from_millis(10 * half);
            playout.pull(now, &mut out, |ask, sound| decoder.answer(ask, sound));
            let delay = playout.current_delay(now).unwrap_or_default();
            delays.push(delay as f64 / 48.0);
        }
    }
    let (before, waiting, after) = (delays[450], delays[1900], delays[3900]);
    assert!(before <= 60.0, "{before}");
    assert!((180.0..=260.0).contains(&waiting), "{waiting}");
    assert!(after <= 60.0, "{after}");
    // It gets there by stretching: nothing is lost and nothing is made up.
    assert_eq!(playout.statistics().concealed, 0);
    assert_eq!(playout.statistics().skipped, 0);
}
