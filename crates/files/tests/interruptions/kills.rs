//! Programs are killed at random points, as `kill -9` does, and start again.
//!
//! `MARU_KILLS_RUNS` and `MARU_KILLS_BYTES` say how many transfers of how many bytes, `MARU_KILLS_AT_ONCE` how many of them
//! at the same time, and `MARU_KILLS_FIRST_SEED` with which seed the first: see `cargo xtask bench kills`.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;

use crate::place::{Place, make_source};
use crate::process::Process;
use crate::program::{Role, Task};
use crate::server::Server;

/// Longer than a transfer that goes on at all stands still, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);
/// What a receiver loses at most: a checkpoint, and what is written while it is made.
const MAX_LOST: u64 = (64 << 20) + (16 << 20);
/// What a connection that ends costs at most: groups of which some bytes had arrived.
const MAX_LOST_OF_CONNECTION: u64 = 8 << 20;
const KILLS: u32 = 5;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |value| value.parse().unwrap())
}

#[test]
fn programs_that_are_killed_anywhere_go_on() {
    let bytes = number("MARU_KILLS_BYTES", 200_000_000);
    let first = number("MARU_KILLS_FIRST_SEED", 0);
    let seeds = first..first + number("MARU_KILLS_RUNS", 6);
    // Most of the time they wait for each other.
    let at_once = number("MARU_KILLS_AT_ONCE", 10);
    let folder = tempfile::tempdir().unwrap();
    let source = make_source(folder.path(), usize::try_from(bytes).unwrap(), 2);
    let next = AtomicU64::new(seeds.start);
    let in_transfer = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if !seeds.contains(&seed) {
                        return;
                    }
                    let kills = Run::new(seed, &source, bytes).perform();
                    in_transfer.fetch_add(kills, Ordering::Relaxed);
                }
            });
        }
    });
    let in_transfer = in_transfer.into_inner();
    println!("{in_transfer} kills while some of the file had arrived, and not all");
    assert!(in_transfer > 0, "the kills show nothing");
}

struct Run<'a> {
    seed: u64,
    random: Rng,
    source: &'a Path,
    bytes: u64,
    server: Server,
    place: Place,
    /// Connections that ended since the receiver was started.
    connections: u64,
    /// Bytes that were durable when the receiver was started.
    durable: u64,
    /// Bytes that were written twice.
    twice: u64,
}

impl<'a> Run<'a> {
    fn new(seed: u64, source: &'a Path, bytes: u64) -> Self {
        Self {
            seed,
            random: Rng::with_seed(seed),
            source,
            bytes,
            server: Server::start(),
            place: Place::new(),
            connections: 0,
            durable: 0,
            twice: 0,
        }
    }

    fn start_sender(&self) -> Process {
        self.start("sender", Role::Send(self.source.to_owned()))
    }

    fn start_receiver(&self) -> Process {
        self.start("receiver", Role::Receive(self.place.received()))
    }

    fn start(&self, name: &str, role: Role) -> Process {
        Process::start(&Task {
            server: self.server.path(),
            records: self.place.records(name),
            namespace: None,
            role,
        })
    }

    /// Returns how many kills there were while some of the file had arrived, and not all.
    fn perform(mut self) -> u64 {
        let start = Instant::now();
        let mut in_transfer = 0;
        let mut sender = self.start_sender();
        let mut receiver = self.start_receiver();
        // Before, there is nothing to go on with.
        receiver.expect("it begins", PATIENCE, |of| of["state"] == "active");
        for _ in 0..KILLS {
            self.wait(&mut sender, &mut receiver);
            in_transfer += u64::from((1..self.bytes).contains(&receiver.transferred()));
            let (of_sender, of_receiver) = match self.random.u8(0..3) {
                0 => (true, true),
                1 => (true, false),
                _ => (false, true),
            };
            if of_sender {
                sender.kill();
                self.connections += 1;
                sender = self.start_sender();
            }
            if of_receiver {
                let written = receiver.kill();
                self.place.check(self.source);
                self.check_lost(written);
                receiver = self.start_receiver();
            }
        }
        self.expect_finished(&mut sender, &mut receiver);
        self.check_lost(receiver.bytes_written());
        println!(
            "seed {}: {:.1} s, {in_transfer} kills in the transfer, {:.1} MB written twice",
            self.seed,
            start.elapsed().as_secs_f64(),
            self.twice as f64 / 1e6,
        );
        in_transfer
    }

    /// Until a random part of what is left has arrived, or for a random time: it may be connecting then.
    fn wait(&mut self, sender: &mut Process, receiver: &mut Process) {
        if self.random.bool() {
            let left = self.bytes - self.durable;
            // Nothing may be left, while it is not over yet.
            let enough = self.durable + self.random.u64(0..=left / 2).max(1).min(left);
            while receiver.transferred() < enough {
                let before = receiver.transferred();
                let goes_on =
                    receiver.wait(PATIENCE, |of| of["transferred"].as_u64() > Some(before));
                assert!(
                    goes_on,
                    "seed {}: {}\n{}",
                    self.seed,
                    sender.reports(),
                    receiver.reports()
                );
            }
        } else {
            let time = Duration::from_millis(self.random.u64(0..4_000));
            receiver.wait(time, |of| of["state"] == "done");
        }
    }

    /// A receiver ended that wrote so much: all of that is durable, or little is lost.
    fn check_lost(&mut self, written: u64) {
        let before = std::mem::replace(&mut self.durable, self.place.durable());
        let lost = (before + written).saturating_sub(self.durable);
        let most = MAX_LOST + MAX_LOST_OF_CONNECTION * std::mem::take(&mut self.connections);
        assert!(
            lost <= most && self.durable >= before,
            "seed {}: {before} bytes were durable, {written} written, {} are durable",
            self.seed,
            self.durable,
        );
        self.twice += lost;
    }

    fn expect_finished(&self, sender: &mut Process, receiver: &mut Process) {
        let mut end = Instant::now() + PATIENCE;
        while !self.place.is_finished() {
            // New reports come of a transfer that goes on.
            let reported = receiver.transferred();
            receiver.catch_up();
            if receiver.transferred() > reported {
                end = Instant::now() + PATIENCE;
            }
            assert!(
                Instant::now() < end,
                "seed {}: {}\n{}",
                self.seed,
                sender.reports(),
                receiver.reports()
            );
            thread::sleep(Duration::from_millis(20));
        }
        self.place.check(self.source);
        assert_eq!(self.place.durable(), self.bytes, "seed {}", self.seed);
    }
}
