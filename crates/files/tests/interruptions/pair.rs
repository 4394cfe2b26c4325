//! Two programs on both sides of a path that transfer a file.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::lab::Lab;
use crate::place::Place;
use crate::process::Process;
use crate::program::{Role, Task};
use crate::server::Server;

/// A home's path: 3 MB/s each way. Slow enough that the processor does not decide what is in flight.
pub(crate) const CLEAN: &str = r#"{"delayMs":10,"rate":24000000,"queueMs":100}"#;
/// What arrives twice at most: groups of which some had arrived. (A checkpoint is 64 MiB.) What was in flight when the path
/// was lost is sent twice as well, and not counted: a connection has 1 MiB in flight.
const MAX_TWICE: u64 = 8 << 20;
/// Longer than anything takes that goes on at all, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);

pub(crate) struct Pair {
    /// For the message of a test that fails.
    name: String,
    pub(crate) lab: Lab,
    pub(crate) server: Server,
    place: Place,
    source: PathBuf,
    bytes: u64,
    sender: Process,
    receiver: Process,
}

impl Pair {
    pub(crate) fn start(name: String, source: &Path) -> Self {
        let (mut lab, server, place) = (Lab::start(), Server::start(), Place::new());
        lab.set(CLEAN, CLEAN);
        let start = |side: usize, name: &str, role| {
            Process::start(&Task {
                server: server.path(),
                records: place.records(name),
                namespace: Some(lab.namespace(side)),
                role,
            })
        };
        let sender = start(0, "sender", Role::Send(source.to_owned()));
        let receiver = start(1, "receiver", Role::Receive(place.received()));
        Self {
            name,
            lab,
            server,
            place,
            source: source.to_owned(),
            bytes: source.metadata().unwrap().len(),
            sender,
            receiver,
        }
    }

    /// Stops both programs or lets them continue: that of the sender, and that of the receiver.
    pub(crate) fn set_stopped(&self, [sender, receiver]: [bool; 2]) {
        self.sender.set_stopped(sender);
        self.receiver.set_stopped(receiver);
    }

    /// Waits until so many bytes have arrived. Not all of them, or the test shows nothing.
    pub(crate) fn expect_under_way(&mut self, bytes: u64) {
        self.expect("it is under way", |of| of.1 >= bytes);
        assert!(
            self.receiver.transferred() < self.bytes,
            "{}: all of it arrived before",
            self.name
        );
    }

    /// Waits until so many bytes more have arrived than until now. Returns how long that took.
    pub(crate) fn expect_more(&mut self, bytes: u64) -> Duration {
        let start = Instant::now();
        self.receiver.catch_up();
        let enough = (self.receiver.transferred() + bytes).min(self.bytes);
        self.expect("it goes on", |of| of.1 >= enough);
        start.elapsed()
    }

    /// Waits until everything is in place, and both sides say so. Returns how many bytes arrived twice.
    pub(crate) fn expect_end(&mut self) -> u64 {
        self.expect("it arrives", |of| of.0 == "done");
        if !self
            .sender
            .wait(PATIENCE, |transfer| transfer["state"] == "done")
        {
            self.fail("the sender knows");
        }
        self.place.expect_finished(&self.source);
        let twice = self.receiver.bytes_written().saturating_sub(self.bytes);
        assert!(
            twice <= MAX_TWICE,
            "{}: {twice} bytes arrived twice",
            self.name
        );
        twice
    }

    /// Waits until this holds of the receiver's state and bytes.
    fn expect(&mut self, what: &str, holds: impl Fn((&str, u64)) -> bool) {
        let of = |transfer: &Value| {
            let state = transfer["state"].as_str().unwrap_or_default();
            holds((state, transfer["transferred"].as_u64().unwrap_or(0)))
        };
        if !self.receiver.wait(PATIENCE, of) {
            self.fail(what);
        }
    }

    fn fail(&mut self, what: &str) -> ! {
        panic!(
            "{}: waited in vain until {what}\nSender:\n{}\nReceiver:\n{}",
            self.name,
            self.sender.reports(),
            self.receiver.reports()
        );
    }
}
