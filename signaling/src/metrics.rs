//! Counters for `/metrics` (Prometheus text format 0.0.4). Relaxed atomics are enough: no decision depends on them.

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};

use maru_protocol::ErrorCode;

/// A value that only increases.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds `count`.
    pub fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Values counted since the server started.
#[derive(Debug)]
pub struct Metrics {
    started: SystemTime,
    /// Signals written to the receiver's socket, queued for it, or stored until it resumes.
    pub relayed: Counter,
    /// Successful joins, resumed ones included.
    pub joins: Counter,
    /// Joins that resumed an earlier participant.
    pub resumes: Counter,
    /// WebSocket connections accepted.
    pub connections: Counter,
    errors: [Counter; ErrorCode::ALL.len()],
}

/// Current values.
#[derive(Debug, Clone, Copy)]
pub struct Gauges {
    /// Rooms.
    pub rooms: usize,
    /// Connected participants.
    pub participants: usize,
    /// WebSocket connections.
    pub connections: usize,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            started: SystemTime::now(),
            relayed: Counter::default(),
            joins: Counter::default(),
            resumes: Counter::default(),
            connections: Counter::default(),
            errors: Default::default(),
        }
    }
}

impl Metrics {
    /// Counts a refusal with `code`.
    pub fn count_error(&self, code: ErrorCode) {
        if let Some(index) = ErrorCode::ALL.iter().position(|known| *known == code) {
            self.errors[index].add(1);
        }
    }

    /// The body of `/metrics`.
    #[must_use]
    pub fn render(&self, gauges: Gauges) -> String {
        let mut out = String::new();
        let mut append = |name: &str, kind: &str, help: &str, value: u64| {
            // Writing to a String cannot fail.
            let _ = writeln!(
                out,
                "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}"
            );
        };
        append(
            "maru_rooms",
            "gauge",
            "Rooms with somebody in them.",
            gauges.rooms as u64,
        );
        append(
            "maru_participants",
            "gauge",
            "Participants connected in rooms.",
            gauges.participants as u64,
        );
        append(
            "maru_connections",
            "gauge",
            "WebSocket connections.",
            gauges.connections as u64,
        );
        append(
            "maru_connections_total",
            "counter",
            "WebSocket connections accepted.",
            self.connections.get(),
        );
        append(
            "maru_joins_total",
            "counter",
            "Joins, resumed ones included.",
            self.joins.get(),
        );
        append(
            "maru_resumes_total",
            "counter",
            "Joins that got an earlier participant back.",
            self.resumes.get(),
        );
        append(
            "maru_messages_relayed_total",
            "counter",
            "Signals relayed.",
            self.relayed.get(),
        );
        out.push_str(
            "# HELP maru_errors_total Refusals by code.\n# TYPE maru_errors_total counter\n",
        );
        for (code, counter) in ErrorCode::ALL.iter().zip(&self.errors) {
            let _ = writeln!(
                out,
                "maru_errors_total{{code=\"{code}\"}} {}",
                counter.get()
            );
        }
        let _ = writeln!(
            out,
            "# HELP process_start_time_seconds Start of the server, Unix time.\n\
             # TYPE process_start_time_seconds gauge\nprocess_start_time_seconds {:.3}",
            self.started
                .duration_since(std::time::UNIX_EPOCH)
                .unwrap_or_default()
                .as_secs_f64()
        );
        let _ = writeln!(
            out,
            "# HELP maru_build_info Version.\n# TYPE maru_build_info gauge\nmaru_build_info{{version=\"{}\"}} 1",
            env!("CARGO_PKG_VERSION")
        );
        out
    }
}
