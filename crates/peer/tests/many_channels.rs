//! Data channels of one connection that are filled at the same time, over a path that loses a burst of packets. Virtual time.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use maru_lab::Conditions;
use maru_peer::Config;
use support::burst::{Flood, MESSAGE};
use support::loopback;
use tokio::time::sleep;

const CHANNELS: usize = 8;
/// Messages between a sender and its stack: in the queue, and one in the hands of the task.
const UNSENT: usize = 4 + 1;

/// Each channel for itself may have as much in flight as the connection.
#[tokio::test(start_paused = true)]
async fn channels_share_the_bound_on_what_is_in_flight_and_survive_a_burst_of_losses() {
    let config = Config {
        send_buffer: 256 << 10,
        ..loopback()
    };
    let bound = config.send_buffer + MESSAGE + CHANNELS * UNSENT * MESSAGE;
    let path = Conditions {
        delay_ms: 10,
        rate: 100_000_000,
        ..Conditions::default()
    };
    let flood = Flood::start(config.clone(), config, CHANNELS, path).await;
    sleep(Duration::from_secs(1)).await;
    for lost in [0, 100] {
        flood.received.take_arrivals();
        flood.lose(lost);
        let unacknowledged = flood.max_buffered(Duration::from_secs(5)).await;
        assert!(unacknowledged <= bound, "{unacknowledged} of {bound}");
        assert_eq!(flood.still_to_lose(), 0);
        let mut messages = [0; CHANNELS];
        for arrival in flood.received.take_arrivals() {
            messages[arrival.channel] += 1;
        }
        let least = messages.iter().min().unwrap();
        let all: usize = messages.iter().sum();
        assert!(*least > 10 && *least * 2 * CHANNELS > all, "{messages:?}");
    }
    flood.close().await;
}

/// Slow start fills the queue of the path and overruns it. Without the common bound, acknowledgments become too large for a
/// packet, and nothing is delivered any more.
#[tokio::test(start_paused = true)]
async fn channels_go_on_after_they_have_overrun_the_queue_of_a_slow_path() {
    let path = Conditions {
        delay_ms: 10,
        rate: 9_000_000,
        queue_ms: 2000,
        ..Conditions::default()
    };
    let flood = Flood::start(loopback(), loopback(), CHANNELS, path).await;
    sleep(Duration::from_secs(15)).await;
    flood.received.take_arrivals();
    sleep(Duration::from_secs(10)).await;
    let bytes: usize = flood
        .received
        .take_arrivals()
        .iter()
        .map(|arrival| arrival.bytes)
        .sum();
    assert!(bytes > 5_000_000, "{bytes}");
    flood.close().await;
}
