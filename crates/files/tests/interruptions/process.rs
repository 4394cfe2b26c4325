//! A program that the test started.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::program::{Task, VARIABLE};

pub(crate) struct Process {
    child: Child,
    started: Instant,
    lines: Receiver<Value>,
    /// The transfer as it was last reported.
    pub(crate) transfer: Value,
    /// What was reported, for the message of a test that fails.
    log: Vec<String>,
}

impl Process {
    pub(crate) fn start(task: &Task) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["program", "--exact", "--nocapture"])
            .env(VARIABLE, serde_json::to_string(task).unwrap())
            // It ends when this is closed: also when the test is killed.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if line.starts_with('{')
                    && sender.send(serde_json::from_str(&line).unwrap()).is_err()
                {
                    return;
                }
            }
        });
        Self {
            child,
            started: Instant::now(),
            lines,
            transfer: Value::Null,
            log: Vec::new(),
        }
    }

    /// What was reported until now.
    pub(crate) fn catch_up(&mut self) {
        while let Ok(line) = self.lines.try_recv() {
            self.take(line);
        }
    }

    /// Waits until this holds of the transfer. False if it does not come to that in time, or the program ended.
    pub(crate) fn wait(&mut self, within: Duration, holds: impl Fn(&Value) -> bool) -> bool {
        let end = Instant::now() + within;
        self.catch_up();
        while !holds(&self.transfer) {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => self.take(line),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return false,
            }
        }
        true
    }

    /// As [`Self::wait`]; the test fails if it does not come to that.
    pub(crate) fn expect(&mut self, what: &str, within: Duration, holds: impl Fn(&Value) -> bool) {
        let held = self.wait(within, holds);
        assert!(held, "{what}: not within {within:?}\n{}", self.reports());
    }

    /// What was reported until now, with the seconds since the beginning.
    pub(crate) fn reports(&mut self) -> String {
        self.catch_up();
        self.log.join("\n")
    }

    fn log(&mut self, report: String) {
        if !self.log.last().is_some_and(|last| last.ends_with(&report)) {
            let at = self.started.elapsed().as_secs_f64();
            self.log.push(format!("{at:.1} {report}"));
        }
    }

    fn take(&mut self, line: Value) {
        if let Some(transfer) = line.get("transfer") {
            let state = transfer["state"].as_str().unwrap();
            let is_over = matches!(state, "declined" | "cancelled" | "failed");
            assert!(!is_over && transfer["filesFailed"] == 0, "{transfer}");
            let connection = match transfer["relayed"].is_null() {
                true => "not connected",
                false => "connected",
            };
            self.log(format!(
                "{state}, {connection}, {}",
                transfer["transferred"]
            ));
            self.transfer = transfer.clone();
        } else {
            self.log(line.to_string());
        }
    }

    pub(crate) fn transferred(&self) -> u64 {
        self.transfer["transferred"].as_u64().unwrap_or(0)
    }

    /// Bytes that the program wrote to files and pipes, until now.
    pub(crate) fn bytes_written(&self) -> u64 {
        let io = std::fs::read_to_string(format!("/proc/{}/io", self.child.id())).unwrap();
        let line = io.lines().find_map(|line| line.strip_prefix("wchar: "));
        line.unwrap().parse().unwrap()
    }

    /// Stops it, as a computer that sleeps does with its programs, or lets it continue.
    pub(crate) fn set_stopped(&self, is_stopped: bool) {
        let signal = match is_stopped {
            true => Signal::SIGSTOP,
            false => Signal::SIGCONT,
        };
        let id = i32::try_from(self.child.id()).unwrap();
        kill(Pid::from_raw(id), signal).unwrap();
    }

    /// Kills it as `kill -9` does. Returns what it had written.
    pub(crate) fn kill(mut self) -> u64 {
        self.child.kill().unwrap();
        // Until it is waited for, the system keeps its counters.
        self.bytes_written()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
