//! When a further connection is worth it: an association has 1 MiB in flight at most, which is 50 MB/s at a round trip of
//! 20 ms, and halves its window with each loss. No I/O.

use std::time::{Duration, Instant};

/// Connections of a pair, the first included. Home routers have thousands of ports, and a tab of Chromium may have 500
/// connections: more are not needed, as the paths show on which 8 do not suffice.
const MAX_CONNECTIONS: u8 = 8;
/// How long is measured before connections are added.
const MEASURE: Duration = Duration::from_secs(1);
/// Additions have to raise the rate by this, or no more are made.
const MIN_GAIN: f64 = 1.15;
/// After additions that gained nothing, it is tried again.
const RETRY: Duration = Duration::from_secs(30);
/// On a shorter round trip one association is as fast as the processor.
const MIN_ROUND_TRIP: Duration = Duration::from_millis(3);

/// Decides how many connections there are.
#[derive(Debug)]
pub(crate) struct Striping {
    /// Connections that were made or asked for.
    connections: u8,
    began: Option<Instant>,
    bytes: u64,
    /// How often all channels were full, and how often they were looked at.
    full: u32,
    looks: u32,
    /// Bytes per second before the last addition.
    before: Option<f64>,
    settled_until: Option<Instant>,
}

/// What limits a sender now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) round_trip: Duration,
    pub(crate) relayed: bool,
    pub(crate) yields: bool,
}

impl Striping {
    pub(crate) const fn new() -> Self {
        Self {
            connections: 1,
            began: None,
            bytes: 0,
            full: 0,
            looks: 0,
            before: None,
            settled_until: None,
        }
    }

    /// So many bytes were sent; `full`: no channel takes more.
    pub(crate) fn on_sent(&mut self, bytes: u64, full: bool, now: Instant) {
        self.began.get_or_insert(now);
        self.bytes += bytes;
        self.looks += 1;
        self.full += u32::from(full);
    }

    /// There is one connection again.
    pub(crate) fn reset(&mut self) {
        *self = Self::new();
    }

    /// How many connections to add now.
    pub(crate) fn poll(&mut self, limits: Limits, now: Instant) -> u8 {
        let Some(began) = self.began else { return 0 };
        let elapsed = now.saturating_duration_since(began);
        if elapsed < MEASURE {
            return 0;
        }
        let rate = self.bytes as f64 / elapsed.as_secs_f64();
        let is_limited = self.looks > 0 && self.full * 2 > self.looks;
        self.began = None;
        (self.bytes, self.full, self.looks) = (0, 0, 0);
        let permitted = !limits.yields && !limits.relayed && limits.round_trip >= MIN_ROUND_TRIP;
        if !permitted || !is_limited || self.settled_until.is_some_and(|until| now < until) {
            return 0;
        }
        if self.before.is_some_and(|before| rate < before * MIN_GAIN) {
            self.before = None;
            self.settled_until = Some(now + RETRY);
            return 0;
        }
        let added = self.connections.min(MAX_CONNECTIONS - self.connections);
        if added > 0 {
            self.connections += added;
            self.before = Some(rate);
            // The new connections need a while, which is not measured.
            self.settled_until = Some(now + MEASURE);
        }
        added
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: Limits = Limits {
        round_trip: Duration::from_millis(20),
        relayed: false,
        yields: false,
    };

    /// Runs for so many seconds at a rate for each connection, up to one of the path. Returns the connections.
    fn run(limits: Limits, each: u64, path: u64, seconds: u32) -> u8 {
        let mut striping = Striping::new();
        let start = Instant::now();
        for step in 0..seconds * 20 {
            let now = start + Duration::from_millis(50) * step;
            let rate = (each * u64::from(striping.connections)).min(path);
            striping.on_sent(rate / 20, true, now);
            striping.poll(limits, now);
        }
        striping.connections
    }

    #[test]
    fn connections_are_added_while_they_help() {
        assert_eq!(run(PATH, 50_000_000, 1_000_000_000, 20), 8);
        assert_eq!(run(PATH, 50_000_000, 50_000_000, 20), 2, "tried once");
        assert_eq!(run(PATH, 50_000_000, 110_000_000, 20), 4);
    }

    #[test]
    fn none_is_added_where_it_would_hurt() {
        let short = Duration::from_micros(300);
        for limits in [
            Limits {
                round_trip: short,
                ..PATH
            },
            Limits {
                relayed: true,
                ..PATH
            },
            Limits {
                yields: true,
                ..PATH
            },
        ] {
            assert_eq!(run(limits, 1_000_000, 1_000_000_000, 20), 1, "{limits:?}");
        }
    }

    #[test]
    fn none_is_added_for_a_slow_disk() {
        let mut striping = Striping::new();
        let start = Instant::now();
        for step in 0..400 {
            let now = start + Duration::from_millis(50) * step;
            striping.on_sent(1_000_000, step % 4 == 0, now);
            assert_eq!(striping.poll(PATH, now), 0);
        }
    }
}
