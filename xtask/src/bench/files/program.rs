//! Programs that are started, read and measured.

use std::{
    io::{self, BufRead, BufReader, Write},
    path::Path,
    process::{ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use super::usage::PeakMemory;
use crate::{children::Running, command::target, failure::Failure, interrupt};

/// A program that says nothing for so long does not work.
const TIMEOUT: Duration = Duration::from_secs(600);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Where a program runs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    Here,
    /// A network namespace.
    Namespace(&'a str),
}

impl Place<'_> {
    /// What is put before a command to run it there.
    pub(super) fn prefix(self) -> Vec<String> {
        match self {
            Self::Here => Vec::new(),
            Self::Namespace(name) => ["ip", "netns", "exec", name].map(String::from).to_vec(),
        }
    }
}

/// An example of this workspace, built in release.
pub(super) fn example(name: &str) -> String {
    let path = target().join("release/examples").join(name);
    path.to_string_lossy().into_owned()
}

/// Words of a command line.
pub(super) fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// A path as a word of a command line.
pub(super) fn word(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// A running program.
pub(super) struct Program {
    name: String,
    running: Running,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    memory: PeakMemory,
}

/// What a program left.
pub(super) struct Ended {
    /// The lines of its standard output that were not read before.
    pub(super) lines: Vec<String>,
    /// Megabytes that it and its descendants each had at most, in the order in which they were started.
    pub(super) memory: Vec<f64>,
}

impl Program {
    /// Starts `command`, the program first.
    pub(super) fn start(place: Place<'_>, command: Vec<String>) -> Result<Self, Failure> {
        let mut words = place.prefix();
        words.extend(command);
        let name = words.remove(0);
        let mut command = Command::new(&name);
        command
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut running = Running::start(&mut command).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Failure::Needs(format!("'{name}' is not installed")),
            _ => Failure::Step(format!("{name}: {error}")),
        })?;
        let input = running.take_stdin();
        let (sender, lines) = channel();
        if let Some(output) = running.take_stdout() {
            thread::spawn(move || {
                for line in BufReader::new(output).lines() {
                    let Ok(line) = line else { return };
                    if sender.send(line).is_err() {
                        return;
                    }
                }
            });
        }
        Ok(Self {
            name,
            memory: PeakMemory::start(running.id()),
            running,
            input,
            lines,
        })
    }

    /// The next line of its standard output.
    pub(super) fn line(&mut self) -> Result<String, Failure> {
        let start = Instant::now();
        loop {
            if interrupt::requested() {
                return Err(Failure::Interrupted);
            }
            match self.lines.recv_timeout(POLL_INTERVAL) {
                Ok(line) => return Ok(line),
                Err(RecvTimeoutError::Timeout) if start.elapsed() < TIMEOUT => {}
                Err(_) => return Err(Failure::Step(format!("{}: no answer", self.name))),
            }
        }
    }

    pub(super) fn write(&mut self, line: &str) -> Result<(), Failure> {
        let Some(input) = &mut self.input else {
            return Ok(());
        };
        writeln!(input, "{line}")
            .map_err(|error| Failure::Step(format!("{} does not read: {error}", self.name)))
    }

    /// Closes its standard input, and waits until it has ended by itself.
    pub(super) fn finish(mut self) -> Result<Ended, Failure> {
        self.input = None;
        let status = self.running.wait().map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => Failure::Interrupted,
            _ => Failure::Step(format!("{}: {error}", self.name)),
        })?;
        if !status.success() {
            return Err(Failure::Step(format!("{}: {status}", self.name)));
        }
        // The other end of the pipe may be open in what it started.
        let lines = std::iter::from_fn(|| self.lines.recv_timeout(POLL_INTERVAL).ok());
        Ok(Ended {
            lines: lines.collect(),
            memory: self.memory.end(),
        })
    }
}
