//! When a further connection is worth it: an association has 1 MiB in flight at most, which is 50 MB/s at a round trip of
//! 20 ms, and halves its window with each loss. No I/O.

use std::time::{Duration, Instant};

/// Connections of a pair, the first included, that are made one after the other. Home routers have thousands of ports, and a
/// tab of Chromium may have 500 connections.
const STEPS: [u8; 4] = [1, 4, 8, 16];
/// From so many on, the last step has to have raised a rate that is fast. With fewer, the rate of one association that loses
/// packets varies more within a second than a step changes it.
const MANY: u8 = 8;
/// Bytes per second from which on the processor may be the limit, which more connections would only burden. Below, losses
/// are, and on a long path it takes many seconds before new connections show what they gain.
const FAST: f64 = 50e6;
/// What the last step has to have raised a fast rate by.
const MIN_GAIN: f64 = 1.15;
/// How long is measured before connections are added.
const MEASURE: Duration = Duration::from_secs(1);
/// When none is to be added, it is asked again after this time.
const RETRY: Duration = Duration::from_secs(10);
/// On a shorter round trip one association is as fast as the processor.
const MIN_ROUND_TRIP: Duration = Duration::from_millis(3);
/// A queue of this length means that the path is full: more connections would only make it longer.
const MAX_QUEUEING: Duration = Duration::from_millis(20);

/// Decides how many connections there are.
#[derive(Debug)]
pub(crate) struct Striping {
    /// Connections at most.
    max: u8,
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
    /// One that was offered did not open.
    refused: bool,
    /// Of the path, without its queue.
    shortest: Option<Duration>,
}

/// What limits a sender now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Of the path, as connectivity checks measure it: what waits in the association does not count.
    pub(crate) round_trip: Duration,
    pub(crate) relayed: bool,
    pub(crate) yields: bool,
}

impl Striping {
    pub(crate) const fn new(max: u8) -> Self {
        Self {
            max,
            connections: 1,
            began: None,
            bytes: 0,
            full: 0,
            looks: 0,
            before: None,
            settled_until: None,
            refused: false,
            shortest: None,
        }
    }

    /// One that was added did not open: the other side makes none, as a browser does, or has no ports for more. It is not
    /// tried again on this connection.
    pub(crate) fn on_refused(&mut self) {
        self.refused = true;
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
        *self = Self::new(self.max);
    }

    /// A round trip of the path; returns the shortest one so far.
    pub(crate) fn on_round_trip(&mut self, round_trip: Duration) -> Duration {
        let shortest = self.shortest.map_or(round_trip, |it| it.min(round_trip));
        self.shortest = Some(shortest);
        shortest
    }

    /// Whether [`Self::poll`] has something to decide.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.began
            .is_some_and(|began| now.saturating_duration_since(began) >= MEASURE)
    }

    /// How many connections to add now.
    pub(crate) fn poll(&mut self, limits: Limits, now: Instant) -> u8 {
        let Some(began) = self.began.filter(|_| self.is_due(now)) else {
            return 0;
        };
        let rate = self.bytes as f64 / now.saturating_duration_since(began).as_secs_f64();
        let is_limited = self.looks > 0 && self.full * 2 > self.looks;
        self.began = None;
        (self.bytes, self.full, self.looks) = (0, 0, 0);
        let shortest = self.on_round_trip(limits.round_trip);
        let permitted = !self.refused
            && !limits.yields
            && !limits.relayed
            && limits.round_trip >= MIN_ROUND_TRIP;
        if !permitted || !is_limited || self.settled_until.is_some_and(|until| now < until) {
            return 0;
        }
        let gained = self.before.is_none_or(|before| rate >= before * MIN_GAIN);
        let is_vain = self.connections >= MANY && rate >= FAST && !gained;
        if limits.round_trip - shortest > MAX_QUEUEING || is_vain {
            self.settled_until = Some(now + RETRY);
            return 0;
        }
        let next = STEPS.iter().find(|step| **step > self.connections);
        let added = next.map_or(0, |next| {
            (*next).min(self.max).saturating_sub(self.connections)
        });
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

    /// Runs for so many seconds, with the rate in bytes per second and the round trip in milliseconds that a number of
    /// connections has. Returns the connections.
    fn run(limits: Limits, path: impl Fn(u8) -> (u64, u64), seconds: u32) -> u8 {
        let mut striping = Striping::new(16);
        let start = Instant::now();
        for step in 0..seconds * 20 {
            let now = start + Duration::from_millis(50) * step;
            let (rate, round_trip) = path(striping.connections);
            striping.on_sent(rate / 20, true, now);
            let round_trip = Duration::from_millis(round_trip);
            striping.poll(
                Limits {
                    round_trip,
                    ..limits
                },
                now,
            );
        }
        striping.connections
    }

    #[test]
    fn connections_are_added_while_they_help() {
        let each = |connections: u8| u64::from(connections) * 5_000_000;
        assert_eq!(run(PATH, |count| (each(count), 20), 2), 4);
        assert_eq!(run(PATH, |count| (each(count), 20), 3), 8);
        assert_eq!(run(PATH, |count| (each(count), 20), 20), 16);
    }

    #[test]
    fn connections_that_gain_nothing_are_the_last_ones_where_the_processor_may_be_the_limit() {
        let limited = |rate: u64| move |count: u8| (rate.min(u64::from(count) * 15_000_000), 20);
        assert_eq!(run(PATH, limited(63_000_000), 60), 8);
        // Losses are the limit.
        assert_eq!(run(PATH, limited(1_000_000), 5), 16);
    }

    #[test]
    fn there_are_never_more_than_the_limit() {
        let mut striping = Striping::new(6);
        let start = Instant::now();
        let mut added = Vec::new();
        for step in 0..400 {
            let now = start + Duration::from_millis(50) * step;
            striping.on_sent(u64::from(striping.connections) * 250_000, true, now);
            added.push(striping.poll(PATH, now));
        }
        added.retain(|count| *count > 0);
        assert_eq!(added, [3, 2]);
    }

    #[test]
    fn a_first_second_without_loss_is_no_reason_to_stay_at_one() {
        let mut striping = Striping::new(16);
        let start = Instant::now();
        let mut now = start;
        // As it was measured at a loss of one in a thousand: before the first one, the window grows.
        for rate in [8_000_000, 5_000_000, 4_000_000, 4_500_000] {
            for _ in 0..20 {
                now += Duration::from_millis(50);
                striping.on_sent(rate / 20, true, now);
                striping.poll(PATH, now);
            }
        }
        now += MEASURE;
        striping.on_sent(1, true, now);
        striping.poll(PATH, now);
        assert_eq!(striping.connections, 16);
    }

    #[test]
    fn none_is_added_where_it_would_hurt() {
        let rate = 1_000_000;
        assert_eq!(
            run(PATH, |_| (rate, 2), 20),
            1,
            "the processor is the limit"
        );
        let relayed = Limits {
            relayed: true,
            ..PATH
        };
        assert_eq!(run(relayed, |_| (rate, 20), 20), 1);
        let yields = Limits {
            yields: true,
            ..PATH
        };
        assert_eq!(run(yields, |_| (rate, 20), 20), 1);
    }

    #[test]
    fn none_is_added_to_a_full_path() {
        // The first connectivity check is before the first content.
        let mut striping = Striping::new(16);
        let start = Instant::now();
        for second in 0_u32..60 {
            let now = start + MEASURE * second;
            striping.on_sent(1_000_000, true, now);
            let round_trip = Duration::from_millis(if second < 1 { 20 } else { 45 });
            let limits = Limits { round_trip, ..PATH };
            striping.on_round_trip(Duration::from_millis(20));
            assert_eq!(striping.poll(limits, now), 0);
        }
    }

    #[test]
    fn none_is_added_where_one_was_refused() {
        let mut striping = Striping::new(16);
        let start = Instant::now();
        let mut added = 0;
        for step in 0..2_000 {
            let now = start + Duration::from_millis(50) * step;
            striping.on_sent(1_000_000, true, now);
            added += striping.poll(PATH, now);
            if added > 0 {
                striping.on_refused();
            }
        }
        assert_eq!(added, 3);
    }

    #[test]
    fn none_is_added_for_a_slow_disk() {
        let mut striping = Striping::new(16);
        let start = Instant::now();
        for step in 0..400 {
            let now = start + Duration::from_millis(50) * step;
            striping.on_sent(1_000_000, step % 4 == 0, now);
            assert_eq!(striping.poll(PATH, now), 0);
        }
    }
}
