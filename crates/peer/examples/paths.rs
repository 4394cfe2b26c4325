//! Figures of a call on bad paths: two peers in this process, a forwarder between them, an encoder that follows the
//! bandwidth estimate. Prints one table row per condition. Time is virtual, so that the figures do not depend on the
//! machine.
//!
//! `cargo run -p maru-peer --example paths [seconds [part of a row's name]]`
#![allow(clippy::print_stdout)]

#[path = "../tests/support/mod.rs"]
mod support;

use support::call::{Call, Path, Received};

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let seconds = std::env::args()
        .nth(1)
        .and_then(|it| it.parse().ok())
        .unwrap_or(20);
    let only = std::env::args().nth(2).unwrap_or_default();
    println!(
        "| path | fps | longest gap ms | video p95 ms | kbit/s | audio in 200 ms % | audio p95 ms | packets requested | keyframes requested |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (name, rate, delay, jitter, loss) in [
        ("clean", 0, 0, 0, 0),
        ("20 ms round trip", 0, 10, 0, 0),
        ("3 % loss, 20 ms", 0, 10, 0, 30),
        ("5 % loss, 20 ms", 0, 10, 0, 50),
        ("5 % loss, 80 ms", 0, 40, 0, 50),
        ("10 % loss, 20 ms", 0, 10, 0, 100),
        ("80 ms jitter, 20 ms", 0, 10, 80, 0),
        ("700 kbit/s, 20 ms", 700_000, 10, 0, 0),
        ("700 kbit/s, 3 % loss, 20 ms", 700_000, 10, 0, 30),
    ]
    .into_iter()
    .filter(|(name, ..)| name.contains(&only))
    {
        let mut call = Call::over(Path {
            rate,
            delay,
            jitter,
            loss,
        })
        .await;
        call.run(5).await;
        row(name, &call.run(seconds).await);
        call.end().await;
    }
    if !"cut".contains(&only) {
        return;
    }
    let wide = Path {
        rate: 3_000_000,
        delay: 10,
        ..Path::default()
    };
    let narrow = Path {
        rate: 500_000,
        ..wide
    };
    let mut call = Call::over(wide).await;
    call.run(10).await;
    for (name, path) in [
        ("3 Mbit/s", wide),
        ("cut to 500 kbit/s", narrow),
        ("3 Mbit/s again", wide),
    ] {
        call.path(path);
        row(name, &call.run(seconds).await);
    }
    call.end().await;
}

fn row(name: &str, received: &Received) {
    println!(
        "| {name} | {:.1} | {} | {} | {:.0} | {:.1} | {} | {} | {} |",
        received.frames_per_second,
        received.longest_gap.as_millis(),
        received.video_p95.as_millis(),
        received.kilobits_per_second,
        received.audio_in_time * 100.0,
        received.audio_p95.as_millis(),
        received.packets_requested,
        received.keyframes_requested,
    );
    let estimate: Vec<String> = received
        .estimate
        .iter()
        .map(|bits| (bits / 1000).to_string())
        .collect();
    println!(
        "<!-- estimate by second, kbit/s: {} -->",
        estimate.join(" ")
    );
}
