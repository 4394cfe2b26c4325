//! Both endpoints over a narrow path, while a call is on.
#![expect(clippy::cast_sign_loss, reason = "a simulation")]

mod path;

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use self::path::{Message, Path};
use super::{super::*, lone};
use crate::{Piece, control::Secret, hash::GROUP_BYTES};

static ZEROS: [u8; 1 << 20] = [0; 1 << 20];

struct Pair {
    sender: Endpoint,
    receiver: Endpoint,
    path: Path,
    backward: VecDeque<(Time, String)>,
    now: Time,
    bytes: usize,
    /// How long a write takes.
    write: Duration,
    writes: VecDeque<(Time, super::super::WriteId, TransferId, u64)>,
}

impl Pair {
    fn new(path: Path, write_ms: u64, yields: bool) -> Self {
        let now = Time::new(Duration::from_secs(1));
        let mut pair = Self {
            sender: Endpoint::new(lone::identity()),
            receiver: Endpoint::new(lone::identity()),
            path,
            backward: VecDeque::new(),
            now,
            bytes: 0,
            write: Duration::from_millis(write_ms),
            writes: VecDeque::new(),
        };
        for side in [&mut pair.sender, &mut pair.receiver] {
            side.set_yielding(yields);
            side.on_connected(lone::HERE, Vec::new(), now);
        }
        let sizes = vec![10_000 * GROUP_BYTES];
        pair.sender.send_transfer(
            Outgoing {
                offer: lone::offer(1, &sizes),
                sizes: sizes.into(),
                partner_secret: None,
                paused: false,
                failed: crate::FailedEntries::default(),
            },
            now,
        );
        pair
    }

    fn step(&mut self) {
        self.now += Duration::from_millis(1);
        let now = self.now;
        for message in self.path.step(now) {
            match message {
                Message::Control(text) => self.receiver.on_control(text.as_bytes(), now),
                Message::Bulk(bytes) => {
                    self.bytes += bytes.len();
                    self.receiver.on_bulk(bytes, now);
                }
            }
        }
        let due = |at: Option<&Time>| at.is_some_and(|at| *at <= now);
        while due(self.backward.front().map(|(at, _)| at)) {
            let (_, text) = self.backward.pop_front().unwrap();
            self.sender.on_control(text.as_bytes(), now);
        }
        for side in [&mut self.sender, &mut self.receiver] {
            if side.poll_timeout().is_some_and(|at| at <= now) {
                side.on_timeout(now);
            }
        }
        while due(self.writes.front().map(|(at, ..)| at)) {
            let (_, write, id, bytes) = self.writes.pop_front().unwrap();
            self.receiver.on_written(write, id, bytes, now);
        }
        while let Some(output) = self.receiver.poll_output(now) {
            match output {
                Output::Control(text) => {
                    self.receiver.on_control_sent(1, now);
                    self.backward.push_back((now + self.path.delay(), text));
                }
                Output::Disk(DiskRequest::Write {
                    write, id, piece, ..
                }) => {
                    let written = (now + self.write, write, id, piece.len());
                    self.writes.push_back(written);
                }
                Output::Event(Event::Offered(id)) => {
                    self.receiver.accept(id, Secret([7; 32]), now);
                }
                Output::Close(reason) => panic!("{reason:?}"),
                Output::Disk(_) | Output::Event(_) => {}
            }
        }
        self.feed(now);
        while self.path.has_room() {
            let Some(message) = self.sender.poll_bulk(now) else {
                break;
            };
            self.path.send(Message::Bulk(message));
            self.feed(now);
        }
    }

    fn feed(&mut self, now: Time) {
        while let Some(output) = self.sender.poll_output(now) {
            match output {
                Output::Control(text) => {
                    self.sender.on_control_sent(1, now);
                    self.path.send(Message::Control(text));
                }
                Output::Disk(DiskRequest::Read { read, length, .. }) => {
                    let bytes = Bytes::from_static(&ZEROS[..length as usize]);
                    self.sender
                        .on_read(read, Ok(vec![Piece::Bytes(bytes)]), now);
                }
                Output::Disk(DiskRequest::Manifest { id, .. }) => {
                    let entries = vec![lone::file("a", 10_000 * GROUP_BYTES)];
                    self.sender.on_manifest(id, 0, Ok((entries, true)), now);
                }
                Output::Close(reason) => panic!("{reason:?}"),
                Output::Disk(_) | Output::Event(_) => {}
            }
        }
    }

    fn run(&mut self, seconds: u64) -> Vec<f64> {
        (0..seconds * 1_000)
            .map(|_| {
                self.step();
                self.path.delay_ms()
            })
            .collect()
    }
}

fn p95(mut delays: Vec<f64>) -> f64 {
    delays.sort_by(f64::total_cmp);
    delays[(delays.len() as f64 * 0.95) as usize]
}

#[test]
fn a_call_waits_little_and_most_of_the_path_is_used() {
    for (mbits, most) in [(5.0, 80.0), (20.0, 50.0), (100.0, 50.0)] {
        for queue_ms in [50.0, 200.0, 1_000.0] {
            let mut pair = Pair::new(Path::new(mbits, queue_ms), 100, true);
            pair.run(5);
            pair.bytes = 0;
            let delays = pair.run(30);
            let used = pair.bytes as f64 / (mbits * 125.0 * 30_000.0);
            let p95 = p95(delays);
            let (dropped, timeouts) = (pair.path.dropped, pair.path.timeouts);
            // The headers of packets take 7 %.
            assert!(
                p95 < most && used >= 0.85,
                "{mbits} Mbit/s, queue {queue_ms} ms: p95 {p95} ms, {used} used, {dropped} packets dropped, {timeouts} timeouts"
            );
        }
    }
}

#[test]
fn a_call_that_begins_during_a_transfer_has_a_short_queue_within_two_seconds() {
    for (mbits, most) in [(5.0, 80.0), (20.0, 50.0)] {
        for queue_ms in [50.0, 200.0, 1_000.0] {
            let mut pair = Pair::new(Path::new(mbits, queue_ms), 100, false);
            let before = p95(pair.run(75).split_off(60_000));
            assert!(before > 45.0, "at full speed: {before}");
            pair.sender.set_yielding(true);
            pair.run(2);
            let delays = pair.run(1);
            let max = delays.into_iter().fold(0.0, f64::max);
            pair.bytes = 0;
            let p95 = p95(pair.run(20));
            let used = pair.bytes as f64 / (mbits * 125.0 * 20_000.0);
            assert!(max < most, "{mbits} Mbit/s, queue {queue_ms} ms: {max} ms");
            assert!(
                p95 < most && used >= 0.8,
                "{mbits} Mbit/s, queue {queue_ms} ms: p95 {p95} ms, {used} used later"
            );
        }
    }
}

/// A jitter buffer follows a delay that grows by some milliseconds in a second, and conceals audio where it grows faster.
#[test]
fn the_queue_of_a_transfer_grows_slowly_at_first() {
    // A packet is 2 ms of 5 Mbit/s.
    for (mbits, most) in [(5.0, 34.0), (20.0, 20.0), (100.0, 18.0)] {
        let mut pair = Pair::new(Path::new(mbits, 200.0), 100, true);
        for second in 1..=2 {
            let p95 = p95(pair.run(1));
            assert!(p95 <= most, "{mbits} Mbit/s, second {second}: p95 {p95} ms");
        }
    }
}
