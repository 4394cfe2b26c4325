//! What a burst of lost packets costs data channels that are filled as fast as they allow: two peers in this process with
//! a forwarder between them. Prints one table row per condition. Time is virtual: what takes processor time takes none on
//! the path. The processor time is that of the whole process, so of both peers and the forwarder.
//!
//! `cargo run --release -p maru-peer --example channel_losses [channels [MiB in flight [Mbit/s [ms of queue]]]]`
//!
//! Timers have a resolution of 1 ms: with more than 9 Mbit/s several packets arrive at once and are acknowledged together,
//! which costs less than on a real path.
#![allow(clippy::print_stdout, clippy::cast_precision_loss)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::Duration;

use maru_lab::Conditions;
use maru_peer::Config;
use support::burst::Flood;
use support::loopback;
use tokio::time::Instant;

/// How long a channel may take to recover.
const TIMEOUT: Duration = Duration::from_secs(100);
const BEFORE: Duration = Duration::from_secs(1);

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    println!(
        "| channels | round trip ms | lost | unacknowledged KiB | MB/s before | s until as fast again | longest gap s | cpu s until then | cpu s for as much without loss |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let argument = |index| std::env::args().nth(index).and_then(|it| it.parse().ok());
    let channels = argument(1).unwrap_or(1);
    let send_buffer = argument(2).unwrap_or(1) << 20;
    let megabits = argument(3).unwrap_or(9);
    let queue = argument(4).unwrap_or(4000);
    for round_trip in [20, 100] {
        let path = Conditions {
            delay_ms: round_trip / 2,
            rate: megabits as u64 * 1_000_000,
            queue_ms: queue as u64,
            ..Conditions::default()
        };
        for lost in [0, 200, 1000] {
            row(channels, send_buffer, path, lost).await;
        }
    }
}

async fn row(channels: usize, send_buffer: usize, path: Conditions, lost: usize) {
    let round_trip = path.delay_ms * 2;
    let config = Config {
        send_buffer,
        ..loopback()
    };
    let flood = Flood::start(config.clone(), config, channels, path).await;
    // Slow start.
    tokio::time::sleep(Duration::from_secs(20)).await;
    let (bytes, processor) = (flood.received.bytes(), processor_time());
    let start = Instant::now();
    let unacknowledged = flood.max_buffered(BEFORE).await;
    let before = (flood.received.bytes() - bytes) as f64 / start.elapsed().as_secs_f64();
    let per_byte = (processor_time() - processor) / (flood.received.bytes() - bytes) as f64;

    flood.received.take_arrivals();
    let (start, bytes, processor) = (Instant::now(), flood.received.bytes(), processor_time());
    flood.lose(lost);
    let mut last = start;
    let mut gap = Duration::ZERO;
    let recovered = loop {
        tokio::time::sleep(Duration::from_millis(round_trip * 5)).await;
        let arrivals = flood.received.take_arrivals();
        for arrival in &arrivals {
            gap = gap.max(arrival.at - last);
            last = arrival.at;
        }
        let arrived: usize = arrivals.iter().map(|arrival| arrival.bytes).sum();
        let rate = arrived as f64 / (round_trip as f64 / 200.0);
        // What was queued on the path before the burst arrives at full rate.
        let seen = start.elapsed() > Duration::from_millis(3 * (round_trip + path.queue_ms));
        if (seen && flood.still_to_lose() == 0 && rate >= before * 0.9) || start.elapsed() > TIMEOUT
        {
            break start.elapsed();
        }
    };
    let processor = processor_time() - processor;
    let as_much = per_byte * (flood.received.bytes() - bytes) as f64;
    println!(
        "| {channels} | {round_trip} | {lost} | {} | {:.1} | {:.2} | {:.2} | {processor:.2} | {as_much:.2} |",
        unacknowledged >> 10,
        before / 1e6,
        recovered.as_secs_f64(),
        gap.as_secs_f64(),
    );
    flood.close().await;
}

/// Seconds of processor time of this thread, which does all the work. Linux only.
fn processor_time() -> f64 {
    let nanoseconds = std::fs::read_to_string("/proc/self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    nanoseconds.map_or(f64::NAN, |nanoseconds| nanoseconds as f64 / 1e9)
}
