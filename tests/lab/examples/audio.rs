//! Packets as the audio of a call sends them, and how long they wait in the queue of the path.
//!
//! - `cargo run --release -p maru-lab --example audio -- receive ADDRESS SKIP` prints a line when it listens, and at the end a
//!   JSON object: packets, and percentiles of their delay over the shortest one in milliseconds. Packets of the first `SKIP`
//!   seconds count for the shortest one only.
//! - `cargo run --release -p maru-lab --example audio -- send ADDRESS SECONDS`
//!
//! Both have to read the same clock: they are on one machine.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    missing_docs
)]

use std::net::UdpSocket;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Of Opus at 64 kbit/s.
const PAYLOAD: usize = 160;
const INTERVAL: Duration = Duration::from_millis(20);
/// The last packets have this in place of the time.
const END: u64 = u64::MAX;
const END_PACKETS: u32 = 50;
/// Without any packet for so long, there will be no more.
const TIMEOUT: Duration = Duration::from_secs(10);

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["receive", address, skip] => receive(address, skip.parse().unwrap()),
        ["send", address, seconds] => send(address, seconds.parse().unwrap()),
        _ => println!("audio receive|send ADDRESS SECONDS (see the beginning of the source)"),
    }
}

fn microseconds(time: Duration) -> u64 {
    time.as_micros().try_into().unwrap()
}

fn now() -> u64 {
    microseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap())
}

fn send(address: &str, seconds: f64) {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    let mut packet = [0; PAYLOAD];
    let mut send = |time: u64| {
        packet[..8].copy_from_slice(&time.to_be_bytes());
        // A queue of the system that is full loses a packet, as a network does.
        let _ = socket.send_to(&packet, address);
        std::thread::sleep(INTERVAL);
    };
    let end = now() + microseconds(Duration::from_secs_f64(seconds));
    while now() < end {
        send(now());
    }
    for _ in 0..END_PACKETS {
        send(END);
    }
}

fn receive(address: &str, skip: f64) {
    let socket = UdpSocket::bind(address).unwrap();
    println!("listens");
    let mut packet = [0; PAYLOAD];
    // When each was sent, and its delay.
    let mut packets: Vec<(u64, u64)> = Vec::new();
    while socket.recv(&mut packet).is_ok() {
        socket.set_read_timeout(Some(TIMEOUT)).unwrap();
        let now = now();
        let sent = u64::from_be_bytes(packet[..8].try_into().unwrap());
        if sent == END {
            break;
        }
        packets.push((sent, now.saturating_sub(sent)));
    }
    let shortest = packets.iter().map(|(_, delay)| *delay).min().unwrap();
    let from = packets[0].0 + microseconds(Duration::from_secs_f64(skip));
    let counted = packets.iter().filter(|(sent, _)| *sent >= from);
    let mut delays: Vec<u64> = counted.map(|(_, delay)| delay - shortest).collect();
    delays.sort_unstable();
    let percentile = |share: usize| {
        let index = (delays.len() * share / 100).min(delays.len() - 1);
        delays[index] as f64 / 1000.0
    };
    println!(
        r#"{{"packets":{},"p50":{},"p95":{},"p99":{}}}"#,
        delays.len(),
        percentile(50),
        percentile(95),
        percentile(99)
    );
}
